package augment

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"edgeclr/camera/rgb"
)

// Loader prepares batches of views while the training step runs. It owns one
// goroutine that chooses pictures and Workers that load and augment them;
// [Loader.Close] ends and awaits them all.
//
// Next and Recycle are for one consumer goroutine; Close may be called from
// any, also while Next waits.
type Loader struct {
	options LoaderOptions
	ctx     context.Context // of the goroutines: ends with the parent's or by Close
	cancel  context.CancelCauseFunc
	running sync.WaitGroup

	jobs  chan job
	ready chan *Batch // in step order; a batch's done says when it is complete
	spare chan *Batch // recycled

	// The consumer's own.
	head   *Batch // taken from ready, not yet handed out
	failed error  // what ended the loader
}

// job is one position of a batch.
type job struct {
	batch    *Batch
	position int
}

// NewLoader starts preparing batches at once. It stops when ctx ends, but
// Close must be called all the same. An error matches [ErrOptions].
func NewLoader(ctx context.Context, options LoaderOptions) (*Loader, error) {
	options, err := options.withDefaults()
	if err != nil {
		return nil, err
	}
	l := &Loader{
		options: options,
		jobs:    make(chan job),
		ready:   make(chan *Batch, options.Depth-1), // one more waits in the chooser's hand
		spare:   make(chan *Batch, options.Depth+1),
	}
	l.ctx, l.cancel = context.WithCancelCause(ctx)
	l.running.Go(l.choose)
	tables := newHueTables()
	for range options.Workers {
		l.running.Go(newWorker(l, tables).run)
	}
	return l, nil
}

// Next returns the batch of the next step and waits for it if it must. The
// batch is the caller's, who may hand it back by Recycle.
//
// Errors: ctx's own, after which Next can be called again and no batch is lost;
// and for good [ErrClosed] (with the cause, if it was the loader's context),
// [ErrNoImages] and what Choose returned.
func (l *Loader) Next(ctx context.Context) (*Batch, error) {
	if l.failed != nil {
		return nil, l.failed
	}
	b, err := l.await(ctx)
	if err != nil {
		return nil, err
	}
	l.head = nil
	if b.err != nil {
		l.failed = b.err
		return nil, l.failed
	}
	return b, nil
}

// await returns the head of the queue once it is complete, and leaves it there.
func (l *Loader) await(ctx context.Context) (*Batch, error) {
	if l.ctx.Err() != nil { // select would choose at random
		return nil, l.closed()
	}
	if l.head == nil {
		select {
		case l.head = <-l.ready:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-l.ctx.Done():
			return nil, l.closed()
		}
	}
	select {
	case <-l.head.done:
		return l.head, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case <-l.ctx.Done():
		return nil, l.closed()
	}
}

func (l *Loader) closed() error {
	if cause := context.Cause(l.ctx); cause != ErrClosed {
		return fmt.Errorf("%w: %w", ErrClosed, cause)
	}
	return ErrClosed
}

// Recycle hands a batch back for its memory to be used again. The caller must
// not touch it afterwards. It is optional; a batch of another shape is ignored.
func (l *Loader) Recycle(b *Batch) {
	if b == nil || b.N != l.options.Batch || b.Size != l.options.Size {
		return
	}
	select {
	case l.spare <- b:
	default:
	}
}

// Close ends all goroutines and waits for them: for calls of Choose and Load
// under way to return. It may be called more than once.
func (l *Loader) Close() {
	l.cancel(ErrClosed)
	l.running.Wait()
}

// choose hands out the work, step by step. A full ready channel holds it back.
func (l *Loader) choose() {
	for step := l.options.StartStep; ; step++ {
		b := l.batch(step)
		last := b.err != nil // asked now: once handed out, the batch is the workers'
		if !l.hand(b) || last {
			return
		}
	}
}

