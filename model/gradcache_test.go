package model

import (
	"math"
	"strings"
	"testing"

	"edgeclr/model/weights"
)

// TestGradCacheEqualsDirect compares one step on a whole batch with the same
// step in chunks, also of a size that does not divide the batch.
func TestGradCacheEqualsDirect(t *testing.T) {
	const batch = 12
	views := pairs(0, batch, tinySize)
	for _, optimizer := range []string{"sgd", "lars"} {
		options := tinyOptions()
		options.Optimizer.Name = optimizer
		direct := newTestTrainer(t, tinyState(), options)
		wantLoss, err := direct.Step(t.Context(), views, everything)
		if err != nil {
			t.Fatal(err)
		}
		want := stateOf(t, direct)
		for _, chunk := range []int{1, 4, 5, batch, batch + 1} {
			options.Chunk = chunk
			trainer := newTestTrainer(t, tinyState(), options)
			loss, err := trainer.Step(t.Context(), views, everything)
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(loss-wantLoss) > 1e-5 {
				t.Errorf("%s, chunk %d: loss %v, direct %v", optimizer, chunk, loss, wantLoss)
			}
			got := stateOf(t, trainer)
			if apart := distance(got.Momentum, want.Momentum); apart > 1e-5 {
				t.Errorf("%s, chunk %d: the gradient differs by %g of its length", optimizer, chunk, apart)
			}
			// Of a single bias, whose gradient is the small rest of large sums.
			if worst, name := largest(got.Momentum, want.Momentum); worst > 1e-4 {
				t.Errorf("%s, chunk %d: gradient of %s differs by %g of its length", optimizer, chunk, name, worst)
			}
			if worst, name := largest(got.Encoder, want.Encoder); worst > 1e-5 {
				t.Errorf("%s, chunk %d: %s differs by %g of its length", optimizer, chunk, name, worst)
			}
		}
	}
}

// TestGradCacheHeadOnly checks that a step of the head alone is the same in
// chunks, and leaves the encoder as it was.
func TestGradCacheHeadOnly(t *testing.T) {
	views := pairs(0, 9, tinySize)
	rates := Rates{Head: 0.05, HeadOnly: true}
	options := tinyOptions()
	direct := newTestTrainer(t, tinyState(), options)
	options.Chunk = 4
	chunked := newTestTrainer(t, tinyState(), options)
	for step := range 3 {
		want, err := direct.Step(t.Context(), views, rates)
		if err != nil {
			t.Fatal(err)
		}
		got, err := chunked.Step(t.Context(), views, rates)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(got-want) > 1e-5 {
			t.Errorf("step %d: loss %v, direct %v", step, got, want)
		}
	}
	if worst, name := largest(stateOf(t, chunked).Head, stateOf(t, direct).Head); worst > 1e-5 {
		t.Errorf("%s differs by %g of its length", name, worst)
	}
	if worst, name := largest(stateOf(t, chunked).Encoder, tinyState().Encoder); worst != 0 {
		t.Errorf("%s moved", name)
	}
}

// TestGradCacheManySteps checks that the sums start from zero at each step.
func TestGradCacheManySteps(t *testing.T) {
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

// largest is the greatest difference between tensors of the same name, as a
// share of the tensor's length, and that tensor's name.
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

// distance is that of all tensors together, as a share of their length.
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
