package fixedcamera

import (
	"math"
	"testing"
)

// filled is a grid with a value in some of its cells.
func filled(v float32, cells ...int) *Grid {
	g := &Grid{}
	for _, c := range cells {
		g[c] = v
	}
	return g
}

func TestOverlap(t *testing.T) {
	many := []int{}
	for i := range 100 {
		many = append(many, i)
	}
	for _, tt := range []struct {
		name string
		a, b *Grid
		want float64
	}{
		{"both empty", filled(0), filled(0), 1},
		{"equal", filled(1, 3, 4), filled(1, 3, 4), 1},
		{"equal in parts", filled(0.25, 3, 4), filled(0.25, 3, 4), 1},
		{"a half of the other", filled(0.5, many...), filled(1, many...), (50 + 0.5) / (100 + 0.5)},
		{"apart", filled(1, many[:50]...), filled(1, many[50:]...), 0.5 / 100.5},
		{"one empty", filled(0), filled(1, many...), 0.5 / 100.5},
		{"noise beside nothing", filled(0), filled(0.01, 7), 0.5 / 0.51},
		{"one cell of three", filled(1, 1, 2), filled(1, 2, 3), 1.5 / 3.5},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Overlap(tt.a, tt.b); math.Abs(got-tt.want) > 1e-6 || got != Overlap(tt.b, tt.a) {
				t.Errorf("%v, want %v; the other way round %v", got, tt.want, Overlap(tt.b, tt.a))
			}
		})
	}
}

func TestArea(t *testing.T) {
	if got, want := filled(0.5, 1, 2, 3, 4).Area(), 2.0/256; math.Abs(got-want) > 1e-9 {
		t.Errorf("%v, want %v", got, want)
	}
}
