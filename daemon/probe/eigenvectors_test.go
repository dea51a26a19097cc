package probe

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// Each vector has length 1 and is scaled by its value, and the values are those that are
// computed without vectors.
func TestEigenvectors(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 30))
	for _, n := range []int{1, 2, 3, 7, 40} {
		for _, rank := range []int{n, (n + 1) / 2} {
			a := make([]float64, n*n)
			for range rank {
				v := make([]float64, n)
				for i := range v {
					v[i] = rng.NormFloat64()
				}
				for i := range n {
					for j := range n {
						a[i*n+j] += v[i] * v[j]
					}
				}
			}
			want := eigenvalues(slices.Clone(a), n)
			values, vectors := eigenvectors(slices.Clone(a), n)
			sorted := slices.Sorted(slices.Values(values))
			slices.Sort(want)
			for k := range n {
				if math.Abs(sorted[k]-want[k]) > 1e-9*float64(n) {
					t.Errorf("n %d, rank %d: value %v, want %v", n, rank, sorted[k], want[k])
				}
				var length float64
				for i := range n {
					var product float64
					for j := range n {
						product += a[i*n+j] * vectors[k*n+j]
					}
					length += vectors[k*n+i] * vectors[k*n+i]
					if math.Abs(product-values[k]*vectors[k*n+i]) > 1e-9*float64(n) {
						t.Errorf("n %d, rank %d, vector %d: %v, want %v", n, rank, k, product, values[k]*vectors[k*n+i])
					}
				}
				if math.Abs(length-1) > 1e-9 {
					t.Errorf("n %d, rank %d: vector %d has length %v", n, rank, k, length)
				}
			}
		}
	}
}
