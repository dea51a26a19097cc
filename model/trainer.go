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

// Trainer holds an encoder with its projection head in a TensorFlow session
// and trains both, one batch a call. It is safe for concurrent use; steps run
// one after another.
type Trainer struct {
	opt        TrainerOptions
	plan       *arch.Plan
	variables  []*variable
	byNode     map[string][]*variable // of the encoder
	images     tf.Output
	rate       rates
	past       tf.Output       // placeholder: the queue of past projections
	penalty    tf.Output       // placeholder: which pictures are together
	normalized tf.Output       // projections of length 1
	target     tf.Output       // what they are aligned to; not set without alignment
	contrast   tf.Output       // the contrastive loss
	loss       tf.Output       // contrast with the alignment
	headOnly   []*tf.Operation // updates while the head learns alone
	all        []*tf.Operation // updates once the encoder moves
	cache      gradCache       // built when opt.Chunk > 0

	mu      sync.Mutex
	session *tf.Session
	queue   queue
}

// rates are the placeholders of the learning rates.
type rates struct {
	encoder, head tf.Output
	stages        []tf.Output // the encoder's, by stage
}

// NewTrainer builds the graph and loads the state into it. Momentum that is
// missing starts at zero, and an average at the weights.
func NewTrainer(state State, opt TrainerOptions) (*Trainer, error) {
	opt, err := opt.withDefaults()
	if err != nil {
		return nil, err
	}
	plan, err := newPlan(opt.Arch, opt.Size)
	if err != nil {
		return nil, err
	}
	t := &Trainer{opt: opt, plan: plan, byNode: map[string][]*variable{}, queue: queue{capacity: opt.Queue}}
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

// Step trains on one batch. The result is of before the update. A batch of
// another shape gives ErrShape, and a loss that is not finite ErrDiverged.
// TensorFlow cannot be interrupted within a step, so the context is read before it.
func (t *Trainer) Step(ctx context.Context, b Batch, r Rates) (Result, error) {
	if err := ctx.Err(); err != nil {
		return Result{}, err
	}
	n, err := t.count(b.Views)
	if err != nil {
		return Result{}, err
	}
	feeds := map[tf.Output]*tf.Tensor{}
	if err := feedScalar(feeds, t.rate.head, r.Head); err != nil {
		return Result{}, err
	}
	if err := feedScalar(feeds, t.rate.encoder, r.Encoder); err != nil {
		return Result{}, err
	}
	if feeds[t.penalty], err = b.penalty(n / 2); err != nil {
		return Result{}, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.session == nil {
		return Result{}, ErrClosed
	}
	if feeds[t.past], err = t.queue.tensor(); err != nil {
		return Result{}, err
	}
	step := t.stepWhole
	if t.chunked(n) {
		step = t.stepChunked
	}
	out, err := step(b.Views, n, feeds, r.HeadOnly)
	if err != nil {
		return Result{}, fmt.Errorf("training step of %d views with %s: %w", n, t.opt.Arch.Name, err)
	}
	return t.result(out)
}

// result is what a step fetched. The caller holds the lock.
func (t *Trainer) result(out []*tf.Tensor) (Result, error) {
	value, err := floats(out[0])
	if err != nil {
		return Result{}, err
	}
	projections, err := floats(out[1])
	if err != nil {
		return Result{}, err
	}
	t.queue.push(projections)
	loss := float64(value[0])
	if math.IsNaN(loss) || math.IsInf(loss, 0) {
		return Result{Loss: loss}, fmt.Errorf("training diverged: a loss of %v is %w", loss, ErrDiverged)
	}
	return Result{Loss: loss, Projections: projections}, nil
}

// stepWhole is a step on a batch that fits memory; the caller holds the lock.
func (t *Trainer) stepWhole(views []uint8, n int, feeds map[tf.Output]*tf.Tensor, headOnly bool) ([]*tf.Tensor, error) {
	images, err := imageTensor(views, n, t.opt.Size)
	if err != nil {
		return nil, err
	}
	feeds[t.images] = images
	updates := t.all
	if headOnly {
		updates = t.headOnly
	}
	return t.run(feeds, t.fetches(headOnly), updates)
}

// run is the session's Run. A tensor is freed by its finalizer, and its memory is
// none of the garbage collector's: left to itself that would come after hundreds
// of batches.
func (t *Trainer) run(feeds map[tf.Output]*tf.Tensor, fetches []tf.Output, targets []*tf.Operation) ([]*tf.Tensor, error) {
	defer runtime.GC()
	return t.session.Run(feeds, fetches, targets)
}

// fetches are what result takes.
func (t *Trainer) fetches(headOnly bool) []tf.Output {
	if headOnly {
		return []tf.Output{t.contrast, t.normalized}
	}
	return []tf.Output{t.loss, t.normalized}
}

// count is the number of views in a batch, or what is wrong with it.
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

// Close waits for a step under way and frees the session, whose memory goes back
// to the system.
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

func feedScalar(feeds map[tf.Output]*tf.Tensor, to tf.Output, value float64) error {
	tensor, err := tf.NewTensor(float32(value))
	if err != nil {
		return fmt.Errorf("learning rate: %w", err)
	}
	feeds[to] = tensor
	return nil
}
