package model

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"edgeclr/model/objective"
	"edgeclr/model/weights"
)

// byol is an objective that nothing in model knows: BYOL (Grill et al. 2020,
// equation 2) with a predictor and a target network. This function is all that a
// new objective needs, beside its line in the registry.
func byol(norm objective.Norm, cut objective.Cut) *objective.Objective {
	return &objective.Objective{
		Name: "byol", Summary: "a prediction of the target network", Source: "Grill et al. 2020",
		Projector: objective.Head{Name: "byol_projector", Widths: []int{20, 8}, Norm: norm},
		Predictor: objective.Head{Name: "byol_predictor", Widths: []int{16, 8}, Norm: norm},
		Needs:     objective.Needs{Target: true, Queue: true, Positives: true},
		Cut:       cut,
		Build: func(g objective.Graph, in objective.Input) objective.Loss {
			predictions, targets := g.L2Normalize(in.Online.Predictions), g.L2Normalize(in.Target.Projections)
			// Row i of other is 1 at the target of the other view of i's picture.
			other := g.OtherView(targets, g.L2Normalize(in.Queue), 1)
			cosines := g.MatMul(predictions, g.Concat(0, targets, in.Queue), false, true)
			perRow := g.Sub(g.Const(2), g.Mul(g.Const(2), g.Sum(g.Mul(cosines, other), 1)))
			if cut == objective.CutAtFeatures { // the features of the target are there to be read
				online, target := g.L2Normalize(in.Online.Features), g.L2Normalize(in.Target.Features)
				perRow = g.Sub(perRow, g.Mul(g.Const(0.1), g.Sum(g.Mul(online, target), 1)))
			}
			return objective.Loss{Value: g.Mean(perRow, 0), Observed: g.L2Normalize(in.Online.Projections), Enqueue: targets}
		},
	}
}

// byolOptions are the options of a trainer for byol. byolState is its first state.
func byolOptions(norm objective.Norm, cut objective.Cut) TrainerOptions {
	options := tinyOptions()
	options.Objective, options.Queue, options.TargetDecay = byol(norm, cut), 6, 0.9
	return options
}

func byolState(o *objective.Objective) State {
	return State{Encoder: formulaEncoder(tiny()), Head: NewHeads(o, tiny().Features, 5)}
}

// The loss of a step is BYOL's, by the predictions of the online network and the
// projections of a network that has the averages as its weights.
func TestSecondObjectiveByFormula(t *testing.T) {
	t.Parallel()
	const batch = 4
	options := byolOptions(objective.NoNorm, objective.CutAtProjections)
	state := byolState(options.Objective)
	target := otherAverages(State{Encoder: state.Encoder, Head: state.Head[:4]})
	state.Average = target
	in := Batch{Views: pairs(0, batch, tinySize)}
	trainer := newTestTrainer(t, state, options)
	got := step(t, trainer, in, Rates{})
	queued := stateOf(t, trainer).Queue

	of := averaged(state)
	targets := step(t, newTestTrainer(t, State{Encoder: of.Encoder, Head: append(slices.Clone(of.Head[:4]), state.Head[4:]...)}, options), in, Rates{}).Projections
	if off := relativeError(queued, targets[2*8:]); !(off < 1e-5) { // the queue holds 6 rows of 8
		t.Errorf("the rows of the target in the queue are off by %.1e", off)
	}
	want := 0.0
	for row := range 2 * batch {
		prediction := predict(t, state, in.Views, row)
		cosine, length := 0.0, 0.0
		other := targets[(row+batch)%(2*batch)*8:][:8]
		for i, p := range prediction {
			cosine += float64(p) * float64(other[i])
			length += float64(p) * float64(p)
		}
		want += (2 - 2*cosine/math.Sqrt(length)) / (2 * batch)
	}
	if math.Abs(got.Loss-want) > 1e-5 {
		t.Errorf("loss %v, want %v", got.Loss, want)
	}
}

