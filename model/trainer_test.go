package model

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"edgeclr/model/weights"
)

func TestNewTrainerErrors(t *testing.T) {
	tests := []struct {
		name string
		edit func(s *State, o *TrainerOptions)
		want error // nil: any
		text string
	}{
		{"no size", func(_ *State, o *TrainerOptions) { o.Size = 0 }, ErrShape, "views of 0 px"},
		{"too many stages", func(_ *State, o *TrainerOptions) { o.Stages = 4 }, nil, "choose 0 (all) to 3"},
		{"fewer than no stages", func(_ *State, o *TrainerOptions) { o.Stages = -1 }, nil, "choose 0 (all) to 3"},
		{"no temperature", func(_ *State, o *TrainerOptions) { o.Temperature = 0 }, nil, "temperature is 0"},
		{"temperature that is no number", func(_ *State, o *TrainerOptions) { o.Temperature = math.NaN() }, nil, "temperature is NaN"},
		{"no objective", func(_ *State, o *TrainerOptions) { o.Objective = nil }, nil, "no objective"},
		{"unknown optimizer", func(_ *State, o *TrainerOptions) { o.Optimizer.Name = "adam" }, nil, `no optimizer "adam"`},
		{"no head", func(s *State, _ *TrainerOptions) { s.Head = nil }, ErrShape, "projection_head.layer1.weight"},
		{"missing tensor", func(s *State, _ *TrainerOptions) { s.Encoder = s.Encoder[1:] }, ErrShape, `"stem.weight"`},
		{"tensor too short", func(s *State, _ *TrainerOptions) { s.Encoder[1].Data = s.Encoder[1].Data[1:] }, ErrShape, "stem_norm.weight"},
		{"kernel transposed", func(s *State, _ *TrainerOptions) { s.Encoder[0].Shape = []int{3, 8, 3, 3} }, ErrShape, "[8 3 3 3]"},
		{"momentum misshapen", func(s *State, _ *TrainerOptions) {
			s.Momentum = weights.Set{{Name: "stem.weight", Shape: []int{2}, Data: []float32{1, 2}}}
		}, ErrShape, "momentum"},
		{"not a number in a kernel", func(s *State, _ *TrainerOptions) { s.Encoder[0].Data[5] = float32(math.NaN()) }, ErrDiverged, "stem.weight"},
		{"no stage decay", func(_ *State, o *TrainerOptions) { o.StageDecay = -0.5 }, nil, "stage decay is -0.5"},
		{"stage decay that grows", func(_ *State, o *TrainerOptions) { o.StageDecay = 1.5 }, nil, "stage decay is 1.5"},
		{"push from the average", func(_ *State, o *TrainerOptions) { o.Align = -1 }, nil, "align is -1"},
		{"endless align", func(_ *State, o *TrainerOptions) { o.Align = math.Inf(1) }, nil, "align is +Inf"},
		{"average that never moves", func(_ *State, o *TrainerOptions) { o.TargetDecay = 1 }, nil, "target decay is 1"},
		{"average misshapen", func(s *State, o *TrainerOptions) {
			o.Align, s.Average = 1, weights.Set{{Name: "stem.weight", Shape: []int{1}, Data: []float32{1}}}
		}, ErrShape, "average"},
		{"infinity in the momentum", func(s *State, _ *TrainerOptions) {
			s.Momentum = weights.Set{formula("stem_norm.bias", []int{8}, math.Inf(1), math.Inf(1))}
		}, ErrDiverged, "stem_norm.bias"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			state, opt := tinyState(), tinyOptions()
			tt.edit(&state, &opt)
			trainer, err := NewTrainer(state, opt)
			if err == nil {
				trainer.Close()
				t.Fatal("no error")
			}
			if tt.want != nil && !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.text) {
				t.Errorf("error %q, want one with %q that is %v", err, tt.text, tt.want)
			}
		})
	}
}

func TestStepErrors(t *testing.T) {
	trainer := newTestTrainer(t, tinyState(), tinyOptions())
	before := stateOf(t, trainer)
	const view = tinySize * tinySize * 3
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	tests := []struct {
		name  string
		ctx   context.Context
		bytes int
		want  error
	}{
		{"nothing", t.Context(), 0, ErrShape},
		{"half a view", t.Context(), 4*view - view/2, ErrShape},
		{"odd number of views", t.Context(), 5 * view, ErrShape},
		{"a batch of 1", t.Context(), 2 * view, ErrShape},
		{"views of another size", t.Context(), 4 * 16 * 16 * 3, ErrShape},
		{"cancelled", cancelled, 4 * view, context.Canceled},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := trainer.Step(tt.ctx, Batch{Views: make([]uint8, tt.bytes)}, everything); !errors.Is(err, tt.want) {
				t.Errorf("error %v, want %v", err, tt.want)
			}
		})
	}
	equalStates(t, stateOf(t, trainer), before)
}

func TestTrainerClosed(t *testing.T) {
	trainer, err := NewTrainer(tinyState(), tinyOptions())
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := trainer.Close(); err != nil {
			t.Fatal(err)
		}
	}
	_, stepErr := trainer.Step(t.Context(), Batch{Views: pairs(0, 2, tinySize)}, everything)
	_, stateErr := trainer.State()
	for what, err := range map[string]error{"Step": stepErr, "State": stateErr, "Restore": trainer.Restore(tinyState())} {
		if !errors.Is(err, ErrClosed) {
			t.Errorf("%s after Close: %v", what, err)
		}
	}
}

