package model

import (
	"fmt"
	"slices"

	tf "github.com/tensorflow/tensorflow/tensorflow/go"
)

// Batch is what one step learns from: N pairs of views.
type Batch struct {
	// Views is [2N,Size,Size,3] uint8: the N first views, then the N second views
	// in the same order. The two views of a pair are positives.
	Views []uint8

	// NotNegatives is [N,N], row by row. It is true where the pairs i and j != i
	// show the same picture, moment of one source or kind of thing, and must not be
	// pushed apart. The views of i and the views of j are then no negatives of each
	// other. It must be symmetric. The diagonal is ignored. Nil: all pairs are
	// negatives of each other.
	//
	// A view without any negative has a loss of 0 and teaches nothing. The rows of
	// TrainerOptions.Queue stay negatives of all views, because what they show is
	// no longer known.
	NotNegatives []bool

	// Positives is [N,N], in the same form: true where pairs i and j show the same
	// kind of thing, so that all their views are positives. Nil: there are no
	// further positives. Only an objective that needs positives takes them.
	Positives []bool
}

// Result is what a step computed before it changed the weights.
type Result struct {
	// Loss is the objective's loss. Once the encoder moves, it includes the term
	// of TrainerOptions.Align.
	Loss float64

	// Projections is [2N,D], row by row: what the objective observes of each view,
	// in the order of Batch.Views, of length 1. Rows i and N+i belong to one pair.
	// A row of zeros stays zero.
	Projections []float32
}

// pairMask is a mask over pairs as the graph takes it: [N,N] of 0 and 1, or
// [1,1] of 0 when the batch has no such mask. name is for errors.
func pairMask(name string, mask []bool, n int) (*tf.Tensor, error) {
	if mask == nil {
		return floatTensor([]float32{0}, 1, 1)
	}
	if len(mask) != n*n {
		return nil, fmt.Errorf("%w: %s has %d values, and %d pairs need %d x %d", ErrShape, name, len(mask), n, n, n)
	}
	values := make([]float32, n*n)
	for i := range n {
		for j := range i {
			if mask[i*n+j] != mask[j*n+i] {
				return nil, fmt.Errorf("%w: %s must be symmetric, and is %v for pairs %d and %d but %v for %d and %d",
					ErrShape, name, mask[i*n+j], i, j, mask[j*n+i], j, i)
			}
			if mask[i*n+j] {
				values[i*n+j], values[j*n+i] = 1, 1
			}
		}
	}
	return floatTensor(values, int64(n), int64(n))
}

// queue keeps the rows that past steps enqueued. A capacity of 0 keeps none.
type queue struct {
	capacity int       // rows
	width    int       // of a row
	rows     []float32 // oldest first
}

// tensor is the queue as the loss takes it, [Q,D].
func (q *queue) tensor() (*tf.Tensor, error) {
	return floatTensor(q.rows, int64(len(q.rows)/q.width), int64(q.width))
}

// restore takes the rows of a saved queue, the oldest first, as many as there is room
// for. If they are not whole rows of this width, another objective saved them, and
// restore takes none.
func (q *queue) restore(rows []float32) {
	q.rows = nil
	if len(rows)%q.width == 0 {
		q.rows = slices.Clone(rows[:min(len(rows), q.capacity*q.width)])
	}
}

// push adds the rows of a step and drops the oldest.
func (q *queue) push(rows []float32) {
	if q.capacity == 0 {
		return
	}
	q.rows = append(q.rows, rows...)
	if over := len(q.rows) - q.capacity*q.width; over > 0 {
		q.rows = append(q.rows[:0], q.rows[over:]...)
	}
}
