package model

import (
	"math"
	"testing"
)

func TestSchedule(t *testing.T) {
	usual := Schedule{Steps: 120, HeadSteps: 20, Rate: 0.003, HeadRate: 0.05}
	at := func(share float64) Rates {
		rate := 0.003 * (1 + math.Cos(math.Pi*share)) / 2
		return Rates{Encoder: rate, Head: rate}
	}
	head := Rates{Head: 0.05, HeadOnly: true}
	tests := []struct {
		name  string
		s     Schedule
		step  int
		share float64
		want  Rates
	}{
		{"first", usual, 0, 0, head},
		{"last of the head", usual, 19, 0, head},
		{"time does not shorten the head's part", usual, 19, 0.9, head},
		{"first of all", usual, 20, 0, at(0)},
		{"a quarter", usual, 45, 0, at(0.25)},
		{"half", usual, 70, 0, at(0.5)},
		{"last", usual, 119, 0, at(0.99)},
		{"after the end", usual, 120, 0, at(1)},
		{"long after the end", usual, 1000, 0, at(1)},
		{"time runs faster than steps", usual, 45, 0.5, at(0.5)},
		{"steps run faster than time", usual, 70, 0.25, at(0.5)},
		{"more than all time", usual, 45, 7, at(1)},
		{"time that runs backwards", usual, 45, -7, at(0.25)},
		{"no head steps", Schedule{Steps: 10, Rate: 0.003}, 5, 0, at(0.5)},
		{"head steps only", Schedule{Steps: 20, HeadSteps: 20, Rate: 0.003, HeadRate: 0.05}, 19, 0, head},
		{"beyond head steps only", Schedule{Steps: 20, HeadSteps: 20, Rate: 0.003, HeadRate: 0.05}, 20, 0.5, at(0.5)},
		{"bounded by time alone", Schedule{Rate: 0.003}, 1 << 40, 0.5, at(0.5)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := tt.s.At(tt.step, tt.share)
			if got.HeadOnly != tt.want.HeadOnly || math.Abs(got.Encoder-tt.want.Encoder) > 1e-12 || math.Abs(got.Head-tt.want.Head) > 1e-12 {
				t.Errorf("%+v, want %+v", got, tt.want)
			}
		})
	}
}
