package model

import (
	"fmt"
	"math"
	"testing"

	tf "github.com/tensorflow/tensorflow/tensorflow/go"
	"github.com/tensorflow/tensorflow/tensorflow/go/op"
)

// Value and gradient equal those of lightly's NTXentLoss, which
// model_ntxent.py computed in float64.
func TestNTXentGolden(t *testing.T) {
	want := goldenFile(t, "model_ntxent.safetensors")
	for _, batch := range []struct{ pairs, dim int }{{2, 128}, {32, 128}, {256, 16}} {
		rows := 2 * batch.pairs
		z := formula(fmt.Sprintf("projections/%d", batch.pairs), []int{rows, batch.dim}, -1, 1).Data
		half := len(z) / 2
		for i := range half {
			z[half+i] = (z[half+i] + z[i]) / 2
		}
		for _, temperature := range []float64{0.1, 0.5} {
			name := fmt.Sprintf("%d/%g", batch.pairs, temperature)
			t.Run(name, func(t *testing.T) {
				loss, gradient := lossAndGradient(t, ntXent, z, nil, rows, temperature)
				value := away([]float32{loss}, find(t, want, name+"/loss").Data)
				slope := away(gradient, find(t, want, name+"/gradient").Data)
				t.Logf("value is off by %.1e, gradient by %.1e", value, slope)
				if !(value < 1e-5) || !(slope < 1e-5) {
					t.Errorf("value is off by %.1e, gradient by %.1e of the largest", value, slope)
				}
			})
		}
	}
}

// A loss that anyone can compute by hand.
func TestNTXentByHand(t *testing.T) {
	tests := []struct {
		name        string
		projections []float32
		temperature float64
		want        float64
	}{
		// Rows 0 and 2 are one picture, 1 and 3 the other. Each row sees its
		// positive at cosine 1 and two negatives at cosine 0.
		{"pictures at right angles", []float32{1, 0, 0, 1, 5, 0, 0, 7}, 0.5, -math.Log(math.Exp(2) / (math.Exp(2) + 2))},
		{"all alike", []float32{1, 1, 2, 2, 3, 3, 4, 4}, 0.1, math.Log(3)},
		{"views swapped", []float32{1, 0, 0, 1, 0, 1, 1, 0}, 0.5, -math.Log(1 / (math.Exp(2) + 2))},
		{"zeros", make([]float32, 8), 0.5, math.Log(3)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			loss, gradient := lossAndGradient(t, ntXent, tt.projections, nil, 4, tt.temperature)
			if math.Abs(float64(loss)-tt.want) > 1e-6 {
				t.Errorf("loss %v, want %v", loss, tt.want)
			}
			if !finite(gradient) {
				t.Errorf("gradient %v", gradient)
			}
		})
	}
}

func lossAndGradient(t *testing.T, l loss, z []float32, together []bool, rows int, temperature float64) (float32, []float32) {
	t.Helper()
	apart, err := Batch{Together: together}.penalty(rows / 2)
	if err != nil {
		t.Fatal(err)
	}
	s := op.NewScope()
	dim := int64(len(z) / rows)
	projections := op.Placeholder(s, tf.Float, op.PlaceholderShape(tf.MakeShape(-1, dim)))
	none, err := floatTensor(nil, 0, dim)
	if err != nil {
		t.Fatal(err)
	}
	penalty := op.Placeholder(s.SubScope("penalty"), tf.Float, op.PlaceholderShape(tf.MakeShape(-1, -1)))
	value := l(s, lossInput{projections, op.Const(s.SubScope("queue"), none), penalty, temperature})
	gradient := op.Gradients(s, []tf.Output{value}, []tf.Output{projections})
	graph, err := s.Finalize()
	if err != nil {
		t.Fatal(err)
	}
	session, err := newSession(graph, Runtime{})
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	in, err := floatTensor(z, int64(rows), dim)
	if err != nil {
		t.Fatal(err)
	}
	out, err := session.Run(map[tf.Output]*tf.Tensor{projections: in, penalty: apart}, []tf.Output{value, gradient[0]}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var results [2][]float32
	for i, o := range out {
		if results[i], err = floats(o); err != nil {
			t.Fatal(err)
		}
	}
	return results[0][0], results[1]
}
