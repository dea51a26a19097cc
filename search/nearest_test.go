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
				got, err := Nearest(t.Context(), g.Vectors, k, 2)
				if err != nil || len(got) != len(g.Vectors) {
					t.Fatalf("%d rows, %v", len(got), err)
				}
				for i, want := range g.Order {
					want = want[:min(k, len(want))]
					same := slices.EqualFunc(got[i][:min(len(want), len(got[i]))], want, func(a int, b uint64) bool { return uint64(a) == b })
					if !same || len(got[i]) != min(k, len(g.Vectors)-1) {
						t.Errorf("k %d, vector %d: %v, want %v", k, i, got[i], want)
					}
				}
			}
		})
	}
}

func TestNearestRefusals(t *testing.T) {
	if _, err := Nearest(t.Context(), [][]float32{{1, 0}}, 3, 0); !errors.Is(err, ErrTooFew) {
		t.Errorf("one vector: %v", err)
	}
	if _, err := Nearest(t.Context(), [][]float32{{1, 0}, {0, 0}}, 1, 0); !errors.Is(err, ErrZero) {
		t.Errorf("a zero vector: %v", err)
	}
	if _, err := Nearest(t.Context(), [][]float32{{1, 0}, {0, 1}}, voters+1, 0); err == nil {
		t.Error("more than are looked for are promised")
	}
}
