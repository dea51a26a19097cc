package search

import (
	"math"
	"math/rand/v2"
	"slices"
)

// dataset is a way to draw vectors that was, or could be, hard for an exact search.
type dataset struct {
	name string
	draw func(rng *rand.Rand, dim int) []float32
}

func datasets() []dataset {
	near := func(spread float32) func(rng *rand.Rand, dim int) []float32 {
		return func(rng *rand.Rand, dim int) []float32 {
			v := gaussian(rng, dim)
			for i := range v {
				v[i] = 1 + spread*v[i]
			}
			return v
		}
	}
	return []dataset{
		{"random directions", gaussian},
		{"about one center", near(0.1)},
		{"closer than the codes resolve", near(1e-4)},
		{"closer than float32 resolves", near(1e-8)},
		{"all equal", func(_ *rand.Rand, dim int) []float32 { return filled(dim, 3) }},
		{"one value", func(rng *rand.Rand, dim int) []float32 {
			v := make([]float32, dim)
			v[rng.IntN(dim)] = float32(1 - 2*rng.IntN(2))
			return v
		}},
		{"few whole numbers", func(rng *rand.Rand, dim int) []float32 {
			v := make([]float32, dim)
			v[0] = 1
			for i := range v {
				v[i] += float32(rng.IntN(3) - 1)
			}
			v[dim-1] += 3
			return v
		}},
		{"one value outweighs", func(rng *rand.Rand, dim int) []float32 {
			v := gaussian(rng, dim)
			v[0] *= 1e4
			return v
		}},
		{"no value below 0", func(rng *rand.Rand, dim int) []float32 {
			v := gaussian(rng, dim)
			for i := range v {
				v[i] = max(v[i], 0)
			}
			v[0] += 0.1
			return v
		}},
		{"tiny and huge lengths", func(rng *rand.Rand, dim int) []float32 {
			v := gaussian(rng, dim)
			scale := []float32{1e-38, 1, 1e37}[rng.IntN(3)]
			for i := range v {
				v[i] *= scale
			}
			v[0] += scale
			return v
		}},
	}
}

// scan defines the result of a search: it compares all vectors in float32, in order.
func scan(k kernels, vectors map[uint64][]float32, q []float32, count int) []Hit {
	stride := padded(len(q), laneBlock)
	query, row := make([]float32, stride), make([]float32, stride)
	if err := normalize(query, q); err != nil {
		panic(err)
	}
	var hits []Hit
	for id, v := range vectors {
		if err := normalize(row, v); err != nil {
			panic(err)
		}
		var dot [1]float32
		k.dots(dot[:], row, query)
		hits = append(hits, Hit{id, clamp(dot[0])})
	}
	slices.SortFunc(hits, func(a, b Hit) int {
		if a.before(b) {
			return -1
		}
		return 1
	})
	return hits[:min(count, len(hits))]
}

func cosine(a, b []float32) float64 {
	var ab, aa, bb float64
	for i := range a {
		ab += float64(a[i]) * float64(b[i])
		aa += float64(a[i]) * float64(a[i])
		bb += float64(b[i]) * float64(b[i])
	}
	return ab / math.Sqrt(aa*bb)
}
