package probe

import (
	"context"
	"fmt"
	"math"
)

// Travel says how far a second encoder has moved from a first one.
type Travel struct {
	// Neighbours is the mean share of a picture's ten nearest others (half of the
	// others, if that is fewer) that are no longer among its nearest. It is 0 for no
	// change, and 1-k/(n-1) for unrelated encoders.
	Neighbours float64 `json:"neighbours"`

	// CKA is the linear centred kernel alignment of the vectors of length 1
	// (Kornblith et al. 2019, section 3). It uses the unbiased estimate of HSIC (Song
	// et al. 2012, equation 5): the plain one tends to 1 when there are more
	// dimensions than pictures. It is 1 for vectors that differ by a rotation, about
	// 0 for unrelated ones, and 0 with fewer than 4 pictures or when one of the two
	// has collapsed.
	CKA float64 `json:"cka"`
}

// Distance compares the vectors that two encoders made of the same n pictures. A is
// [n][dim of the first], b is [n][dim of the second]. It returns the errors of
// [Measure].
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
	before, after := make([]int, neighbourCount(n)), make([]int, neighbourCount(n))
	for i := range n {
		nearest(before, grams[0][i*n:][:n], i, false)
		nearest(after, grams[1][i*n:][:n], i, false)
		t.Neighbours += 1 - overlap(before, after)
	}
	t.Neighbours /= float64(n)
	t.CKA = cka(grams[0], grams[1], n)
	return t, nil
}

// cka is [Travel.CKA] of two Gram matrices, [n][n].
func cka(a, b []float64, n int) float64 {
	if n < 4 {
		return 0
	}
	aa, bb := hsic(a, a, n), hsic(b, b, n)
	if aa < rounding*rounding || bb < rounding*rounding {
		return 0
	}
	return hsic(a, b, n) / math.Sqrt(aa*bb)
}

// hsic is the unbiased estimate of the Hilbert-Schmidt independence criterion of two
// Gram matrices, [n][n]. It leaves out the diagonals, since the bias comes from them.
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
