package search

import (
	"errors"
	"slices"
	"testing"
)

func TestNearestEqualNumpy(t *testing.T) {
	for _, g := range readGolden(t) {
		t.Run(g.Name, func(t *testing.T) {
			for _, k := range []int{0, 1, 7, voters} {
				got, err := Nearest(t.Context(), g.Vectors, Nearby{K: k, Workers: 2})
				if err != nil || len(got) != len(g.Vectors) {
					t.Fatalf("%d rows, %v", len(got), err)
				}
				for i, want := range g.Order {
					want = want[:min(k, len(want))]
					same := slices.EqualFunc(got[i][:min(len(want), len(got[i]))], want, func(a Neighbour, b uint64) bool { return uint64(a.Index) == b })
					if !same || len(got[i]) != min(k, len(g.Vectors)-1) {
						t.Errorf("k %d, vector %d: %v, want %v", k, i, got[i], want)
					}
				}
			}
		})
	}
}

func TestNearestRefusals(t *testing.T) {
	if _, err := Nearest(t.Context(), [][]float32{{1, 0}}, Nearby{K: 3}); !errors.Is(err, ErrTooFew) {
		t.Errorf("one vector: %v", err)
	}
	if _, err := Nearest(t.Context(), [][]float32{{1, 0}, {0, 0}}, Nearby{K: 1}); !errors.Is(err, ErrZero) {
		t.Errorf("a zero vector: %v", err)
	}
	if _, err := Nearest(t.Context(), [][]float32{{1, 0}, {0, 1}}, Nearby{K: voters + 1}); err == nil {
		t.Error("more than are looked for are promised")
	}
}

// Vectors that are apart do not count, and take no place from those that do.
func TestNearestApart(t *testing.T) {
	vectors := [][]float32{{1, 0}, {1, 0.1}, {1, 0.2}, {1, 0.4}, {0, 1}}
	far := func(i, j int) bool { return i-j > 1 || j-i > 1 } // may count
	got, err := Nearest(t.Context(), vectors, Nearby{K: 2, Apart: func(i, j int) bool { return !far(i, j) }})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range [][]int{{2, 3}, {3, 4}, {0, 4}, {1, 0}, {2, 1}} {
		if !slices.EqualFunc(got[i], want, func(n Neighbour, j int) bool { return n.Index == j }) {
			t.Errorf("vector %d: %v, want %v", i, got[i], want)
		}
	}
	none, err := Nearest(t.Context(), vectors, Nearby{K: 2, Apart: func(int, int) bool { return true }})
	if err != nil || slices.ContainsFunc(none, func(row []Neighbour) bool { return len(row) > 0 }) {
		t.Errorf("all are apart: %v, %v", none, err)
	}
}

// Dot products let shorter vectors be less similar.
func TestNearestByDotProducts(t *testing.T) {
	vectors := [][]float32{{0.5, 0}, {0.1, 0}, {0.4, 0.3}}
	for dot, want := range map[bool]int{false: 1, true: 2} {
		got, err := Nearest(t.Context(), vectors, Nearby{K: 1, Dot: dot})
		if err != nil || got[0][0].Index != want {
			t.Errorf("dot %v: %v, %v", dot, got, err)
		}
	}
	if got, _ := Nearest(t.Context(), vectors, Nearby{K: 1, Dot: true}); got[0][0].Similarity < 0.2 || got[0][0].Similarity > 0.2001 {
		t.Errorf("similarity %v, want 0.2", got[0][0].Similarity)
	}
}
