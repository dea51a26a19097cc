package model

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"

	tf "github.com/tensorflow/tensorflow/tensorflow/go"

	"edgeclr/model/arch"
	"edgeclr/model/weights"
)

// TrainerOptions describe a training graph.
type TrainerOptions struct {
	Arch        *arch.Architecture
	Size        int // side of a view, in pixels
	Runtime     Runtime
	Loss        string  // "nt_xent" or "dcl"
	Temperature float64 // 0.5
	Optimizer   OptimizerOptions

	// TrainBatchNorm normalises by the statistics of the batch and updates the
	// running ones. Without it they are frozen at the pretrained values, which
	// keeps what the encoder knows.
	TrainBatchNorm bool

	// Stages that are trained, counted from the top; 0 means all.
	Stages int

	// Queue is how many projections of past views serve as more negatives; 0: none.
	Queue int

	// Chunk is how many pairs are in memory at a time; a larger batch is cut,
	// at the price of one more forward pass. 0: batches are not cut.
	Chunk int
}

// Trainer holds an encoder with its projection head in a TensorFlow session
// and trains both, one batch a call. It is safe for concurrent use; steps run
// one after another.
type Trainer struct {
	opt        TrainerOptions
	variables  []*variable
	byNode     map[string][]*variable // of the encoder
	images     tf.Output
	rate       rates
	past       tf.Output // placeholder: the queue of past projections
	normalized tf.Output // projections of length 1, for the queue
	loss       tf.Output
	headOnly   []*tf.Operation // updates while the head learns alone
	all        []*tf.Operation // updates once the encoder moves
	cache      gradCache       // built when opt.Chunk > 0

	mu      sync.Mutex
	session *tf.Session
	queue   queue
}

// rates are the placeholders of the learning rates.
type rates struct{ encoder, head tf.Output }

// State is all that a trainer holds, in PyTorch's names and layout.
type State struct {
	Encoder  weights.Set // the tensors of Architecture.Specs
	Head     weights.Set // the tensors of HeadSpecs
	Momentum weights.Set // one for each trained tensor, by its name; empty means zeros
	Queue    []float32   // past projections, [Q,128]; empty at the start
}

