package model

import (
	"testing"

	"edgeclr/model/arch"
	"edgeclr/model/arch/archtest"
	"edgeclr/model/objective"
	"edgeclr/model/weights"
)

func tiny() *arch.Architecture { return archtest.Tiny() }

const tinySize = 32

// headOut is the length of the projections of SimCLR's head.
const headOut = 128

// simCLR is the objective that most tests train by.
func simCLR() *objective.Objective { return objectiveOf("nt_xent") }

// objectiveOf returns an objective of the registry. Any other name is a mistake in the
// test.
func objectiveOf(name string) *objective.Objective {
	o, err := objective.Get(name)
	if err != nil {
		panic(err)
	}
	return o
}

func tinyState() State {
	a := tiny()
	return State{Encoder: formulaEncoder(a), Head: formulaDense(simCLR().HeadSpecs(a.Features))}
}

func tinyOptions() TrainerOptions {
	return TrainerOptions{
		Arch: tiny(), Size: tinySize, Objective: simCLR(), Temperature: 0.5,
		Optimizer: OptimizerOptions{Name: "sgd", Momentum: 0.9, WeightDecay: 1e-4},
	}
}

// everything moves all tensors that are trained.
var everything = Rates{Encoder: 0.01, Head: 0.01}

func newTestTrainer(t testing.TB, state State, opt TrainerOptions) *Trainer {
	t.Helper()
	trainer, err := NewTrainer(state, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := trainer.Close(); err != nil {
			t.Error(err)
		}
	})
	return trainer
}

// newTestEncoder has the golden weights. Those of tiny come from a formula too.
func newTestEncoder(t testing.TB, a *arch.Architecture, size int) *Encoder {
	t.Helper()
	return openEncoder(t, encoderWeights(t, a), EncoderOptions{Arch: a, Size: size})
}

func openEncoder(t testing.TB, set weights.Set, opt EncoderOptions) *Encoder {
	t.Helper()
	encoder, err := NewEncoder(set, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := encoder.Close(); err != nil {
			t.Error(err)
		}
	})
	return encoder
}

// train runs steps first to last-1 and returns their losses.
func train(t testing.TB, trainer *Trainer, first, last int, rates Rates) []float64 {
	t.Helper()
	var losses []float64
	for i := first; i < last; i++ {
		losses = append(losses, step(t, trainer, Batch{Views: pairs(i*4, 4, trainer.opt.Size)}, rates).Loss)
	}
	return losses
}

func step(t testing.TB, trainer *Trainer, b Batch, rates Rates) Result {
	t.Helper()
	result, err := trainer.Step(t.Context(), b, rates)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func stateOf(t testing.TB, trainer *Trainer) State {
	t.Helper()
	state, err := trainer.State()
	if err != nil {
		t.Fatal(err)
	}
	return state
}