// predict computes a row's prediction from the encoder's output by hand.
func predict(t *testing.T, state State, views []uint8, row int) []float32 {
	t.Helper()
	encoder := openEncoder(t, state.Encoder, EncoderOptions{Arch: tiny(), Size: tinySize})
	x, err := encoder.forward(views[row*tinySize*tinySize*3:][:tinySize*tinySize*3], 1, encoder.features)
	if err != nil {
		t.Fatal(err)
	}
	for layer := range 4 {
		x = denseLayer(x, state.Head[2*layer].Data, state.Head[2*layer+1].Data)
		if layer == 0 || layer == 2 {
			for i := range x {
				x[i] = max(x[i], 0)
			}
		}
	}
	return x
}

// The second objective learns: the loss falls, the predictor and the averages move.
// The target network has no predictor.
func TestSecondObjectiveLearns(t *testing.T) {
	t.Parallel()
	for _, norm := range []objective.Norm{objective.NoNorm, objective.HiddenNorm, objective.EveryNorm} {
		options := byolOptions(norm, objective.CutAtFeatures)
		before := byolState(options.Objective)
		trainer := newTestTrainer(t, before, options)
		in := Batch{Views: pairs(0, 6, tinySize)}
		first := step(t, trainer, in, Rates{Head: 0.05, HeadOnly: true}).Loss
		for range 5 {
			step(t, trainer, in, Rates{Head: 0.05, HeadOnly: true})
		}
		for range 10 {
			step(t, trainer, in, everything)
		}
		if last := step(t, trainer, in, Rates{}).Loss; !(last < 0.9*first) {
			t.Errorf("norm %v: the loss went from %v to %v", norm, first, last)
		}
		after := stateOf(t, trainer)
		if n := len(moved(t, before, after)); n < len(after.Head) {
			t.Errorf("norm %v: %d tensors moved", norm, n)
		}
		for _, mean := range after.Average {
			if strings.HasPrefix(mean.Name, "byol_predictor") {
				t.Errorf("norm %v: the target network has %s", norm, mean.Name)
			}
		}
		if want := len(after.Momentum) - len(options.Objective.Predictor.Specs(8)); len(after.Average) != want {
			t.Errorf("norm %v: %d averages, want %d", norm, len(after.Average), want)
		}
	}
}

// In chunks the second objective learns the same, with its heads on either side of
// the cut.
func TestSecondObjectiveInChunks(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		norm objective.Norm
		cut  objective.Cut
	}{
		{"cut at the projections", objective.NoNorm, objective.CutAtProjections},
		{"cut at the features", objective.NoNorm, objective.CutAtFeatures},
		{"cut at the features, heads normalised", objective.HiddenNorm, objective.CutAtFeatures},
	} {
		t.Run(tt.name, func(t *testing.T) {
			options := byolOptions(tt.norm, tt.cut)
			options.Align = 0.5
			state := byolState(options.Objective)
			whole := newTestTrainer(t, state, options)
			options.Chunk = 2
			chunked := newTestTrainer(t, state, options)
			for i, rates := range []Rates{{Head: 0.01, HeadOnly: true}, everything, everything, everything} {
				in := Batch{Views: pairs(5*i, 5, tinySize)}
				want, got := step(t, whole, in, rates), step(t, chunked, in, rates)
				if math.Abs(got.Loss-want.Loss) > 1e-5 {
					t.Errorf("step %d: loss %v, whole %v", i, got.Loss, want.Loss)
				}
			}
			got, want := stateOf(t, chunked), stateOf(t, whole)
			for part, sets := range map[string][2]weights.Set{
				"encoder": {got.Encoder, want.Encoder}, "heads": {got.Head, want.Head}, "target": {got.Average, want.Average},
			} {
				if apart := distance(sets[0], sets[1]); apart > 1e-5 {
					t.Errorf("the %s differs by %g of its length", part, apart)
				}
			}
			if off := relativeError(got.Queue, want.Queue); off > 1e-4 {
				t.Errorf("the queue is off by %g", off)
			}
		})
	}
}

