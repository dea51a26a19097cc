package model

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
)

// A step leaves out the pairs of the mask as negatives, whole and in chunks.
func TestStepNotNegatives(t *testing.T) {
	t.Parallel()
	const batch = 6
	views := pairs(0, batch, tinySize)
	for _, name := range []string{"nt_xent", "dcl"} {
		for _, chunk := range []int{0, 2} {
			options := tinyOptions()
			options.Objective, options.Chunk = objectiveOf(name), chunk
			trainer := newTestTrainer(t, tinyState(), options)
			for _, moments := range []int{batch, 3, 1} {
				for _, rates := range []Rates{{}, {HeadOnly: true}} {
					mask := sameMoment(batch, moments)
					got := step(t, trainer, Batch{Views: views, NotNegatives: mask}, rates)
					want := contrastive{z: got.Projections, notNegatives: mask, rows: 2 * batch, decoupled: name == "dcl", temperature: 0.5}.loss()
					if math.Abs(got.Loss-want) > 1e-5 {
						t.Errorf("%s, chunk %d, %d moments, %+v: loss %v, want %v", name, chunk, moments, rates, got.Loss, want)
					}
				}
			}
		}
	}
}

// A mask of no pairs gives the same as no mask, bit for bit.
func TestEmptyMaskChangesNothing(t *testing.T) {
	views := pairs(0, 4, tinySize)
	one, two := newTestTrainer(t, tinyState(), tinyOptions()), newTestTrainer(t, tinyState(), tinyOptions())
	a := step(t, one, Batch{Views: views}, everything)
	b := step(t, two, Batch{Views: views, NotNegatives: sameMoment(4, 4)}, everything)
	if a.Loss != b.Loss {
		t.Errorf("loss %v, and %v with a mask", a.Loss, b.Loss)
	}
	equalStates(t, stateOf(t, two), stateOf(t, one))
}

func TestNotNegativesErrors(t *testing.T) {
	trainer := newTestTrainer(t, tinyState(), tinyOptions())
	before := stateOf(t, trainer)
	lopsided := make([]bool, 9)
	lopsided[3] = true
	for _, tt := range []struct {
		name string
		mask []bool
		text string
	}{
		{"empty", []bool{}, "NotNegatives has 0 values, and 3 pairs need 3 x 3"},
		{"a row", make([]bool, 3), "NotNegatives has 3 values"},
		{"for all views", make([]bool, 36), "NotNegatives has 36 values"},
		{"not symmetric", lopsided, "NotNegatives must be symmetric, and is true for pairs 1 and 0 but false for 0 and 1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := trainer.Step(t.Context(), Batch{Views: pairs(0, 3, tinySize), NotNegatives: tt.mask}, everything)
			if !errors.Is(err, ErrShape) || !strings.Contains(err.Error(), tt.text) {
				t.Errorf("error %v, want one with %q", err, tt.text)
			}
		})
	}
	equalStates(t, stateOf(t, trainer), before)
}

// TestQueueAddsNegatives compares the loss of later steps with the formula, in which
// the projections of past steps are further negatives.
func TestQueueAddsNegatives(t *testing.T) {
	t.Parallel()
	const batch = 3
	for _, chunk := range []int{0, 2} {
		options := tinyOptions()
		options.Queue, options.Chunk = 8, chunk
		trainer := newTestTrainer(t, tinyState(), options)
		still := Rates{} // nothing moves, so the formula applies to what State holds
		first := pairs(0, batch, tinySize)
		projections := step(t, trainer, Batch{Views: first}, still).Projections
		queued := stateOf(t, trainer).Queue
		if len(queued) != 2*batch*headOut || !slices.Equal(queued, projections) {
			t.Fatalf("chunk %d: %d values queued, and not the projections of the step", chunk, len(queued))
		}
		// Past projections stay negatives of masked pictures.
		for _, mask := range [][]bool{nil, {false, true, false, true, false, false, false, false, false}} {
			trainer := newTestTrainer(t, stateOf(t, trainer), options)
			got := step(t, trainer, Batch{Views: first, NotNegatives: mask}, still).Loss
			want := contrastive{z: queued, queue: queued, notNegatives: mask, rows: 2 * batch, temperature: 0.5}.loss()
			if math.Abs(got-want) > 1e-4 {
				t.Errorf("chunk %d, mask %v: loss %v with a queue, want %v", chunk, mask, got, want)
			}
		}
		step(t, trainer, Batch{Views: first}, still)
		rest := stateOf(t, trainer).Queue
		if len(rest) != 8*headOut {
			t.Fatalf("chunk %d: the queue holds %d values, want 8 rows", chunk, len(rest))
		}
		resumed := newTestTrainer(t, stateOf(t, trainer), options)
		next := Batch{Views: pairs(4, batch, tinySize)}
		a, b := step(t, trainer, next, everything).Loss, step(t, resumed, next, everything).Loss
		if math.Abs(a-b) > 1e-6 {
			t.Errorf("chunk %d: loss %v, resumed %v", chunk, a, b)
		}
	}
}
