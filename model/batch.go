package model

import (
	"fmt"

	tf "github.com/tensorflow/tensorflow/tensorflow/go"
)

// Batch is what one step learns from: N pairs of views.
type Batch struct {
	// Views is [2N,Size,Size,3] uint8: first the N first views, then the N second
	// ones in the same order. The two of a pair are positives.
	Views []uint8

	// Together is [N,N], row by row: true where pairs i and j != i show the same
	// (a picture, a moment of one source, a kind of thing), so that pushing them
	// apart would be wrong. None of their four pairs of views counts as a negative then. It must
	// be symmetric; what stands on the diagonal is ignored. Nil: all pairs are
	// each other's negatives.
	//
	// A view without any negative left has a loss of 0 and teaches nothing. The
	// past projections of TrainerOptions.Queue stay negatives of all: what
	// they show is not known any more.
	Together []bool
}

// penalty is what the loss takes off the similarities between pictures, for a
// batch of n: [N,N], masked where two of them are together; or [1,1] of 0.
func (b Batch) penalty(n int) (*tf.Tensor, error) {
	if b.Together == nil {
		return floatTensor([]float32{0}, 1, 1)
	}
	if len(b.Together) != n*n {
		return nil, fmt.Errorf("%w: together has %d values, and %d pairs need %d x %d", ErrShape, len(b.Together), n, n, n)
	}
	values := make([]float32, n*n)
	for i := range n {
		for j := range i {
			if b.Together[i*n+j] != b.Together[j*n+i] {
				return nil, fmt.Errorf("%w: together must be symmetric, and is %v for pairs %d and %d but %v for %d and %d",
					ErrShape, b.Together[i*n+j], i, j, b.Together[j*n+i], j, i)
			}
			if b.Together[i*n+j] {
				values[i*n+j], values[j*n+i] = masked, masked
			}
		}
	}
	return floatTensor(values, int64(n), int64(n))
}