// A round that is resumed ends with the same bits.
func TestSecondObjectiveResumes(t *testing.T) {
	t.Parallel()
	options := byolOptions(objective.HiddenNorm, objective.CutAtFeatures)
	whole := newTestTrainer(t, byolState(options.Objective), options)
	losses := train(t, whole, 0, 4, everything)
	first := newTestTrainer(t, byolState(options.Objective), options)
	train(t, first, 0, 2, everything)
	second := newTestTrainer(t, stateOf(t, first), options)
	if resumed := train(t, second, 2, 4, everything); !slices.Equal(resumed, losses[2:]) {
		t.Errorf("losses %v after the stop, %v without", resumed, losses[2:])
	}
	equalStates(t, stateOf(t, second), stateOf(t, whole))
}

// An objective gets only the tensors that it declares. Settings that it does not
// read are refused by their key.
func TestUndeclaredNeeds(t *testing.T) {
	for _, tt := range []struct {
		name string
		edit func(*TrainerOptions)
		text string
	}{
		{"target", func(o *TrainerOptions) { o.Objective.Needs.Target = false }, "has not asked for"},
		{"queue", func(o *TrainerOptions) { o.Queue, o.Objective.Needs.Queue = 0, false }, "has not asked for"},
		{"predictor", func(o *TrainerOptions) { o.Objective.Predictor = objective.Head{} }, "has not asked for"},
		{"a queue that nothing reads", func(o *TrainerOptions) { o.Objective.Needs.Queue = false }, "learn.queue"},
		{"chunks of what cannot be cut", func(o *TrainerOptions) { o.Chunk, o.Objective.Cut = 2, objective.NoCut }, "learn.chunk"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			options := byolOptions(objective.NoNorm, objective.CutAtProjections)
			tt.edit(&options)
			if _, err := NewTrainer(byolState(options.Objective), options); err == nil || !strings.Contains(err.Error(), tt.text) {
				t.Errorf("error %v, want one with %q", err, tt.text)
			}
		})
	}
	trainer := newTestTrainer(t, tinyState(), tinyOptions())
	in := Batch{Views: pairs(0, 2, tinySize), Positives: make([]bool, 4)}
	if _, err := trainer.Step(t.Context(), in, everything); !errors.Is(err, ErrShape) || !strings.Contains(err.Error(), "nt_xent") {
		t.Errorf("positives for nt_xent: %v", err)
	}
}

// The mask of positives reaches an objective that needs it, whole and in chunks.
func TestPositives(t *testing.T) {
	options := tinyOptions()
	o := *simCLR()
	o.Needs.Positives = true
	o.Build = func(g objective.Graph, in objective.Input) objective.Loss {
		built := simCLR().Build(g, in)
		built.Value = g.Add(built.Value, g.Mean(g.Mean(in.Positives, 0), 0))
		return built
	}
	for _, chunk := range []int{0, 2} {
		options.Objective, options.Chunk = simCLR(), chunk
		in := Batch{Views: pairs(0, 4, tinySize)}
		want := step(t, newTestTrainer(t, tinyState(), options), in, Rates{}).Loss
		options.Objective = &o
		trainer := newTestTrainer(t, tinyState(), options)
		if got := step(t, trainer, in, Rates{}).Loss; math.Abs(got-want) > 1e-5 {
			t.Errorf("chunk %d: loss %v without positives, want %v", chunk, got, want)
		}
		in.Positives = sameMoment(4, 2) // 4 of 16 values are positives beside the diagonal
		if got := step(t, trainer, in, Rates{}).Loss; math.Abs(got-want-0.25) > 1e-5 {
			t.Errorf("chunk %d: loss %v with positives, want %v", chunk, got, want+0.25)
		}
	}
}
