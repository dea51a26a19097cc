package search

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestSearchEqualsAScan(t *testing.T) {
	for _, k := range []kernels{portable(), bestKernels()} {
		for _, data := range datasets() {
			for _, size := range []struct{ n, dim int }{{1, 1}, {5, 2}, {40, 3}, {300, 31}, {1500, 33}, {2500, 128}} {
				t.Run(fmt.Sprintf("%s/%s/%dx%d", k.name, data.name, size.n, size.dim), func(t *testing.T) {
					rng := rand.New(rand.NewPCG(uint64(size.n), uint64(size.dim)))
					x, vectors := newIndex(size.dim, k), map[uint64][]float32{}
					for _, i := range rng.Perm(size.n) {
						id, v := uint64(3*i), data.draw(rng, size.dim)
						vectors[id] = v
						if err := x.Add(id, v); err != nil {
							t.Fatal(err)
						}
					}
					for _, count := range []int{1, 2, 10, 100, size.n + 1} {
						compare(t, x, vectors, data.draw(rng, size.dim), count)
						compare(t, x, vectors, vectors[uint64(3*rng.IntN(size.n))], count) // a stored one
						compare(t, x, vectors, gaussian(rng, size.dim), count)             // unlike all
					}
				})
			}
		}
	}
}

func compare(t *testing.T, x *Index, vectors map[uint64][]float32, q []float32, k int) {
	t.Helper()
	got, err := x.Search(q, k)
	if err != nil {
		t.Fatal(err)
	}
	if want := scan(x.kernels, vectors, q, k); !slices.Equal(got, want) {
		t.Errorf("top %d of %d:\n got %v\nwant %v", k, len(vectors), got, want)
	}
	for _, h := range got {
		if want := cosine(q, vectors[h.ID]); math.Abs(float64(h.Similarity)-want) > 2e-6 {
			t.Errorf("similarity of %d is %v, in float64 %v", h.ID, h.Similarity, want)
		}
	}
}

// The bounds must hold for every vector, or a search could miss one. This checks the
// bounds themselves, since most wrong bounds still give the right result.
func TestBoundsHold(t *testing.T) {
	for _, data := range datasets() {
		t.Run(data.name, func(t *testing.T) {
			const n, dim = 600, 100
			rng := rand.New(rand.NewPCG(5, 6))
			x := New(dim)
			for id := range uint64(n) {
				if err := x.Add(id, data.draw(rng, dim)); err != nil {
					t.Fatal(err)
				}
			}
			for range 20 {
				s := newScratch(x.stride)
				if err := x.prepare(s.query, data.draw(rng, dim)); err != nil {
					t.Fatal(err)
				}
				x.collect(s, n) // with k = n every vector is a candidate
				if len(s.candidates) != n || len(s.best.heap) != n {
					t.Fatalf("%d candidates, %d bounds", len(s.candidates), len(s.best.heap))
				}
				for _, c := range s.candidates {
					if h := x.exact(s, c.row); h.Similarity > c.upper {
						t.Errorf("similarity %v above its bound %v", h.Similarity, c.upper)
					}
				}
				for _, b := range s.best.heap {
					if h := x.exact(s, int(b.ID)); h.Similarity < b.Similarity {
						t.Errorf("similarity %v below its bound %v", h.Similarity, b.Similarity)
					}
				}
			}
		})
	}
}

// On data with structure, the codes must exclude nearly all vectors.
func TestCodesLeaveFewCandidates(t *testing.T) {
	const n, dim = 5000, 256
	for name, spread := range map[string]float32{"random directions": 1e6, "about one center": 0.3} {
		t.Run(name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(8, 9))
			x := New(dim)
			for id := range uint64(n) {
				v := gaussian(rng, dim)
				for i := range v {
					v[i] = 1 + spread*v[i]
				}
				if err := x.Add(id, v); err != nil {
					t.Fatal(err)
				}
			}
			s := newScratch(x.stride)
			q := gaussian(rng, dim)
			for i := range q {
				q[i] = 1 + spread*q[i]
			}
			if err := x.prepare(s.query, q); err != nil {
				t.Fatal(err)
			}
			x.collect(s, 10)
			if len(s.candidates) > n/10 {
				t.Errorf("%d of %d vectors are candidates for 10 places", len(s.candidates), n)
			}
		})
	}
}

func TestSearchRefuses(t *testing.T) {
	x := New(3)
	if hits, err := x.Search([]float32{1, 0, 0}, 5); hits != nil || err != nil {
		t.Errorf("an empty index gave %v, %v", hits, err)
	}
	for _, c := range []struct {
		name string
		q    []float32
		k    int
		want error
	}{
		{"none asked for", []float32{1, 0, 0}, 0, ErrK},
		{"fewer than none", []float32{1, 0, 0}, -1, ErrK},
		{"too short", []float32{1, 0}, 1, ErrDimension},
		{"too long", []float32{1, 0, 0, 0}, 1, ErrDimension},
		{"zero", []float32{0, 0, 0}, 1, ErrZero},
		{"not a number", []float32{0, float32(math.NaN()), 0}, 1, ErrNotFinite},
		{"infinite", []float32{0, 0, float32(math.Inf(-1))}, 1, ErrNotFinite},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := x.Search(c.q, c.k); !errors.Is(err, c.want) {
				t.Errorf("error %v, want %v", err, c.want)
			}
		})
	}
}
