package augment

import "sync/atomic"

// Batch is the input of one training step: N pairs of views.
type Batch struct {
	Step int // number of the step; the first is LoaderOptions.StartStep
	N    int // number of pairs; there are 2N views
	Size int // height and width of a view, in pixels

	// Picks are the pictures that the views show, by position. They differ from
	// the result of Choose where a picture failed to load.
	Picks []Pick

	// Views is [2N, Size, Size, 3], RGB, 8 bits. The N first views come first,
	// then the N second views: rows i and i+N are a positive pair.
	Views []uint8

	// Failed counts the positions with a picture that failed to load. If a second
	// picture failed, the first of the pair took its place. If a first picture
	// failed, another pair of the batch took the place of the whole pair; its
	// views then occur twice, as negatives of each other. FirstError is the error
	// of the lowest such position.
	Failed     int
	FirstError error

	err     error        // why the batch could not be made; Next returns it
	firsts  []error      // by position; nil where the first picture loaded
	seconds []error      // by position; nil where the second picture loaded or was not tried
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

// view returns the memory of view 0 or 1 of position i.
func (b *Batch) view(i, which int) []uint8 {
	bytes := 3 * b.Size * b.Size
	at := (which*b.N + i) * bytes
	return b.Views[at : at+bytes : at+bytes]
}

// Pick is one position of a batch: the ids of the pictures that its two views show.
// Usually both are the same picture. They can also be two pictures of the same thing:
//
//   - nearest neighbours by embedding (Dwibedi et al. 2021, "With a Little Help from
//     My Friends");
//   - a temporal positive: pictures of one source, seconds apart and without a cut
//     between them (Gordon et al. 2020, "Watching the World Go By: Representation
//     Learning from Unlabeled Videos"). Time changes a picture in ways that no crop
//     or colour change does.
type Pick struct {
	First, Second uint64
}

// Same returns picks whose two views show one picture, one for each id.
func Same(ids []uint64) []Pick {
	picks := make([]Pick, len(ids))
	for i, id := range ids {
		picks[i] = Pick{First: id, Second: id}
	}
	return picks
}
