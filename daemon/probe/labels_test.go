package probe

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"edgeclr/search"
)

func TestMeasureLabelsEqualsLeaveOneOut(t *testing.T) {
	for _, c := range []struct{ n, dim, names int }{{4, 3, 2}, {9, 2, 2}, {30, 8, 3}, {101, 33, 5}} {
		rng := rand.New(rand.NewPCG(uint64(c.n), 8))
		vectors, _ := world(rng, c.n, 1, c.dim, c.names, 0)
		classes := make([]int, c.n)
		for i := range classes {
			classes[i] = i % c.names
		}
		vectors[c.n-1] = slices.Clone(vectors[0]) // a tie
		want, err := search.LeaveOneOut(t.Context(), vectors, classes, 1)
		if err != nil {
			t.Fatal(err)
		}
		// Frames that take no part.
		mixed := slices.Concat([][]float32{gaussian(rng, c.dim)}, vectors, [][]float32{gaussian(rng, c.dim)})
		got, err := MeasureLabels(t.Context(), mixed, slices.Concat([]int{-1}, classes, []int{99}))
		if err != nil {
			t.Fatal(err)
		}
		if got.Frames != c.n || got.Names != want.Classes || got.Top1 != want.Top1 || got.P10 != want.P10 || got.KNN20 != want.KNN20 {
			t.Errorf("got %+v\nwant %+v", got, want)
		}
		var top1, p10 float64
		for _, o := range got.Each {
			top1 += o.Top1 / float64(c.n)
			p10 += o.P10 / float64(c.n)
		}
		if len(got.Each) != c.n || !near(top1, want.Top1, 1e-12) || !near(p10, want.P10, 1e-12) {
			t.Errorf("%d outcomes have the means %v and %v, want %+v", len(got.Each), top1, p10, want)
		}
	}
}

func TestMeasureLabelsNotMeasured(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	vectors, _ := world(rng, 5, 1, 4, 2, 0)
	for _, c := range []struct {
		name    string
		classes []int
	}{
		{"no names", []int{-1, -1, -1, -1, -1}},
		{"one name", []int{0, 0, 0, -1, -1}},
		{"the second has one frame", []int{0, 0, 0, 0, 1}},
		{"each has one frame", []int{0, 1, 2, 3, 4}},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, err := MeasureLabels(t.Context(), vectors, c.classes)
			if err != nil || l.Frames != 0 || l.Each != nil {
				t.Errorf("%+v, %v", l, err)
			}
		})
	}
	if l, err := MeasureLabels(t.Context(), nil, nil); err != nil || l.Frames != 0 {
		t.Errorf("nothing at all: %+v, %v", l, err)
	}
	if _, err := MeasureLabels(t.Context(), vectors, []int{1}); !errors.Is(err, search.ErrClasses) {
		t.Errorf("a class is missing: %v", err)
	}
	vectors[1] = make([]float32, 4)
	if _, err := MeasureLabels(t.Context(), vectors, []int{0, 0, 1, 1, 1}); !errors.Is(err, search.ErrZero) {
		t.Errorf("a zero vector: %v", err)
	}
}