// A rate that ruins the weights shows within a step or two. State then returns an
// error and no weights.
func TestDiverged(t *testing.T) {
	trainer := newTestTrainer(t, tinyState(), tinyOptions())
	var err error
	for step := 0; step < 4 && err == nil; step++ {
		_, err = trainer.Step(t.Context(), Batch{Views: pairs(step, 4, tinySize)}, Rates{Encoder: math.Inf(1), Head: math.Inf(1)})
	}
	if !errors.Is(err, ErrDiverged) {
		t.Errorf("Step: %v", err)
	}
	if _, err := trainer.State(); !errors.Is(err, ErrDiverged) {
		t.Errorf("State: %v", err)
	}
	if err := trainer.Restore(tinyState()); err != nil {
		t.Fatal(err)
	}
	train(t, trainer, 0, 2, everything)
}

// State returns what Restore loaded, bit for bit, in the order of the specs.
func TestStateRoundTrip(t *testing.T) {
	t.Parallel()
	for _, stages := range []int{0, 1, 2} {
		state, opt := tinyState(), tinyOptions()
		opt.Stages, opt.Align = stages, 1
		trainer := newTestTrainer(t, state, opt)
		got := stateOf(t, trainer)
		for _, m := range got.Momentum {
			state.Momentum = append(state.Momentum, formula("momentum/"+m.Name, m.Shape, -1, 1))
			state.Momentum[len(state.Momentum)-1].Name = m.Name
			if slices.ContainsFunc(m.Data, func(v float32) bool { return v != 0 }) {
				t.Errorf("stages %d: the momentum of %s does not start at 0", stages, m.Name)
			}
			state.Average = append(state.Average, formula("average/"+m.Name, m.Shape, -1, 1))
			state.Average[len(state.Average)-1].Name = m.Name
		}
		if err := trainer.Restore(state); err != nil {
			t.Fatal(err)
		}
		got = stateOf(t, trainer)
		equalStates(t, got, state)
		for _, part := range []struct {
			set   weights.Set
			specs []weights.Spec
		}{{got.Encoder, tiny().Specs()}, {got.Head, simCLR().HeadSpecs(12)}} {
			for i, spec := range part.specs {
				if part.set[i].Name != spec.Name || !slices.Equal(part.set[i].Shape, spec.Shape) {
					t.Errorf("tensor %d is %s %v, want %s %v", i, part.set[i].Name, part.set[i].Shape, spec.Name, spec.Shape)
				}
			}
		}
	}
}

// A run that is saved and resumed by another trainer ends with the same bits as a run
// without a stop.
func TestResume(t *testing.T) {
	t.Parallel()
	for _, edit := range []func(*TrainerOptions){
		func(*TrainerOptions) {},
		func(o *TrainerOptions) { o.TrainBatchNorm = true },
		func(o *TrainerOptions) { o.Align, o.TargetDecay = 1, 0.5 },
		func(o *TrainerOptions) { o.Queue, o.StageDecay = 12, 0.5 },
	} {
		opt := tinyOptions()
		edit(&opt)
		whole := newTestTrainer(t, tinyState(), opt)
		losses := train(t, whole, 0, 6, everything)

		first := newTestTrainer(t, tinyState(), opt)
		train(t, first, 0, 3, everything)
		second := newTestTrainer(t, stateOf(t, first), opt)
		if resumed := train(t, second, 3, 6, everything); !slices.Equal(resumed, losses[3:]) {
			t.Errorf("%+v: losses %v after the stop, %v without", opt, resumed, losses[3:])
		}
		equalStates(t, stateOf(t, second), stateOf(t, whole))
	}
}

// Two trainers in one process share nothing, although their variables have the same
// names.
func TestTrainersShareNothing(t *testing.T) {
	one, two := newTestTrainer(t, tinyState(), tinyOptions()), newTestTrainer(t, tinyState(), tinyOptions())
	train(t, one, 0, 2, everything)
	equalStates(t, stateOf(t, two), State{Encoder: tinyState().Encoder, Head: tinyState().Head})
}

func TestTrainerConcurrent(t *testing.T) {
	trainer := newTestTrainer(t, tinyState(), tinyOptions())
	var wait sync.WaitGroup
	for range 3 {
		wait.Go(func() {
			for range 3 {
				if _, err := trainer.Step(t.Context(), Batch{Views: pairs(0, 2, tinySize)}, everything); err != nil {
					t.Error(err)
				}
				if _, err := trainer.State(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
}

// equalStates compares every tensor of want, bit for bit.
func equalStates(t *testing.T, got, want State) {
	t.Helper()
	for _, pair := range []struct{ got, want weights.Set }{
		{got.Encoder, want.Encoder}, {got.Head, want.Head}, {got.Momentum, want.Momentum}, {got.Average, want.Average},
	} {
		for _, w := range pair.want {
			g := find(t, pair.got, w.Name)
			for i := range w.Data {
				if math.Float32bits(g.Data[i]) != math.Float32bits(w.Data[i]) {
					t.Errorf("%s[%d] is %v, want %v", w.Name, i, g.Data[i], w.Data[i])
					break
				}
			}
		}
	}
}
