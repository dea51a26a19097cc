package chart

import (
	"bytes"
	"image/color"
	"image/png"
	"math"
	"testing"
)

func TestPNG(t *testing.T) {
	rising := []XY{{0, 0.5}, {100, 0.6}, {200, 0.8}}
	falling := []XY{{0, 0.5}, {100, 0.4}, {200, 0.3}}
	tests := []struct {
		name  string
		chart interface{ PNG() ([]byte, error) }
		kinds int // of which the colours must be there
		bad   bool
	}{
		{"lines", Lines{Title: "a", X: "frames", Y: "top-1", Series: []Series{{"up", [][]XY{rising}}, {"down", [][]XY{falling}}}}, 2, false},
		{"several lines of a kind", Lines{Series: []Series{{"both", [][]XY{rising, falling}}}}, 1, false},
		{"one point", Lines{Series: []Series{{"point", [][]XY{{{1, 1}}}}}}, 1, false},
		{"more kinds than colours", Lines{Series: sevenOf(rising)}, len(palette), false},
		{"not a number", Lines{Series: []Series{{"nan", [][]XY{{{0, math.NaN()}}}}}}, 0, true},
		{"bars", Bars{Title: "b", Y: "top-1", Groups: []string{"seed 0", "seed 1"},
			Kinds: []BarKind{{"before", []float64{0.5, 0.6}}, {"after", []float64{0.7, 0.8}}}}, 2, false},
		{"one bar", Bars{Groups: []string{"x"}, Kinds: []BarKind{{"k", []float64{1}}}}, 1, false},
		{"bars of nothing", Bars{Groups: []string{"x"}, Kinds: []BarKind{{"k", []float64{0}}}}, 0, false},
		{"infinite bar", Bars{Groups: []string{"x"}, Kinds: []BarKind{{"k", []float64{math.Inf(1)}}}}, 0, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			data, err := tt.chart.PNG()
			if tt.bad != (err != nil) {
				t.Fatalf("error %v", err)
			}
			if tt.bad {
				return
			}
			m, err := png.Decode(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			if size := m.Bounds().Size(); size.X != Width || size.Y != Height {
				t.Errorf("the chart has %v pixels", size)
			}
			count := map[color.RGBA]int{}
			for y := range Height {
				for x := range Width {
					r, g, b, a := m.At(x, y).RGBA()
					count[color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), uint8(a >> 8)}]++
				}
			}
			for i := range tt.kinds {
				if count[colour(i)] < 50 {
					t.Errorf("colour %d is on %d pixels", i, count[colour(i)])
				}
			}
			if again, _ := tt.chart.PNG(); !bytes.Equal(data, again) {
				t.Error("the same chart came out differently")
			}
		})
	}
}

func sevenOf(line []XY) []Series {
	all := make([]Series, 7)
	for i := range all {
		moved := make([]XY, len(line))
		for j, p := range line {
			moved[j] = XY{p.X, p.Y + float64(i)}
		}
		all[i] = Series{"series", [][]XY{moved}}
	}
	return all
}
