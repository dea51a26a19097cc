package search

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

var shapes = []struct{ rows, dim int }{
	{0, 32}, {1, 0}, {1, 32}, {2, 64}, {3, 96}, {4, 32}, {5, 32}, {7, 512}, {8, 1280}, {9, 128}, {129, 160},
}

func TestDotsEqualFloat64(t *testing.T) {
	for _, k := range []kernels{portable(), bestKernels()} {
		for _, shape := range shapes {
			t.Run(fmt.Sprintf("%s/%dx%d", k.name, shape.rows, shape.dim), func(t *testing.T) {
				rng := rand.New(rand.NewPCG(1, uint64(shape.dim)))
				rows, query := gaussian(rng, shape.rows*shape.dim), gaussian(rng, shape.dim)
				got := filled(shape.rows+1, float32(math.Inf(1)))
				k.dots(got[:shape.rows], rows, query)
				for i := range shape.rows {
					var want, size float64
					for j, q := range query {
						want += float64(q) * float64(rows[i*shape.dim+j])
						size += math.Abs(float64(q) * float64(rows[i*shape.dim+j]))
					}
					if off := math.Abs(float64(got[i]) - want); off > 1e-6*size {
						t.Errorf("row %d: %v, want %v", i, got[i], want)
					}
				}
				if !math.IsInf(float64(got[shape.rows]), 1) {
					t.Error("written past the last row")
				}
			})
		}
	}
}

func TestDotsDoNotDependOnTheRowsPlace(t *testing.T) {
	for _, k := range []kernels{portable(), bestKernels()} {
		rng := rand.New(rand.NewPCG(1, 2))
		const dim, n = 96, 11
		row, query := gaussian(rng, dim), gaussian(rng, dim)
		var rows []float32
		for range n {
			rows = append(rows, row...)
		}
		for count := 1; count <= n; count++ {
			got := make([]float32, count)
			k.dots(got, rows, query)
			var alone [1]float32
			k.dots(alone[:], row, query)
			for i, v := range got {
				if v != alone[0] {
					t.Errorf("%s: row %d of %d: %v, alone %v", k.name, i, count, v, alone[0])
				}
			}
		}
	}
}

func TestDotCodesAreExact(t *testing.T) {
	for _, k := range []kernels{portable(), bestKernels()} {
		for _, shape := range shapes {
			for _, extreme := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%dx%d/extreme=%v", k.name, shape.rows, shape.dim, extreme), func(t *testing.T) {
					n := padded(shape.rows, rowBlock)
					rows, query := codesFor(n, shape.dim, extreme)
					got := make([]int32, n)
					k.dotCodes(got, rows, query)
					for i, v := range got {
						var want int64
						for j, q := range query {
							want += int64(q) * int64(rows[i*shape.dim+j])
						}
						if int64(v) != want {
							t.Errorf("row %d: %d, want %d", i, v, want)
						}
					}
				})
			}
		}
	}
}

// codesFor draws codes. Extreme codes have the largest products, so that a sum that does
// not fit is noticed.
func codesFor(n, dim int, extreme bool) ([]int8, []int16) {
	rng := rand.New(rand.NewPCG(3, uint64(dim)))
	most := queryCodeMax(dim)
	rows, query := make([]int8, n*dim), make([]int16, dim)
	for i := range query {
		query[i] = int16(rng.IntN(2*most+1) - most)
		if extreme {
			query[i] = int16(most)
		}
	}
	for i := range rows {
		rows[i] = int8(rng.IntN(2*codeMax+1) - codeMax)
		if extreme {
			rows[i] = codeMax
			if dim > 0 && i/dim%2 == 1 {
				rows[i] = -codeMax
			}
		}
	}
	return rows, query
}

func filled(n int, value float32) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = value
	}
	return v
}

func BenchmarkKernels(b *testing.B) {
	const n, dim = blockRows, 512
	rows, query := codesFor(n, dim, false)
	floats, floatQuery := filled(n*dim, 0.5), filled(dim, 0.5)
	for _, k := range []kernels{bestKernels(), portable()} {
		b.Run(k.name+"/dots", func(b *testing.B) {
			dst := make([]float32, n)
			for b.Loop() {
				k.dots(dst, floats, floatQuery)
			}
			b.SetBytes(4 * n * dim)
		})
		b.Run(k.name+"/dotCodes", func(b *testing.B) {
			dst := make([]int32, n)
			for b.Loop() {
				k.dotCodes(dst, rows, query)
			}
			b.SetBytes(n * dim)
		})
	}
}
