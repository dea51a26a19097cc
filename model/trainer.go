package model

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"sync"

	tf "github.com/tensorflow/tensorflow/tensorflow/go"

	"edgeclr/model/arch"
)

// Trainer holds an encoder with the heads of an objective in a TensorFlow session
// and trains both, one batch a call. It is safe for concurrent use. Steps run one
// after another.
type Trainer struct {
	opt       TrainerOptions
	plan      *arch.Plan
	variables []*variable
	byNode    map[string][]*variable // of the encoder
	projector []*variable
	predictor []*variable

	images       tf.Output // placeholder: the views
	trunk        trunk
	rates        ratePlaceholders // placeholders: the learning rates
	queueRows    tf.Output        // placeholder: the queue, [Q,D]
	notNegatives tf.Output        // placeholder: pairs that are no negatives of each other
	positives    tf.Output        // placeholder: pairs of one kind

	observed       tf.Output // what the objective observes of each view
	enqueue        tf.Output // rows that join the queue; not set when the objective reads none
	targetFeatures tf.Output // features of the target network; not set without one
	target         tf.Output // projections of the target network; not set without one
	alignTo        tf.Output // target with rows of length 1; not set without alignment
	objectiveLoss  tf.Output
	loss           tf.Output // objectiveLoss with the alignment

	headUpdates []*tf.Operation // of a step in which the heads learn alone
	allUpdates  []*tf.Operation // of a step in which the encoder moves too
	cache       gradCache       // built when opt.Chunk > 0

	mu      sync.Mutex
	session *tf.Session
	queue   queue
}

// NewTrainer builds the graph and loads the state into it (see [Trainer.Restore]).
// Missing momentum starts at zero, and a missing average at the weights.
func NewTrainer(state State, opt TrainerOptions) (*Trainer, error) {
	opt, err := opt.withDefaults()
	if err != nil {
		return nil, err
	}
	plan, err := newPlan(opt.Arch, opt.Size)
	if err != nil {
		return nil, err
	}
	t := &Trainer{opt: opt, plan: plan, byNode: map[string][]*variable{},
		queue: queue{capacity: opt.Queue, width: opt.Objective.Projector.Width()}}
	graph, err := t.build()
	if err != nil {
		return nil, fmt.Errorf("building the training graph of %s: %w", opt.Arch.Name, err)
	}
	if t.session, err = newSession(graph, opt.Runtime); err != nil {
		return nil, err
	}
	defer returnMemory() // the tensors that brought the state in
	if err := t.Restore(state); err != nil {
		t.session.Close()
		return nil, err
	}
	return t, nil
}