// NewTrainer builds the graph and loads the state into it. Momentum that is
// missing starts at zero.
func NewTrainer(state State, opt TrainerOptions) (*Trainer, error) {
	if opt.Size < 1 {
		return nil, fmt.Errorf("%w: views of %d px", ErrShape, opt.Size)
	}
	if n := opt.Arch.Stages(); opt.Stages < 0 || opt.Stages > n {
		return nil, fmt.Errorf("stages: %s has %d, so %d cannot be trained; choose 0 (all) to %d",
			opt.Arch.Name, n, opt.Stages, n)
	}
	if opt.Chunk < 0 || opt.Chunk > 0 && opt.TrainBatchNorm {
		return nil, fmt.Errorf("chunk %d: a batch can be cut only when batch norm is frozen: "+
			"each chunk would be normalised by other statistics; leave --chunk or --batch-norm train out", opt.Chunk)
	}
	if !(opt.Temperature > 0) {
		return nil, fmt.Errorf("temperature is %v and must be above 0", opt.Temperature)
	}
	t := &Trainer{opt: opt, byNode: map[string][]*variable{}, queue: queue{capacity: opt.Queue}}
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

// Step trains on one batch: views is [2N,Size,Size,3] uint8, first the N first
// views, then the N second ones in the same order. It returns the loss before
// the update. A loss that is not finite gives ErrDiverged. TensorFlow cannot be
// interrupted within a step, so the context is read before it.
func (t *Trainer) Step(ctx context.Context, views []uint8, r Rates) (float64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	n, err := t.count(views)
	if err != nil {
		return 0, err
	}
	feeds := map[tf.Output]*tf.Tensor{}
	if err := feedScalar(feeds, t.rate.head, r.Head); err != nil {
		return 0, err
	}
	if err := feedScalar(feeds, t.rate.encoder, r.Encoder); err != nil {
		return 0, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.session == nil {
		return 0, ErrClosed
	}
	if feeds[t.past], err = t.queue.tensor(); err != nil {
		return 0, err
	}
	step := t.stepWhole
	if t.chunked(n) {
		step = t.stepChunked
	}
	out, err := step(views, n, feeds, r.HeadOnly)
	if err != nil {
		return 0, fmt.Errorf("training step of %d views with %s: %w", n, t.opt.Arch.Name, err)
	}
	if t.opt.Queue > 0 {
		if err := t.queue.push(out[1]); err != nil {
			return 0, err
		}
	}
	value, err := floats(out[0])
	if err != nil {
		return 0, err
	}
	if math.IsNaN(float64(value[0])) || math.IsInf(float64(value[0]), 0) {
		return float64(value[0]), fmt.Errorf("training diverged: a loss of %v is %w", value[0], ErrDiverged)
	}
	return float64(value[0]), nil
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
	return t.run(feeds, t.fetches(), updates)
}

// run is the session's Run. A tensor is freed by its finalizer, and its memory is
// none of the garbage collector's: left to itself that would come after hundreds
// of batches.
func (t *Trainer) run(feeds map[tf.Output]*tf.Tensor, fetches []tf.Output, targets []*tf.Operation) ([]*tf.Tensor, error) {
	defer runtime.GC()
	return t.session.Run(feeds, fetches, targets)
}

// fetches are the results of a step: the loss, and what the queue needs of it.
func (t *Trainer) fetches() []tf.Output {
	if t.opt.Queue > 0 {
		return []tf.Output{t.loss, t.normalized}
	}
	return []tf.Output{t.loss}
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

// Restore loads a state. Every tensor of encoder and head must be there, with
// its shape (ErrShape) and finite values (ErrDiverged: a maximum can hide a NaN
// below it from the loss, so that a step would not tell).
func (t *Trainer) Restore(state State) error {
	feeds, targets := map[tf.Output]*tf.Tensor{}, []*tf.Operation{}
	for _, v := range t.variables {
		from := state.Encoder
		if v.head {
			from = state.Head
		}
		tensor, ok := from.Find(v.name)
		if !ok {
			return fmt.Errorf("%w: the state has no tensor %q", ErrShape, v.name)
		}
		value, err := v.tensor(tensor)
		if err != nil {
			return fmt.Errorf("weights: %w", err)
		}
		feeds[v.initial] = value
		targets = append(targets, v.assign)
		if !v.trained {
			continue
		}
		momentum, ok := state.Momentum.Find(v.name)
		if !ok {
			momentum = v.zeros()
		}
		if value, err = v.tensor(momentum); err != nil {
			return fmt.Errorf("momentum: %w", err)
		}
		feeds[v.initialMomentum] = value
		targets = append(targets, v.assignMomentum)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.session == nil {
		return ErrClosed
	}
	if _, err := t.session.Run(feeds, nil, targets); err != nil {
		return fmt.Errorf("loading weights into %s: %w", t.opt.Arch.Name, err)
	}
	t.queue.rows = slices.Clone(state.Queue[:min(len(state.Queue), t.opt.Queue*headOut)])
	return nil
}

// State copies everything out. Weights that are not finite give ErrDiverged.
func (t *Trainer) State() (State, error) { return t.state(true) }

// Weights is State without what only going on needs: momentum and queue.
func (t *Trainer) Weights() (State, error) { return t.state(false) }

func (t *Trainer) state(resumable bool) (State, error) {
	var fetches []tf.Output
	for _, v := range t.variables {
		fetches = append(fetches, v.read)
		if v.trained && resumable {
			fetches = append(fetches, v.readMomentum)
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.session == nil {
		return State{}, ErrClosed
	}
	out, err := t.session.Run(nil, fetches, nil)
	if err != nil {
		return State{}, fmt.Errorf("reading the weights of %s: %w", t.opt.Arch.Name, err)
	}
	var state State
	if resumable {
		state.Queue = slices.Clone(t.queue.rows)
	}
	for _, v := range t.variables {
		tensor, err := v.weights(out[0])
		if err != nil {
			return State{}, fmt.Errorf("training diverged: %w", err)
		}
		if v.head {
			state.Head = append(state.Head, tensor)
		} else {
			state.Encoder = append(state.Encoder, tensor)
		}
		out = out[1:]
		if !v.trained || !resumable {
			continue
		}
		if tensor, err = v.weights(out[0]); err != nil {
			return State{}, fmt.Errorf("training diverged: momentum: %w", err)
		}
		state.Momentum = append(state.Momentum, tensor)
		out = out[1:]
	}
	return state, nil
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
