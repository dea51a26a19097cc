package probe

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestEigenvalues(t *testing.T) {
	symmetric := func(n int, at func(i, j int) float64) []float64 {
		a := make([]float64, n*n)
		for i := range n {
			for j := range i + 1 {
				a[i*n+j] = at(i, j)
				a[j*n+i] = a[i*n+j]
			}
		}
		return a
	}
	chain := make([]float64, 50) // of the second difference: 2-2cos(k pi/(n+1))
	for k := range chain {
		chain[k] = 2 - 2*math.Cos(float64(k+1)*math.Pi/51)
	}
	for _, c := range []struct {
		name string
		a    []float64
		want []float64
	}{
		{"1x1", []float64{-3}, []float64{-3}},
		{"2x2", []float64{2, 1, 1, 2}, []float64{1, 3}},
		{"zero", make([]float64, 16), make([]float64, 4)},
		{"diagonal", symmetric(4, func(i, j int) float64 {
			if i == j {
				return float64(i)
			}
			return 0
		}), []float64{0, 1, 2, 3}},
		{"all ones", symmetric(5, func(int, int) float64 { return 1 }), []float64{0, 0, 0, 0, 5}},
		{"exchange", symmetric(4, func(i, j int) float64 {
			if i+j == 3 {
				return 1
			}
			return 0
		}), []float64{-1, -1, 1, 1}},
		{"second difference", symmetric(50, func(i, j int) float64 {
			switch i - j {
			case 0:
				return 2
			case 1:
				return -1
			}
			return 0
		}), chain},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := eigenvalues(slices.Clone(c.a), len(c.want))
			slices.Sort(got)
			for i := range got {
				if !near(got[i], c.want[i], 1e-13) {
					t.Errorf("got %v\nwant %v", got, c.want)
				}
			}
		})
	}
}

func TestEigenvaluesEqualJacobi(t *testing.T) {
	for _, n := range []int{2, 3, 4, 5, 10, 33, 60} {
		for _, spread := range []float64{0, 1, 12} { // decades between the rows
			t.Run(fmt.Sprintf("%d, %v decades", n, spread), func(t *testing.T) {
				rng := rand.New(rand.NewPCG(uint64(n), uint64(spread)))
				a, square := make([]float64, n*n), make([][]float64, n)
				for i := range n {
					square[i] = make([]float64, n)
					for j := range i + 1 {
						a[i*n+j] = rng.NormFloat64() * math.Pow(10, -spread*float64(i+j)/float64(2*n))
						a[j*n+i], square[i][j], square[j][i] = a[i*n+j], a[i*n+j], a[i*n+j]
					}
				}
				want, got := jacobi(square), eigenvalues(a, n)
				slices.Sort(want)
				slices.Sort(got)
				for i := range got {
					if !near(got[i], want[i], 1e-12) {
						t.Fatalf("eigenvalue %d is %v, want %v", i, got[i], want[i])
					}
				}
			})
		}
	}
}

// Orthogonal directions in equal shares have a rank that can be counted.
func TestRankMeOfKnownRank(t *testing.T) {
	for _, c := range []struct{ n, dim, rank int }{
		{10, 20, 1}, {10, 20, 2}, {30, 20, 10}, {40, 20, 20}, {60, 60, 60}, {120, 60, 4}, {60, 120, 30}, {501, 3, 3},
	} {
		t.Run(fmt.Sprintf("%d of %d x %d", c.rank, c.n, c.dim), func(t *testing.T) {
			vectors := make([][]float32, c.n)
			for i := range vectors {
				vectors[i] = make([]float32, c.dim)
				vectors[i][i%c.rank] = float32(1 + i)
			}
			s, err := Measure(t.Context(), vectors, vectors, Options{})
			if err != nil || !near(s.RankMe, float64(c.rank), 1e-6) {
				t.Errorf("RankMe %v, %v", s.RankMe, err)
			}
		})
	}
}

// Vectors in general position in a subspace have at most its dimension as rank, and
// not much less.
func TestRankMeInSubspace(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	for _, rank := range []int{1, 2, 5, 20} {
		basis := make([][]float32, rank)
		for i := range basis {
			basis[i] = gaussian(rng, 100)
		}
		vectors := make([][]float32, 200)
		for i := range vectors {
			vectors[i] = make([]float32, 100)
			for _, b := range basis {
				x := float32(rng.NormFloat64())
				for j := range b {
					vectors[i][j] += x * b[j]
				}
			}
		}
		s, err := Measure(t.Context(), vectors, vectors, Options{})
		if err != nil || s.RankMe > float64(rank)+0.001 || s.RankMe < 0.85*float64(rank) {
			t.Errorf("rank %d: RankMe %v, %v", rank, s.RankMe, err)
		}
	}
}