// Step trains on one batch. The result describes the state before the update. A
// batch of another shape gives ErrShape, and a loss that is not finite gives
// ErrDiverged. TensorFlow cannot be interrupted within a step, so the context is
// read before it.
func (t *Trainer) Step(ctx context.Context, b Batch, r Rates) (Result, error) {
	if err := ctx.Err(); err != nil {
		return Result{}, err
	}
	n, err := t.count(b.Views)
	if err != nil {
		return Result{}, err
	}
	feeds := map[tf.Output]*tf.Tensor{}
	if err := t.rates.feed(feeds, r); err != nil {
		return Result{}, err
	}
	if err := t.feedMasks(feeds, b, n/2); err != nil {
		return Result{}, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.session == nil {
		return Result{}, ErrClosed
	}
	if feeds[t.queueRows], err = t.queue.tensor(); err != nil {
		return Result{}, err
	}
	step := t.stepWhole
	if t.chunked(n) {
		step = t.stepChunked
	}
	in, err := t.input(b.Views, n)
	if err != nil {
		return Result{}, fmt.Errorf("training step of %d views with %s: %w", n, t.opt.Arch.Name, err)
	}
	out, err := step(in, n, feeds, r.HeadOnly)
	if err != nil {
		return Result{}, fmt.Errorf("training step of %d views with %s: %w", n, t.opt.Arch.Name, err)
	}
	return t.result(out)
}

// count returns the number of views in a batch, or ErrShape.
func (t *Trainer) count(views []uint8) (int, error) {
	one := t.opt.Size * t.opt.Size * 3
	n := len(views) / one
	switch {
	case n*one != len(views):
		return 0, fmt.Errorf("%w: %d bytes are not whole views of %d x %d x 3", ErrShape, len(views), t.opt.Size, t.opt.Size)
	case n%2 != 0:
		return 0, fmt.Errorf("%w: %d views are not pairs", ErrShape, n)
	case n < 4:
		return 0, fmt.Errorf("%w: a batch of %d has no negatives; use 2 pictures or more", ErrShape, n/2)
	}
	return n, nil
}

// feedMasks sets the masks over the pairs of a batch of n pictures.
func (t *Trainer) feedMasks(feeds map[tf.Output]*tf.Tensor, b Batch, n int) (err error) {
	if b.Positives != nil && !t.opt.Objective.Needs.Positives {
		return fmt.Errorf("%w: the batch has Positives, which %s does not read", ErrShape, t.opt.Objective.Name)
	}
	if feeds[t.notNegatives], err = pairMask("NotNegatives", b.NotNegatives, n); err != nil {
		return err
	}
	feeds[t.positives], err = pairMask("Positives", b.Positives, n)
	return err
}

// stepWhole is a step on a batch that fits memory. The caller holds the lock.
func (t *Trainer) stepWhole(in input, n int, feeds map[tf.Output]*tf.Tensor, headOnly bool) ([]*tf.Tensor, error) {
	rows, err := in.tensor(0, n)
	if err != nil {
		return nil, err
	}
	feeds[in.to] = rows
	updates := t.allUpdates
	if headOnly {
		updates = t.headUpdates
	}
	return t.run(feeds, t.fetches(headOnly), updates)
}

// run runs the session and then the garbage collector. A finalizer frees each
// tensor, but the collector does not count the tensor's memory: by itself it would
// run only after hundreds of batches.
func (t *Trainer) run(feeds map[tf.Output]*tf.Tensor, fetches []tf.Output, targets []*tf.Operation) ([]*tf.Tensor, error) {
	defer runtime.GC()
	return t.session.Run(feeds, fetches, targets)
}

// fetches are the outputs that result reads.
func (t *Trainer) fetches(headOnly bool) []tf.Output {
	fetches := []tf.Output{t.loss, t.observed}
	if headOnly {
		fetches[0] = t.objectiveLoss
	}
	if t.enqueuesOthers() {
		fetches = append(fetches, t.enqueue)
	}
	return fetches
}

// enqueuesOthers reports whether other rows than the observed ones join the queue.
func (t *Trainer) enqueuesOthers() bool { return t.queue.capacity > 0 && t.enqueue != t.observed }

// result reads what a step fetched, and enqueues its rows. The caller holds the
// lock.
func (t *Trainer) result(out []*tf.Tensor) (Result, error) {
	value, err := floats(out[0])
	if err != nil {
		return Result{}, err
	}
	observed, err := floats(out[1])
	if err != nil {
		return Result{}, err
	}
	rows := observed
	if t.enqueuesOthers() {
		if rows, err = floats(out[2]); err != nil {
			return Result{}, err
		}
	}
	t.queue.push(rows)
	loss := float64(value[0])
	if math.IsNaN(loss) || math.IsInf(loss, 0) {
		return Result{Loss: loss}, fmt.Errorf("training diverged: a loss of %v is %w", loss, ErrDiverged)
	}
	return Result{Loss: loss, Projections: observed}, nil
}

// Close waits for the current step and frees the session. Its memory goes back to
// the system.
func (t *Trainer) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.session == nil {
		return nil
	}
	session := t.session
	t.session = nil
	defer returnMemory()
	return session.Close()
}
