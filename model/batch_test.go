package model

import (
	"errors"
	"math"
	"strings"
	"testing"
)

// A step leaves out the negatives that show the same moment, whole and in chunks.
func TestStepTogether(t *testing.T) {
	const batch = 6
	views := pairs(0, batch, tinySize)
	for _, name := range []string{"nt_xent", "dcl"} {
		for _, chunk := range []int{0, 2} {
			options := tinyOptions()
			options.Loss, options.Chunk = name, chunk
			trainer := newTestTrainer(t, tinyState(), options)
			for _, moments := range []int{batch, 3, 1} {
				for _, rates := range []Rates{{}, {HeadOnly: true}} {
					mask := together(batch, moments)
					got := step(t, trainer, Batch{views, mask}, rates)
					want := contrastive{z: got.Projections, together: mask, rows: 2 * batch, decoupled: name == "dcl", temperature: 0.5}.loss()
					if math.Abs(got.Loss-want) > 1e-5 {
						t.Errorf("%s, chunk %d, %d moments, %+v: loss %v, want %v", name, chunk, moments, rates, got.Loss, want)
					}
				}
			}
		}
	}
}

// Nothing together is the same as no mask, bit for bit.
func TestTogetherWithNobody(t *testing.T) {
	views := pairs(0, 4, tinySize)
	one, two := newTestTrainer(t, tinyState(), tinyOptions()), newTestTrainer(t, tinyState(), tinyOptions())
	a := step(t, one, Batch{Views: views}, everything)
	b := step(t, two, Batch{views, together(4, 4)}, everything)
	if a.Loss != b.Loss {
		t.Errorf("loss %v, and %v with a mask", a.Loss, b.Loss)
	}
	equalStates(t, stateOf(t, two), stateOf(t, one))
}

func TestTogetherErrors(t *testing.T) {
	trainer := newTestTrainer(t, tinyState(), tinyOptions())
	before := stateOf(t, trainer)
	lopsided := make([]bool, 9)
	lopsided[3] = true
	for _, tt := range []struct {
		name string
		mask []bool
		text string
	}{
		{"empty", []bool{}, "together has 0 values, and 3 pairs need 3 x 3"},
		{"a row", make([]bool, 3), "together has 3 values"},
		{"for all views", make([]bool, 36), "together has 36 values"},
		{"not symmetric", lopsided, "is true for pairs 1 and 0 but false for 0 and 1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := trainer.Step(t.Context(), Batch{pairs(0, 3, tinySize), tt.mask}, everything)
			if !errors.Is(err, ErrShape) || !strings.Contains(err.Error(), tt.text) {
				t.Errorf("error %v, want one with %q", err, tt.text)
			}
		})
	}
	equalStates(t, stateOf(t, trainer), before)
}
