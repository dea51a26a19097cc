package augment

import (
	"context"
	"fmt"
	"runtime"

	"edgeclr/camera/rgb"
)

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
