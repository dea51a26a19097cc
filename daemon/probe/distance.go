package probe

import (
	"context"
	"fmt"
	"math"
)

// Travel says how far a second encoder has gone from a first one.
type Travel struct {
	// Neighbours is the mean share of a picture's ten nearest others (half of
	// the others, if that is fewer) that are no longer among them: 0 for no
	// change, 1-k/(n-1) for encoders that know nothing of each other.
	Neighbours float64 `json:"neighbours"`

	// CKA is the linear centred kernel alignment of the vectors of length 1
	// (Kornblith et al. 2019, section 3), from the estimate of HSIC without
	// bias (Song et al. 2012, equation 5): 1 for vectors that differ by a
	// rotation, about 0 for unrelated ones, where the plain estimate
	// tends to 1 for more dimensions than pictures. 0 with fewer than 4 pictures, and
	// when one of the two has collapsed.
	CKA float64 `json:"cka"`
}

// Distance compares the vectors of the same pictures from two encoders, a
// [n][dim] and b [n][any dim]. The errors are those of [Measure].
func Distance(ctx context.Context, a, b [][]float32) (Travel, error) {
	t, err := distance(ctx, a, b)
	if err != nil {
		return Travel{}, fmt.Errorf("comparing two encoders: %w", err)
	}
	return t, nil
}

func distance(ctx context.Context, a, b [][]float32) (Travel, error) {
	n := len(a)
	if n != len(b) {
		return Travel{}, fmt.Errorf("%w: %d pictures and %d", ErrShape, n, len(b))
	}
	if n < 2 {
		return Travel{}, fmt.Errorf("%w, not %d", ErrTooFew, n)
	}
	var grams [2][]float64
	for which, vectors := range [][][]float32{a, b} {
		r, err := newRows("picture", vectors, len(vectors[0]))
		if err != nil {
			return Travel{}, err
		}
		if grams[which], err = r.gram(ctx); err != nil {
			return Travel{}, err
		}
	}
	var t Travel
	before, after := make([]int, neighbours(n)), make([]int, neighbours(n))
	for i := range n {
		nearest(before, grams[0][i*n:][:n], i, false)
		nearest(after, grams[1][i*n:][:n], i, false)
		t.Neighbours += 1 - overlap(before, after)
	}
	t.Neighbours /= float64(n)
	t.CKA = cka(grams[0], grams[1], n)
	return t, nil
}

func cka(a, b []float64, n int) float64 {
	if n < 4 {
		return 0
	}
	aa, bb := hsic(a, a, n), hsic(b, b, n)
	if aa < nothing*nothing || bb < nothing*nothing {
		return 0
	}
	return hsic(a, b, n) / math.Sqrt(aa*bb)
}

// hsic is the Hilbert-Schmidt independence criterion without bias. It looks at
// nothing on the diagonals, which is where the bias is.
func hsic(a, b []float64, n int) float64 {
	var both, sumA, sumB, sums float64
	for i := range n {
		var rowA, rowB float64
		for j := range n {
			if j != i {
				both += a[i*n+j] * b[i*n+j]
				rowA += a[i*n+j]
				rowB += b[i*n+j]
			}
		}
		sumA, sumB, sums = sumA+rowA, sumB+rowB, sums+rowA*rowB
	}
	m := float64(n)
	return (both + sumA*sumB/((m-1)*(m-2)) - 2*sums/(m-2)) / (m * (m - 3))
}
