package probe

import "math"

// rankMe is [Scores.RankMe]. The singular values are the roots of the
// eigenvalues of the Gram matrix of the vectors, [n][n], or of that of the
// dimensions, [dim][dim], which has the same ones above 0: the smaller is taken.
// The paper adds 1e-7 to each p; here 0 log 0 is 0, which keeps a rank of 1 at 1.
func rankMe(r rows, gram []float64) float64 {
	n := r.n
	a := append([]float64(nil), gram...)
	if r.dim < n {
		n, a = r.dim, r.dimensions()
	}
	values := eigenvalues(a, n)
	// Below this an eigenvalue is rounding.
	var largest, sum float64
	for _, v := range values {
		largest = max(largest, v)
	}
	floor := largest * float64(max(r.n, r.dim)) * 0x1p-52
	for _, v := range values {
		if v > floor {
			sum += math.Sqrt(v)
		}
	}
	var entropy float64
	for _, v := range values {
		if v > floor {
			p := math.Sqrt(v) / sum
			entropy -= p * math.Log(p)
		}
	}
	return math.Exp(entropy)
}

// dimensions has the products of all pairs of dimensions over the vectors of
// length 1, [dim][dim].
func (r rows) dimensions() []float64 {
	columns := make([]float64, len(r.values))
	for i := range r.n {
		for j, value := range r.values[i*r.dim:][:r.dim] {
			columns[j*r.n+i] = value / r.norms[i]
		}
	}
	a := make([]float64, r.dim*r.dim)
	products(a, columns, columns, r.n)
	return a
}

// deviation is [Scores.Deviation].
func deviation(r rows) float64 {
	var sum float64
	for j := range r.dim {
		var mean, squares float64
		for i := range r.n {
			mean += r.values[i*r.dim+j] / r.norms[i] / float64(r.n)
		}
		for i := range r.n {
			off := r.values[i*r.dim+j]/r.norms[i] - mean
			squares += off * off
		}
		sum += math.Sqrt(squares / float64(r.n-1))
	}
	return sum / math.Sqrt(float64(r.dim)) // the mean over the dimensions, times sqrt(dim)
}
