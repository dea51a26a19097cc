package augment

import "sync/atomic"

// Batch is the input of one training step: N pairs of views.
type Batch struct {
	Step int // counted from LoaderOptions.StartStep
	N    int // pairs; there are 2N views
	Size int // height and width of a view, in pixels

	// Picks are the pictures the views show, by position. It differs from what
	// Choose returned where a picture failed to load.
	Picks []Pick

	// Views is [2N, Size, Size, 3], RGB, 8 bits: first the N first views, then
	// the N second ones, so that rows i and i+N are a positive pair.
	Views []uint8

	// Failed counts the positions with a picture that failed to load. A second
	// picture was replaced by the first of its pair, and a first one with all
	// its pair by another pair of the batch (whose views then occur twice, as
	// each other's negatives). FirstError says why that of the lowest position
	// failed.
	Failed     int
	FirstError error

	err     error        // the batch could not be made: for Next to return
	firsts  []error      // by position; nil where the first picture loaded
	seconds []error      // by position; nil where the second one loaded, or was not tried
	waiting atomic.Int64 // positions not yet done
	done    chan struct{}
}

// newBatch allocates a batch for n pairs.
func newBatch(n, size int) *Batch {
	return &Batch{
		N:       n,
		Size:    size,
		Picks:   make([]Pick, n),
		Views:   make([]uint8, 2*n*3*size*size),
		firsts:  make([]error, n),
		seconds: make([]error, n),
	}
}

// reset makes a new or recycled batch ready for a step.
func (b *Batch) reset(step int) {
	b.Step = step
	b.Failed, b.FirstError, b.err = 0, nil, nil
	clear(b.firsts)
	clear(b.seconds)
	b.waiting.Store(int64(b.N))
	b.done = make(chan struct{})
}

// view is the memory of view 0 or 1 of position i.
func (b *Batch) view(i, which int) []uint8 {
	bytes := 3 * b.Size * b.Size
	at := (which*b.N + i) * bytes
	return b.Views[at : at+bytes : at+bytes]
}

// Pick is one position of a batch: the pictures that its two views show. They
// are the same one, or two that show the same: neighbours by what the encoder
// sees (Dwibedi et al. 2021, "With a Little Help from My Friends"), or, as a
// temporal positive, pictures of one source, seconds apart and without a cut
// between them (Gordon et al. 2020, "Watching the World Go By: Representation
// Learning from Unlabeled Videos"), which time changes in ways that no crop or
// colour can.
type Pick struct {
	First, Second uint64
}

// Same picks each picture for both of its views.
func Same(ids []uint64) []Pick {
	picks := make([]Pick, len(ids))
	for i, id := range ids {
		picks[i] = Pick{First: id, Second: id}
	}
	return picks
}
