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
	ramped := Schedule{Steps: 129, HeadSteps: 20, Ramp: 9, Rate: 0.003, HeadRate: 0.05}
	part := func(share, of float64) Rates {
		return Rates{Encoder: share * at(of).Encoder, Head: share * at(of).Head}
	}
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
		{"no ramp for the head alone", ramped, 19, 0, head},
		{"ramp begins", ramped, 20, 0, part(0.1, 0)},
		{"half of the ramp", ramped, 24, 0, part(0.5, 0)},
		{"ramp ends", ramped, 28, 0, part(0.9, 0)},
		{"cosine begins after the ramp", ramped, 29, 0, at(0)},
		{"half of the cosine after a ramp", ramped, 79, 0, at(0.5)},
		{"after a ramp the end", ramped, 129, 0, at(1)},
		{"time lowers the ramp", ramped, 24, 0.5, part(0.5, 0.5)},
		{"time ends the ramp", ramped, 24, 1, part(0.5, 1)},
		{"nothing but a ramp", Schedule{Steps: 9, Ramp: 9, Rate: 0.003}, 8, 0, part(0.9, 0)},
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