// batch returns the batch of a step with its picks, or its error, filled in.
func (l *Loader) batch(step int) *Batch {
	var b *Batch
	select {
	case b = <-l.spare:
	default:
		b = newBatch(l.options.Batch, l.options.Size)
	}
	b.reset(step)
	picks, err := l.options.Choose(step)
	switch {
	case err != nil:
		b.err = fmt.Errorf("choosing the pictures of step %d: %w", step, err)
	case len(picks) != b.N:
		b.err = fmt.Errorf("choosing the pictures of step %d: got %d picks for a batch of %d", step, len(picks), b.N)
	}
	copy(b.Picks, picks)
	return b
}

// hand gives a batch to the workers and then to the consumer. It returns false
// when the loader is closed.
func (l *Loader) hand(b *Batch) bool {
	if b.err != nil {
		close(b.done)
	} else {
		for i := range b.N {
			select {
			case l.jobs <- job{b, i}:
			case <-l.ctx.Done():
				return false
			}
		}
	}
	select {
	case l.ready <- b:
		return true
	case <-l.ctx.Done():
		return false
	}
}

// LoaderOptions says what a [Loader] prepares. Size, Batch, Choose and Load
// are required.
type LoaderOptions struct {
	Config Config // how views are made; must be valid
	Size   int    // height and width of a view, in pixels
	Batch  int    // pairs a batch; a batch has twice as many views

	// Workers is the number of goroutines that load and augment. 0: one for
	// each CPU that Go may use.
	Workers int

	// Depth is how many batches are prepared ahead of the one last handed out.
	// 0: 2. Memory is about (Depth+2) * Batch * 6 * Size^2 bytes, and one
	// loaded picture for each worker, or two for a temporal positive.
	Depth int

	Seed      uint64 // of all random parameters
	StartStep int    // number of the first batch: a resumed training goes on with its step

	// Choose returns the pictures of the Batch pairs of a step; see [Same] for
	// those that have none but pairs of one picture. One goroutine calls it, step
	// by step in order, up to Depth steps ahead of training. The slice is
	// copied. Its error ends the loader after the batches before it.
	Choose func(step int) ([]Pick, error)

	// Load returns a picture. Several workers call it at once, and it should
	// give up when ctx ends. The picture is only read, and not kept: a cache may
	// hand out the same one to several callers.
	Load func(ctx context.Context, id uint64) (*rgb.Image, error)
}

// withDefaults checks the options and fills in what is 0.
func (o LoaderOptions) withDefaults() (LoaderOptions, error) {
	refuse := func(format string, args ...any) (LoaderOptions, error) {
		return o, fmt.Errorf("%w: %s", ErrOptions, fmt.Sprintf(format, args...))
	}
	if err := o.Config.Validate(); err != nil {
		return o, fmt.Errorf("%w: %w", ErrOptions, err)
	}
	switch {
	case o.Size < 1:
		return refuse("a view of %d pixels is too small", o.Size)
	case o.Batch < 1:
		return refuse("a batch of %d pictures is too small", o.Batch)
	case o.Workers < 0:
		return refuse("there cannot be %d workers", o.Workers)
	case o.Depth < 0:
		return refuse("there cannot be %d batches ahead", o.Depth)
	case o.StartStep < 0:
		return refuse("there is no step %d", o.StartStep)
	case o.Choose == nil || o.Load == nil:
		return refuse("Choose and Load are both needed")
	}
	if o.Workers == 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Depth == 0 {
		o.Depth = 2
	}
	return o, nil
}

// Errors of a Loader. All are matched with errors.Is.
var (
	// ErrClosed is returned by Next after Close or when the loader's own
	// context has ended.
	ErrClosed = errors.New("the loader of training views is closed")

	// ErrNoImages is returned by Next when not one picture of a batch could be
	// loaded. It comes with the first picture's error.
	ErrNoImages = errors.New("no picture of the batch could be loaded")

	// ErrOptions is returned by NewLoader for options it cannot work with.
	ErrOptions = errors.New("the loader of training views cannot work with these options")
)
