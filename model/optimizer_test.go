package model

import (
	"math"
	"testing"

	"edgeclr/internal/tensor"
	"edgeclr/model/weights"
)

// TestLARSByFormula compares two steps with the formula of You et al. 2017 in SimCLR's
// form, in float64. The gradients are those of SGD without momentum and decay.
func TestLARSByFormula(t *testing.T) {
	t.Parallel()
	const rate, momentum, decay = 0.5, 0.9, 1e-2
	views := pairs(0, 4, tinySize)
	rates := Rates{Encoder: rate, Head: rate}
	options := tinyOptions()
	options.Optimizer = OptimizerOptions{Name: "lars", Momentum: momentum, WeightDecay: decay}
	trainer := newTestTrainer(t, tinyState(), options)
	before := stateOf(t, trainer)
	past := map[string][]float64{}
	for i := range 2 {
		plain := tinyOptions()
		plain.Optimizer.Momentum, plain.Optimizer.WeightDecay = 0, 0
		gradients := newTestTrainer(t, State{Encoder: before.Encoder, Head: before.Head}, plain)
		step(t, gradients, Batch{Views: views}, rates)
		step(t, trainer, Batch{Views: views}, rates)
		slope, after := stateOf(t, gradients).Momentum, stateOf(t, trainer)
		for _, w := range append(append(weights.Set{}, before.Encoder...), before.Head...) {
			g, trained := slope.Find(w.Name)
			if !trained {
				continue
			}
			now, ok := after.Encoder.Find(w.Name)
			if !ok {
				now, _ = after.Head.Find(w.Name)
			}
			past[w.Name] = larsStep(w, g, past[w.Name], rate, momentum, decay)
			for k, m := range past[w.Name] {
				want := float64(w.Data[k]) - m
				if math.Abs(float64(now.Data[k])-want) > 1e-5*math.Max(1, math.Abs(want)) {
					t.Fatalf("step %d: %s[%d] is %v, want %v", i, w.Name, k, now.Data[k], want)
				}
			}
		}
		before = after
	}
}

// larsStep is the new momentum of one tensor.
func larsStep(w, gradient tensor.Tensor, past []float64, rate, momentum, decay float64) []float64 {
	g := make([]float64, len(w.Data))
	var lengthW, lengthG float64
	for i := range g {
		g[i] = float64(gradient.Data[i])
		if len(w.Shape) > 1 {
			g[i] += decay * float64(w.Data[i])
		}
		lengthW += float64(w.Data[i]) * float64(w.Data[i])
		lengthG += g[i] * g[i]
	}
	if len(w.Shape) > 1 && lengthW > 0 && lengthG > 0 {
		rate *= larsTrust * math.Sqrt(lengthW) / math.Sqrt(lengthG)
	}
	m := make([]float64, len(g))
	for i := range m {
		if past != nil {
			m[i] = momentum * past[i]
		}
		m[i] += rate * g[i]
	}
	return m
}
