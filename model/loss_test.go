package model

import (
	"math"
	"testing"

	"edgeclr/model/weights"
)

// TestDCLByFormula computes the decoupled loss of Yeh et al. 2022, equation 6,
// in float64.
func TestDCLByFormula(t *testing.T) {
	const rows, dim = 12, 5
	z := formula("dcl", []int{rows, dim}, -1, 1).Data
	for _, temperature := range []float64{0.05, 0.1, 0.5, 2} {
		got, gradient := lossAndGradient(t, dcl, z, rows, temperature)
		want := contrastive(z, nil, rows, dim, temperature, false)
		if math.Abs(float64(got)-want) > 1e-5*math.Max(1, want) || !finite(gradient) {
			t.Errorf("temperature %v: %v, want %v", temperature, got, want)
		}
		// The slope along one coordinate, by differences of the formula.
		const h, at = 1e-4, 7
		up, down := append([]float32{}, z...), append([]float32{}, z...)
		up[at] += h
		down[at] -= h
		step := float64(up[at]) - float64(down[at])
		slope := (contrastive(up, nil, rows, dim, temperature, false) - contrastive(down, nil, rows, dim, temperature, false)) / step
		if math.Abs(float64(gradient[at])-slope) > 1e-3*math.Max(0.1, math.Abs(slope)) {
			t.Errorf("temperature %v: slope %v, want %v", temperature, gradient[at], slope)
		}
	}
}

// TestQueueAddsNegatives checks the loss of the steps after the first against
// the formula with the projections of past steps as further negatives.
func TestQueueAddsNegatives(t *testing.T) {
	const batch = 3
	for _, chunk := range []int{0, 2} {
		options := tinyOptions()
		options.Queue, options.Chunk = 8, chunk
		trainer := newTestTrainer(t, tinyState(), options)
		still := Rates{} // nothing moves, so the formula can be applied to what State holds
		first := pairs(0, batch, tinySize)
		if _, err := trainer.Step(t.Context(), first, still); err != nil {
			t.Fatal(err)
		}
		queued := stateOf(t, trainer).Queue
		if len(queued) != 2*batch*headOut {
			t.Fatalf("chunk %d: %d values queued", chunk, len(queued))
		}
		got, err := trainer.Step(t.Context(), first, still)
		if err != nil {
			t.Fatal(err)
		}
		if want := contrastive(queued, queued, 2*batch, headOut, 0.5, true); math.Abs(got-want) > 1e-4 {
			t.Errorf("chunk %d: loss %v with a queue, want %v", chunk, got, want)
		}
		rest := stateOf(t, trainer).Queue
		if len(rest) != 8*headOut {
			t.Fatalf("chunk %d: the queue holds %d values, want 8 rows", chunk, len(rest))
		}
		resumed := newTestTrainer(t, stateOf(t, trainer), options)
		a, errA := trainer.Step(t.Context(), pairs(4, batch, tinySize), everything)
		b, errB := resumed.Step(t.Context(), pairs(4, batch, tinySize), everything)
		if errA != nil || errB != nil || math.Abs(a-b) > 1e-6 {
			t.Errorf("chunk %d: loss %v (%v), resumed %v (%v)", chunk, a, errA, b, errB)
		}
	}
}

// contrastive is the formula of both losses in float64: with the positive in
// the denominator NT-Xent, without it DCL.
func contrastive(z, queue []float32, rows, dim int, temperature float64, withPositive bool) float64 {
	unit := func(v []float32, i int) []float64 {
		out, length := make([]float64, dim), 0.0
		for k := range dim {
			out[k] = float64(v[i*dim+k])
			length += out[k] * out[k]
		}
		for k := range out {
			out[k] /= math.Sqrt(length)
		}
		return out
	}
	dot := func(a, b []float64) (sum float64) {
		for k := range a {
			sum += a[k] * b[k]
		}
		return sum / temperature
	}
	total := 0.0
	for i := range rows {
		a, other, sum := unit(z, i), (i+rows/2)%rows, 0.0
		for j := range rows {
			if j != i && (withPositive || j != other) {
				sum += math.Exp(dot(a, unit(z, j)))
			}
		}
		for j := range len(queue) / dim {
			sum += math.Exp(dot(a, unit(queue, j)))
		}
		total += math.Log(sum) - dot(a, unit(z, other))
	}
	return total / float64(rows)
}

// TestLARSByFormula compares two steps with You et al. 2017 as SimCLR has it,
// computed in float64 from the gradients that SGD without momentum and decay
// shows.
func TestLARSByFormula(t *testing.T) {
	const rate, momentum, decay = 0.5, 0.9, 1e-2
	views := pairs(0, 4, tinySize)
	rates := Rates{Encoder: rate, Head: rate}
	options := tinyOptions()
	options.Optimizer = OptimizerOptions{Name: "lars", Momentum: momentum, WeightDecay: decay}
	trainer := newTestTrainer(t, tinyState(), options)
	before := stateOf(t, trainer)
	past := map[string][]float64{}
	for step := range 2 {
		plain := tinyOptions()
		plain.Optimizer.Momentum, plain.Optimizer.WeightDecay = 0, 0
		gradients := newTestTrainer(t, State{Encoder: before.Encoder, Head: before.Head}, plain)
		if _, err := gradients.Step(t.Context(), views, rates); err != nil {
			t.Fatal(err)
		}
		if _, err := trainer.Step(t.Context(), views, rates); err != nil {
			t.Fatal(err)
		}
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
			for i, m := range past[w.Name] {
				want := float64(w.Data[i]) - m
				if math.Abs(float64(now.Data[i])-want) > 1e-5*math.Max(1, math.Abs(want)) {
					t.Fatalf("step %d: %s[%d] is %v, want %v", step, w.Name, i, now.Data[i], want)
				}
			}
		}
		before = after
	}
}

// larsStep is the new momentum of one tensor.
func larsStep(w, gradient weights.Tensor, past []float64, rate, momentum, decay float64) []float64 {
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
