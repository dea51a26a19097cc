package probe

import (
	"context"
	"fmt"
	"math"

	"edgeclr/search"
)

// queryRows is how many vectors are compared with all others at a time. So each of the
// others is read from memory once for many comparisons.
const queryRows = 16

// rows are vectors in float64, with their lengths.
type rows struct {
	n, dim int
	values []float64 // [n][dim]
	norms  []float64 // [n]
}

func newRows(what string, vectors [][]float32, dim int) (rows, error) {
	r := rows{n: len(vectors), dim: dim, values: make([]float64, len(vectors)*dim), norms: make([]float64, len(vectors))}
	for i, v := range vectors {
		if len(v) != dim {
			return rows{}, fmt.Errorf("%s %d: %w: %d values, and the first has %d", what, i, search.ErrDimension, len(v), dim)
		}
		var squared float64
		for j, value := range v {
			x := float64(value)
			if math.IsNaN(x) || math.IsInf(x, 0) {
				return rows{}, fmt.Errorf("%s %d: %w: value %d is %v", what, i, search.ErrNotFinite, j, value)
			}
			r.values[i*dim+j] = x
			squared += x * x
		}
		if squared == 0 {
			return rows{}, fmt.Errorf("%s %d: %w: %d values", what, i, search.ErrZero, dim)
		}
		r.norms[i] = math.Sqrt(squared)
	}
	return r, nil
}

// cosines calls visit for each vector i of q, with its similarities to all vectors of
// r, [r.n]. It reuses the slice. The similarities equal those of search.LeaveOneOut to
// the bit: a product of two float32 is exact in float64, and the sum is taken in
// order.
func (r rows) cosines(ctx context.Context, q rows, visit func(i int, similarities []float64)) error {
	block := make([]float64, queryRows*r.n)
	for first := 0; first < q.n; first += queryRows {
		if err := ctx.Err(); err != nil {
			return err
		}
		count := min(queryRows, q.n-first)
		products(block, r.values, q.values[first*r.dim:][:count*r.dim], r.dim)
		for i := range count {
			similarities := block[i*r.n:][:r.n]
			for j, dot := range similarities {
				similarities[j] = dot / (q.norms[first+i] * r.norms[j])
			}
			visit(first+i, similarities)
		}
	}
	return nil
}

// gram returns the cosines of all pairs, [n][n].
func (r rows) gram(ctx context.Context) ([]float64, error) {
	g := make([]float64, r.n*r.n)
	err := r.cosines(ctx, r, func(i int, similarities []float64) { copy(g[i*r.n:], similarities) })
	return g, err
}

// products writes the dot products of queries with all rows of values to dst,
// [queries][rows]. It computes four sums at a time, since a single sum would wait for
// each addition.
func products(dst, values, queries []float64, dim int) {
	n, count := len(values)/dim, len(queries)/dim
	for j := 0; j < n; j += 4 {
		// The last rows are done again together with others, to make four.
		j := max(min(j, n-4), 0)
		a := values[j*dim:][:dim]
		b := values[min(j+1, n-1)*dim:][:dim]
		c := values[min(j+2, n-1)*dim:][:dim]
		d := values[min(j+3, n-1)*dim:][:dim]
		for i := range count {
			var sa, sb, sc, sd float64
			for k, x := range queries[i*dim:][:dim] {
				sa += x * a[k]
				sb += x * b[k]
				sc += x * c[k]
				sd += x * d[k]
			}
			four := [4]float64{sa, sb, sc, sd}
			copy(dst[i*n+j:][:min(4, n-j)], four[:])
		}
	}
}

// topTen is how many neighbours a person looks at when comparing pictures.
const topTen = 10

// neighbourCount is the length of the lists of neighbours that are compared, for n
// pictures. Lists of more than half of the others would agree by chance.
func neighbourCount(n int) int { return min(topTen, max(1, (n-1)/2)) }

// nearest fills near with the indices of the largest similarities, the largest first,
// without self. Equal ones are ordered by ascending index, or by descending index when
// backwards. So a list and a backwards list of equal similarities have nothing in
// common. There must be more than len(near) similarities.
func nearest(near []int, similarities []float64, self int, backwards bool) {
	held := 0
	for at := range similarities {
		j := at
		if backwards {
			j = len(similarities) - 1 - at
		}
		if j == self || held == len(near) && similarities[j] <= similarities[near[held-1]] {
			continue
		}
		held = min(held+1, len(near))
		rank := held - 1
		for ; rank > 0 && similarities[near[rank-1]] < similarities[j]; rank-- {
			near[rank] = near[rank-1]
		}
		near[rank] = j
	}
}

// overlap is the share of a that is also in b.
func overlap(a, b []int) float64 {
	shared := 0
	for _, i := range a {
		for _, j := range b {
			if i == j {
				shared++
			}
		}
	}
	return float64(shared) / float64(len(a))
}

// above tells whether similarity i is larger than all others. A tie is not above.
func above(similarities []float64, i int) bool {
	for j, s := range similarities {
		if j != i && s >= similarities[i] {
			return false
		}
	}
	return true
}
