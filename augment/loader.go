package augment

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"edgeclr/camera/rgb"
)

// Errors of a Loader. Match them with errors.Is.
var (
	// ErrClosed is returned by Next after Close, or after the end of the context
	// that was given to NewLoader.
	ErrClosed = errors.New("the loader of training views is closed")

	// ErrNoImages is returned by Next if no picture of a batch could be loaded. It
	// wraps the first picture's error.
	ErrNoImages = errors.New("no picture of the batch could be loaded")

	// ErrOptions is returned by NewLoader for options that it cannot work with.
	ErrOptions = errors.New("the loader of training views cannot work with these options")
)

// LoaderOptions describe the batches that a [Loader] prepares. Size, Batch, Choose
// and Load are required.
type LoaderOptions struct {
	Config Config // how views are made; must be valid
	Size   int    // height and width of a view, in pixels
	Batch  int    // pairs in a batch, which has twice as many views

	// Workers is the number of goroutines that load and augment. 0 means one for
	// each CPU that Go may use.
	Workers int

	// Depth is the number of batches that are prepared in advance. 0 means 2. The
	// loader takes about (Depth+2) * Batch * 6 * Size^2 bytes. Each worker takes
	// one loaded picture more, or two for a temporal positive.
	Depth int

	Seed      uint64 // seed of all random parameters
	StartStep int    // number of the first batch; a resumed training continues with its step

	// Choose returns the pictures for the Batch pairs of a step. [Same] makes
	// picks whose two views show one picture. One goroutine calls Choose for one
	// step after the other, up to Depth steps ahead of training. The slice is
	// copied. An error ends the loader once the earlier batches are delivered.
	Choose func(step int) ([]Pick, error)

	// Load returns a picture. Several workers call it at once. It should return
	// when ctx ends. The loader only reads the picture and does not keep it, so a
	// cache may return one picture to several callers.
	Load func(ctx context.Context, id uint64) (*rgb.Image, error)

	// Change tells where a loaded picture differs from its background, for
	// Config.Focus; nil where nothing is known. Several workers call it at once. It
	// must depend on its arguments alone. Optional.
	Change func(id uint64, m *rgb.Image) *Change
}

// withDefaults checks the options and replaces 0 by the defaults.
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

// Loader prepares batches of views while the training step runs. It owns one
// goroutine that chooses pictures and several workers that load and augment them.
// [Loader.Close] ends them and waits for them.
//
// One consumer goroutine calls Next and Recycle. Any goroutine may call Close, also
// while Next waits.
type Loader struct {
	options LoaderOptions
	ctx     context.Context // of the goroutines; ended by Close or by the caller's context
	cancel  context.CancelCauseFunc
	running sync.WaitGroup

	jobs  chan job
	ready chan *Batch // in step order; Batch.done closes when a batch is complete
	spare chan *Batch // recycled batches

	// Only the consumer uses these.
	head   *Batch // taken from ready, not yet returned
	failed error  // what ended the loader
}

// job is one position of a batch.
type job struct {
	batch    *Batch
	position int
}

// NewLoader starts to prepare batches at once. The loader stops when ctx ends, but
// Close must be called in any case. An error matches [ErrOptions].
func NewLoader(ctx context.Context, options LoaderOptions) (*Loader, error) {
	options, err := options.withDefaults()
	if err != nil {
		return nil, err
	}
	l := &Loader{
		options: options,
		jobs:    make(chan job),
		ready:   make(chan *Batch, options.Depth-1), // choose holds one more
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

// Next returns the batch of the next step. It waits until the batch is complete. The
// batch belongs to the caller, who may give it back with Recycle.
//
// After the end of ctx, Next returns its error; it can be called again, and no batch
// is lost. All other errors are final: [ErrClosed] (with the cause, if it was the
// loader's context), [ErrNoImages], and the error of Choose.
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

// await waits until the head of the queue is complete. It returns the head and leaves
// it in the queue.
func (l *Loader) await(ctx context.Context) (*Batch, error) {
	if l.ctx.Err() != nil { // select would choose among ready cases at random
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

// closed returns ErrClosed, with the cause if the caller's context has ended.
func (l *Loader) closed() error {
	if cause := context.Cause(l.ctx); cause != ErrClosed {
		return fmt.Errorf("%w: %w", ErrClosed, cause)
	}
	return ErrClosed
}

// Recycle gives a batch back, so that its memory is used again. The caller must not
// use it afterwards. Recycling is optional. A batch of another shape is ignored.
func (l *Loader) Recycle(b *Batch) {
	if b == nil || b.N != l.options.Batch || b.Size != l.options.Size {
		return
	}
	select {
	case l.spare <- b:
	default:
	}
}

// Close ends all goroutines and waits for them. It waits for running calls of Choose
// and Load to return. It may be called more than once.
func (l *Loader) Close() {
	l.cancel(ErrClosed)
	l.running.Wait()
}

// choose hands out the work of one step after the other. It waits while the ready
// channel is full.
func (l *Loader) choose() {
	for step := l.options.StartStep; ; step++ {
		b := l.batch(step)
		last := b.err != nil // hand passes the batch to the workers, so read it before
		if !l.hand(b) || last {
			return
		}
	}
}

// batch returns the batch of a step with its picks, or with its error.
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

// hand gives a batch to the workers and then to the consumer. It returns false if the
// loader is closed.
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
