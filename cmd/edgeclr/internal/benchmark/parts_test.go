package benchmark

import (
	"slices"
	"testing"
	"time"
)

func TestBudgetPartsAddUp(t *testing.T) {
	for _, b := range []Budget{{Steps: 1}, {Steps: 7}, {Steps: 1000}, {Limit: time.Minute}, {Steps: 50, Limit: time.Hour + 1}} {
		for _, piece := range []int{1, 3, 32, 100} {
			var sum Budget
			most := 0
			for done := 0; done < 100; {
				next := min(done+piece, 100)
				p := b.part(done, next, 100)
				sum.Steps, sum.Limit, most = sum.Steps+p.Steps, sum.Limit+p.Limit, max(most, p.Steps)
				done = next
			}
			if sum != b {
				t.Errorf("%+v in pieces of %d: %+v", b, piece, sum)
			}
			if fair := b.Steps*piece/100 + 1; most > fair {
				t.Errorf("%+v in pieces of %d: %d at once", b, piece, most)
			}
		}
	}
}

func TestEmptyPart(t *testing.T) {
	tests := []struct {
		whole, part Budget
		want        bool
	}{
		{Budget{Steps: 5}, Budget{}, true},
		{Budget{Steps: 5}, Budget{Steps: 1}, false},
		{Budget{Limit: 5}, Budget{Limit: 1}, false},
		{Budget{Limit: 5}, Budget{}, true},
		{Budget{Steps: 5, Limit: 5}, Budget{Limit: 1}, true},
		{Budget{Steps: 5, Limit: 5}, Budget{Steps: 1, Limit: 1}, false},
	}
	for _, tt := range tests {
		if got := tt.whole.emptyPart(tt.part); got != tt.want {
			t.Errorf("%+v of %+v: emptyPart %v", tt.part, tt.whole, got)
		}
	}
}

func TestStops(t *testing.T) {
	tests := []struct {
		ends []int
		most int
		want []int
	}{
		{[]int{5, 9, 20}, 12, []int{5, 9, 20}},
		{[]int{5, 9, 20}, 3, []int{5, 9, 20}},
		{[]int{5, 9, 20}, 2, []int{5, 20}},
		{[]int{5, 9, 20}, 1, []int{20}},
		{[]int{1, 2, 3, 4, 5, 6, 7}, 3, []int{2, 4, 7}},
	}
	for _, tt := range tests {
		if got := stops(tt.ends, tt.most); !slices.Equal(got, tt.want) {
			t.Errorf("%d of %v: %v, want %v", tt.most, tt.ends, got, tt.want)
		}
	}
}

func TestForgetting(t *testing.T) {
	points := []Point{
		{Frames: 0, ClassTop1: []float64{0.4, 0.5, 0.6, 0, 0, 0}},
		{Frames: 10, ClassTop1: []float64{0.9, 0.1, 0.1, 0, 0, 0}},
		{Frames: 25, ClassTop1: []float64{0.7, 0.8, 0.1, 0, 0, 0}},
		{Frames: 60, ClassTop1: []float64{0.3, 0.5, 0.9, 1, 1, 1}},
	}
	// The second class ends between two evaluations. The later one counts.
	got := *forgetting(points, []int{10, 20, 30, 40, 50, 60})
	want := Forgetting{Classes: 2, Pretrained: 0.45, Seen: 0.85, End: 0.4, Change: -0.45}
	if got.Classes != 2 || !near(got.Pretrained, want.Pretrained) || !near(got.Seen, want.Seen) || !near(got.End, want.End) || !near(got.Change, want.Change) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := forgetting(points, []int{10, 60}); got.Classes != 1 || !near(got.Seen, 0.9) || !near(got.Change, -0.6) {
		t.Errorf("of two classes: %+v", got)
	}
}

func TestMean(t *testing.T) {
	if m := meanOf([]float64{0.5}); m != (Mean{Mean: 0.5, Runs: 1}) || m.text("%.2f") != "0.50" {
		t.Errorf("%+v, %s", m, m.text("%.2f"))
	}
	m := meanOf([]float64{0.2, 0.4, 0.6})
	if !near(m.Mean, 0.4) || !near(m.Deviation, 0.2) || m.text("%+.4f") != "+0.4000 ±0.2000" {
		t.Errorf("%+v, %s", m, m.text("%+.4f"))
	}
}
