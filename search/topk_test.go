package search

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestTopKEqualsASort(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	var top topK
	for range 500 {
		n, k := rng.IntN(60), 1+rng.IntN(20)
		hits := make([]Hit, n)
		for i := range hits {
			hits[i] = Hit{ID: uint64(i), Similarity: float32(rng.IntN(6))}
		}
		top.reset(k)
		for _, i := range rng.Perm(n) {
			top.push(hits[i])
		}
		slices.SortStableFunc(hits, func(a, b Hit) int { return int(b.Similarity - a.Similarity) })
		if got, want := top.sorted(), hits[:min(k, n)]; !slices.Equal(got, want) {
			t.Fatalf("top %d of %d: %v, want %v", k, n, got, want)
		}
		if floor := float64(top.floor()); n < k && !math.IsInf(floor, -1) || n >= k && floor != float64(hits[k-1].Similarity) {
			t.Fatalf("floor %v of %v", floor, hits)
		}
	}
}
