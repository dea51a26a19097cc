package model

import (
	"testing"

	"edgeclr/model/arch"
	"edgeclr/model/weights"
)

// tiny is an architecture of every operation, small enough for a training step
// in milliseconds: what holds for it holds for its bigger kin, since both are
// data to the same code.
func tiny() *arch.Architecture {
	conv := func(n arch.Node) arch.Node {
		n.Op, n.Weight, n.BatchNorm = arch.ConvBN, n.Name+".weight", n.Name+"_norm"
		return n
	}
	return &arch.Architecture{
		Name: "tiny", Features: 12,
		Mean: [3]float32{120, 127, 130}, Std: [3]float32{60, 64, 70},
		Epsilon: 1e-3, BNMomentum: 0.1,
		Classifier: "fc", Classes: 4,
		Nodes: []arch.Node{
			conv(arch.Node{Name: "stem", Inputs: []string{arch.Input}, In: 3, Out: 8, Kernel: 3, Stride: 2, Padding: 1,
				Activation: arch.ReLU}),
			{Name: "pool", Op: arch.MaxPool, In: 8, Out: 8, Kernel: 3, Stride: 2, Padding: 1},
			conv(arch.Node{Name: "_expand", In: 8, Out: 16, Kernel: 1, Stride: 1, Padding: arch.SamePadding,
				Activation: arch.ReLU6, Stage: 1}),
			conv(arch.Node{Name: "depthwise", In: 16, Out: 16, Kernel: 5, Stride: 1, Padding: arch.SamePadding, Depthwise: true,
				Activation: arch.ReLU6, Stage: 1}),
			conv(arch.Node{Name: "project", In: 16, Out: 8, Kernel: 1, Stride: 1, Padding: arch.SamePadding, Stage: 1}),
			{Name: "add", Op: arch.Add, Inputs: []string{"project", "pool"}, In: 8, Out: 8, Activation: arch.ReLU, Stage: 1},
			conv(arch.Node{Name: "top", In: 8, Out: 12, Kernel: 1, Stride: 1, Padding: arch.SamePadding, Activation: arch.ReLU6,
				Stage: 2}),
			{Name: "mean", Op: arch.GlobalMean, In: 12, Out: 12, Stage: 2},
		},
	}
}

const tinySize = 32

func tinyState() State {
	a := tiny()
	return State{Encoder: formulaEncoder(a), Head: formulaDense(HeadSpecs(a.Features))}
}

func tinyOptions() TrainerOptions {
	return TrainerOptions{
		Arch: tiny(), Size: tinySize, Loss: "nt_xent", Temperature: 0.5,
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

// newTestEncoder has the golden weights; those of tiny are by formula too.
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
