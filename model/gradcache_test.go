package model

import (
	"math"
	"strings"
	"testing"

	"edgeclr/model/weights"
)

// TestGradCacheEqualsDirect compares one step on a whole batch with the same step in
// chunks. Some chunk sizes do not divide the batch.
func TestGradCacheEqualsDirect(t *testing.T) {
	t.Parallel()
	const batch = 12
	for _, tt := range []struct {
		name string
		edit func(*TrainerOptions)
		in   Batch
	}{
		{"SGD", func(*TrainerOptions) {}, Batch{}},
		{"LARS", func(o *TrainerOptions) { o.Optimizer.Name = "lars" }, Batch{}},
		{"NT-Xent, some masked", func(*TrainerOptions) {}, Batch{NotNegatives: sameMoment(batch, 3)}},
		{"DCL, some masked", func(o *TrainerOptions) { o.Objective = objectiveOf("dcl") }, Batch{NotNegatives: sameMoment(batch, 3)}},
		{"DCL, two moments", func(o *TrainerOptions) { o.Objective = objectiveOf("dcl") }, Batch{NotNegatives: sameMoment(batch, 6)}},
		{"aligned", func(o *TrainerOptions) { o.Align = 2 }, Batch{}},
		{"aligned, some masked, stage decay",
			func(o *TrainerOptions) { o.Align, o.StageDecay = 2, 0.5 }, Batch{NotNegatives: sameMoment(batch, 4)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			options := tinyOptions()
			tt.edit(&options)
			state := tinyState()
			state.Average = otherAverages(state)
			tt.in.Views = pairs(0, batch, tinySize)
			direct := newTestTrainer(t, state, options)
			wantResult := step(t, direct, tt.in, everything)
			want := stateOf(t, direct)
			options.Chunk = 1
			trainer := newTestTrainer(t, state, options)
			for _, chunk := range []int{1, 4, 5, batch, batch + 1} {
				trainer.opt.Chunk = chunk // the graph is the same for all of them
				if err := trainer.Restore(state); err != nil {
					t.Fatal(err)
				}
				result := step(t, trainer, tt.in, everything)
				if math.Abs(result.Loss-wantResult.Loss) > 1e-5 {
					t.Errorf("chunk %d: loss %v, direct %v", chunk, result.Loss, wantResult.Loss)
				}
				if off := relativeError(result.Projections, wantResult.Projections); off > 1e-5 {
					t.Errorf("chunk %d: the projections differ by %g", chunk, off)
				}
				got := stateOf(t, trainer)
				if apart := distance(got.Momentum, want.Momentum); apart > 1e-5 {
					t.Errorf("chunk %d: the gradient differs by %g of its length", chunk, apart)
				}
				// The limit is for a single bias, whose gradient is a small difference of large sums.
				if worst, name := largest(got.Momentum, want.Momentum); worst > 1e-4 {
					t.Errorf("chunk %d: gradient of %s differs by %g of its length", chunk, name, worst)
				}
				if worst, name := largest(got.Encoder, want.Encoder); worst > 1e-5 {
					t.Errorf("chunk %d: %s differs by %g of its length", chunk, name, worst)
				}
				if worst, name := largest(got.Average, want.Average); worst > 1e-5 {
					t.Errorf("chunk %d: the average of %s differs by %g of its length", chunk, name, worst)
				}
			}
		})
	}
}

// TestGradCacheHeadOnly checks that a step of the heads alone is the same in chunks
// and does not move the encoder.
func TestGradCacheHeadOnly(t *testing.T) {
	t.Parallel()
	in := Batch{Views: pairs(0, 9, tinySize), NotNegatives: sameMoment(9, 3)}
	rates := Rates{Head: 0.05, HeadOnly: true}
	for _, align := range []float64{0, 1} {
		options := tinyOptions()
		options.Align = align
		direct := newTestTrainer(t, tinyState(), options)
		options.Chunk = 4
		chunked := newTestTrainer(t, tinyState(), options)
		for i := range 3 {
			want, got := step(t, direct, in, rates).Loss, step(t, chunked, in, rates).Loss
			if math.Abs(got-want) > 1e-5 {
				t.Errorf("align %v, step %d: loss %v, direct %v", align, i, got, want)
			}
		}
		if worst, name := largest(stateOf(t, chunked).Head, stateOf(t, direct).Head); worst > 1e-5 {
			t.Errorf("align %v: %s differs by %g of its length", align, name, worst)
		}
		if worst, name := largest(stateOf(t, chunked).Encoder, tinyState().Encoder); worst != 0 {
			t.Errorf("align %v: %s moved", align, name)
		}
	}
}

// TestGradCacheManySteps checks that the sums start from zero at each step.
func TestGradCacheManySteps(t *testing.T) {
	t.Parallel()
	options := tinyOptions()
	want := train(t, newTestTrainer(t, tinyState(), options), 0, 5, everything)
	options.Chunk = 3
	got := train(t, newTestTrainer(t, tinyState(), options), 0, 5, everything)
	for i := range want {
		if math.Abs(got[i]-want[i]) > 1e-4 {
			t.Errorf("step %d: loss %v, direct %v", i, got[i], want[i])
		}
	}
}

func TestChunkNeedsFrozenBatchNorm(t *testing.T) {
	options := tinyOptions()
	options.Chunk, options.TrainBatchNorm = 4, true
	_, err := NewTrainer(tinyState(), options)
	if err == nil || !strings.Contains(err.Error(), "frozen") {
		t.Errorf("error %v", err)
	}
}

// largest returns the greatest difference between tensors of the same name, as a share
// of the tensor's length, and that tensor's name.
func largest(got, want weights.Set) (worst float64, name string) {
	for _, w := range want {
		g, ok := got.Find(w.Name)
		if !ok {
			return math.Inf(1), w.Name
		}
		var apart, length float64
		for i := range w.Data {
			d := float64(g.Data[i]) - float64(w.Data[i])
			apart += d * d
			length += float64(w.Data[i]) * float64(w.Data[i])
		}
		if share := math.Sqrt(apart / max(length, 1e-30)); share > worst {
			worst, name = share, w.Name
		}
	}
	return worst, name
}

// distance is the distance between two sets as vectors, as a share of the length.
func distance(got, want weights.Set) float64 {
	var apart, length float64
	for _, w := range want {
		g, ok := got.Find(w.Name)
		if !ok {
			return math.Inf(1)
		}
		for i := range w.Data {
			d := float64(g.Data[i]) - float64(w.Data[i])
			apart += d * d
			length += float64(w.Data[i]) * float64(w.Data[i])
		}
	}
	return math.Sqrt(apart / length)
}
