package model

import (
	"math"
	"slices"
	"strings"
	"testing"

	"edgeclr/internal/tensor"
	"edgeclr/model/weights"
)

// otherAverages gives every trained tensor an average that differs from its value.
func otherAverages(state State) weights.Set {
	var set weights.Set
	for _, tensor := range slices.Concat(state.Encoder, state.Head) {
		if strings.Contains(tensor.Name, ".running_") {
			continue
		}
		tensor.Data = slices.Clone(tensor.Data)
		for i := range tensor.Data {
			tensor.Data[i] *= float32(1 + 0.4*math.Sin(float64(i)))
		}
		set = append(set, tensor)
	}
	return set
}

// averaged is a state whose weights are the averages.
func averaged(state State) State {
	take := func(set weights.Set) weights.Set {
		set = slices.Clone(set)
		for i, tensor := range set {
			if mean, ok := state.Average.Find(tensor.Name); ok {
				set[i] = mean
			}
		}
		return set
	}
	return State{Encoder: take(state.Encoder), Head: take(state.Head)}
}

// The loss of an aligned step is the loss of a plain step, plus the mean distance to
// the projections of a trainer whose weights are the averages.
func TestAlignByFormula(t *testing.T) {
	t.Parallel()
	const batch, weight = 5, 0.7
	for _, norm := range []bool{false, true} {
		for _, stages := range []int{0, 1} {
			plain := tinyOptions()
			plain.TrainBatchNorm, plain.Stages = norm, stages
			aligned := plain
			aligned.Align = weight
			state := tinyState()
			state.Average = otherAverages(state)
			if stages == 1 {
				state.Average = slices.DeleteFunc(state.Average, func(w tensor.Tensor) bool {
					return !strings.HasPrefix(w.Name, "top") && !strings.HasPrefix(w.Name, "projection_head.")
				})
			}
			in := Batch{Views: pairs(0, batch, tinySize)}
			own := step(t, newTestTrainer(t, state, plain), in, Rates{})
			target := step(t, newTestTrainer(t, averaged(state), plain), in, Rates{})
			away := 0.0
			for i, z := range own.Projections {
				away -= float64(z) * float64(target.Projections[i])
			}
			want := own.Loss + weight*(1+away/(2*batch))
			got := step(t, newTestTrainer(t, state, aligned), in, Rates{}).Loss
			if math.Abs(got-want) > 1e-5 || math.Abs(want-own.Loss) < 0.01 {
				t.Errorf("batch norm trained %v, %d stages: loss %v, want %v (%v without alignment)", norm, stages, got, want, own.Loss)
			}
		}
	}
}

// Along its gradient the aligned loss changes by the gradient's squared length, while
// the averages do not move.
func TestAlignGradient(t *testing.T) {
	t.Parallel()
	options := tinyOptions()
	options.Align, options.Optimizer.WeightDecay = 3, 0
	state := tinyState()
	state.Average = otherAverages(state)
	in := Batch{Views: pairs(0, 6, tinySize)}
	trainer := newTestTrainer(t, state, options)
	step(t, trainer, in, Rates{})
	gradient := stateOf(t, trainer).Momentum
	var squared float64
	for _, tensor := range gradient {
		for _, g := range tensor.Data {
			squared += float64(g) * float64(g)
		}
	}
	moved := func(by float64) float64 {
		to := State{Average: state.Average}
		for _, pair := range []struct {
			from weights.Set
			to   *weights.Set
		}{{state.Encoder, &to.Encoder}, {state.Head, &to.Head}} {
			for _, tensor := range pair.from {
				if g, ok := gradient.Find(tensor.Name); ok {
					tensor.Data = slices.Clone(tensor.Data)
					for i := range tensor.Data {
						tensor.Data[i] += float32(by * float64(g.Data[i]))
					}
				}
				*pair.to = append(*pair.to, tensor)
			}
		}
		return step(t, newTestTrainer(t, to, options), in, Rates{}).Loss
	}
	h := 2e-3 / math.Sqrt(squared)
	slope := (moved(h) - moved(-h)) / (2 * h)
	if math.Abs(slope-squared) > 0.02*squared {
		t.Errorf("the loss rises by %v along the gradient, whose squared length is %v", slope, squared)
	}
}

// The averages begin at the weights. Each step moves them towards the new weights by
// 1-TargetDecay. While the head learns alone, its averages become its weights after
// each step.
func TestAverageMoves(t *testing.T) {
	t.Parallel()
	const decay = 0.8
	options := tinyOptions()
	options.Align, options.TargetDecay, options.Stages = 1, decay, 2
	trainer := newTestTrainer(t, tinyState(), options)
	before := stateOf(t, trainer)
	if len(before.Average) != len(before.Momentum) {
		t.Fatalf("%d averages for %d trained tensors", len(before.Average), len(before.Momentum))
	}
	equalStates(t, averaged(before), State{Encoder: before.Encoder, Head: before.Head})
	for i, rates := range []Rates{everything, everything, {Head: 0.05, HeadOnly: true}, everything} {
		step(t, trainer, Batch{Views: pairs(i, 4, tinySize)}, rates)
		after := stateOf(t, trainer)
		for _, mean := range after.Average {
			now, inHead := after.Head.Find(mean.Name)
			if !inHead {
				now = find(t, after.Encoder, mean.Name)
			}
			was := find(t, before.Average, mean.Name)
			want := make([]float32, len(mean.Data))
			for k := range want {
				want[k] = float32(decay*float64(was.Data[k]) + (1-decay)*float64(now.Data[k]))
				if rates.HeadOnly {
					want[k] = was.Data[k]
					if inHead {
						want[k] = now.Data[k]
					}
				}
			}
			if off := relativeError(mean.Data, want); !(off < 1e-6) {
				t.Errorf("step %d: the average of %s is off by %.1e", i, mean.Name, off)
			}
		}
		before = after
	}
	if set, err := trainer.Weights(); err != nil || set.Average != nil {
		t.Errorf("Weights gives %d averages (%v)", len(set.Average), err)
	}
}

// Alignment changes nothing while the average equals the encoder, and while the head
// learns alone.
func TestAlignedToItself(t *testing.T) {
	t.Parallel()
	for _, rates := range []Rates{{Head: 0.05, HeadOnly: true}, everything} {
		options := tinyOptions()
		plain := newTestTrainer(t, tinyState(), options)
		options.Align = 5
		aligned := newTestTrainer(t, tinyState(), options)
		in := Batch{Views: pairs(0, 4, tinySize)}
		want, got := step(t, plain, in, rates).Loss, step(t, aligned, in, rates).Loss
		if math.Abs(got-want) > 1e-5 {
			t.Errorf("%+v: loss %v, want %v", rates, got, want)
		}
		if apart := distance(stateOf(t, aligned).Momentum, stateOf(t, plain).Momentum); apart > 1e-5 {
			t.Errorf("%+v: the gradient differs by %g of its length", rates, apart)
		}
	}
}

// Without alignment there is no target network. The averages of a state are ignored.
func TestNoTargetWithoutAlign(t *testing.T) {
	state := tinyState()
	state.Average = otherAverages(state)
	trainer := newTestTrainer(t, state, tinyOptions())
	if got := stateOf(t, trainer).Average; got != nil {
		t.Errorf("%d averages", len(got))
	}
	if trainer.target.Op != nil {
		t.Error("the second forward pass is in the graph")
	}
}
