package main

import (
	"math"
	"testing"
	"time"
)

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(1, math.Abs(b)) }

func TestLine(t *testing.T) {
	tests := []struct {
		name             string
		x, y             []float64
		slope, deviation float64
	}{
		{"one point", []float64{3}, []float64{5}, 0, 0},
		{"flat", []float64{0, 1, 2}, []float64{5, 5, 5}, 0, 0},
		{"exact", []float64{1, 2, 4}, []float64{1, 3, 7}, 2, 0},
		{"noise alone", []float64{0, 1, 2, 3}, []float64{1, -1, -1, 1}, 0, 1},
		{"about a line", []float64{0, 1, 2, 3}, []float64{1, 0, 1, 4}, 1, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			slope, deviation := line(tt.x, tt.y)
			if !near(slope, tt.slope) || !near(deviation, tt.deviation) {
				t.Errorf("got %v and %v, want %v and %v", slope, deviation, tt.slope, tt.deviation)
			}
		})
	}
}

func TestQuantile(t *testing.T) {
	all := []float64{4, 1, 3, 2}
	for q, want := range map[float64]float64{0: 1, 0.25: 1, 0.5: 2, 0.99: 4, 1: 4} {
		if got := quantile(all, q); got != want {
			t.Errorf("%v: got %v, want %v", q, got, want)
		}
	}
	if got := quantile(nil, 0.5); got != 0 {
		t.Errorf("of nothing: %v", got)
	}
}

// The warm-up does not count: there are 100 descriptors in the first quarter, then 8, and
// one more each quarter of an hour.
func TestTrendLeavesOutWarmup(t *testing.T) {
	var samples []sample
	for m := range 81 {
		v := 100.0
		if m >= 20 {
			v = 8 + float64(m-20)/15
		}
		samples = append(samples, sample{At: time.Duration(m) * time.Minute, Values: map[series]float64{descriptors: v}})
	}
	got := newTrend(samples, descriptors)
	if !near(got.slope, 4) || !near(got.growth(), 4) || got.noise > 1e-9 || got.over != time.Hour || got.first > 8.6 || got.last < 11.4 {
		t.Errorf("%+v, growth %v", got, got.growth())
	}
}
