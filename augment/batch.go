package augment

import "sync/atomic"

// Batch is the input of one training step: two views of N pictures.
type Batch struct {
	Step int // counted from LoaderOptions.StartStep
	N    int // pictures; there are 2N views
	Size int // height and width of a view, in pixels

	// IDs are the pictures the views show, by position. It differs from what
	// Choose returned where a picture failed to load.
	IDs []uint64

	// Views is [2N, Size, Size, 3], RGB, 8 bits: first the N first views, then
	// the N second ones, so that rows i and i+N are a positive pair.
	Views []uint8

	// Failed counts the pictures that failed to load and were replaced by
	// another one of the batch (whose views then occur twice, as each other's
	// negatives). FirstError says why the one of the lowest position did.
	Failed     int
	FirstError error

	err      error        // the batch could not be made: for Next to return
	failures []error      // by position; nil where the picture loaded
	waiting  atomic.Int64 // positions not yet done
	done     chan struct{}
}

// newBatch allocates a batch for n pictures.
func newBatch(n, size int) *Batch {
	return &Batch{
		N:        n,
		Size:     size,
		IDs:      make([]uint64, n),
		Views:    make([]uint8, 2*n*3*size*size),
		failures: make([]error, n),
	}
}

// reset makes a new or recycled batch ready for a step.
func (b *Batch) reset(step int) {
	b.Step = step
	b.Failed, b.FirstError, b.err = 0, nil, nil
	clear(b.failures)
	b.waiting.Store(int64(b.N))
	b.done = make(chan struct{})
}

// view is the memory of view 0 or 1 of position i.
func (b *Batch) view(i, which int) []uint8 {
	bytes := 3 * b.Size * b.Size
	at := (which*b.N + i) * bytes
	return b.Views[at : at+bytes : at+bytes]
}
