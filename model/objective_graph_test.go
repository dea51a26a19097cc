package model

import (
	"math"
	"testing"

	tf "github.com/tensorflow/tensorflow/tensorflow/go"
	"github.com/tensorflow/tensorflow/tensorflow/go/op"

	"edgeclr/model/objective"
)

// Every operation that an objective can use computes what its comment says.
func TestObjectiveGraph(t *testing.T) {
	s := op.NewScope()
	g := objectiveGraph{s}
	constant := func(values ...[]float32) objective.Tensor { return op.Const(at(s), values) }
	a, b := constant([]float32{1, -2}, []float32{3, 4}), constant([]float32{2, 0.5}, []float32{-1, 8})
	four := constant([]float32{1, 2, 3, 4}, []float32{5, 6, 7, 8}, []float32{9, 10, 11, 12}, []float32{13, 14, 15, 16})
	soft := float32(-math.Log(math.Exp(3) / (math.Exp(3) + math.Exp(4))))
	first, second := g.Views(four)
	tests := []struct {
		name string
		got  objective.Tensor
		want []float32
	}{
		{"Add", g.Add(a, b), []float32{3, -1.5, 2, 12}},
		{"Sub", g.Sub(a, b), []float32{-1, -2.5, 4, -4}},
		{"Mul", g.Mul(a, g.Const(3)), []float32{3, -6, 9, 12}},
		{"Div", g.Div(a, b), []float32{0.5, -4, -3, 0.5}},
		{"Exp", g.Exp(g.Const(1)), []float32{math.E}},
		{"Log", g.Log(g.Const(math.E)), []float32{1}},
		{"Sqrt", g.Sqrt(g.Const(9)), []float32{3}},
		{"ReLU", g.ReLU(a), []float32{1, 0, 3, 4}},
		{"Above", g.Above(a, 1), []float32{0, 0, 1, 1}},
		{"StopGradient", g.StopGradient(a), []float32{1, -2, 3, 4}},
		{"MatMul", g.MatMul(a, b, false, false), []float32{4, -15.5, 2, 33.5}},
		{"MatMul, first transposed", g.MatMul(a, b, true, false), []float32{-1, 24.5, -8, 31}},
		{"MatMul, second transposed", g.MatMul(a, b, false, true), []float32{1, -17, 8, 29}},
		{"L2Normalize", g.L2Normalize(constant([]float32{3, 4}, []float32{0, 0})), []float32{0.6, 0.8, 0, 0}},
		{"Concat", g.Concat(1, a, b), []float32{1, -2, 2, 0.5, 3, 4, -1, 8}},
		{"ExpandDims", g.Sub(a, g.ExpandDims(g.Sum(a, 1), 1)), []float32{2, -1, -4, -3}},
		{"Sum", g.Sum(a, 0), []float32{4, 2}},
		{"Mean", g.Mean(a, 1), []float32{-0.5, 3.5}},
		{"Max", g.Max(a, 0), []float32{3, 4}},
		{"SoftmaxCrossEntropy", g.SoftmaxCrossEntropy(constant([]float32{3, 4}), constant([]float32{1, 0})), []float32{soft}},
		{"Identity", g.Identity(a, 7), []float32{7, 0, 0, 7}},
		{"OtherView", g.OtherView(four, constant([]float32{9}), 2), []float32{
			0, 0, 2, 0, 0,
			0, 0, 0, 2, 0,
			2, 0, 0, 0, 0,
			0, 2, 0, 0, 0}},
		{"Views, first", first, []float32{1, 2, 3, 4, 5, 6, 7, 8}},
		{"Views, second", second, []float32{9, 10, 11, 12, 13, 14, 15, 16}},
		{"AddPerPair", g.AddPerPair(four, constant([]float32{0, 100}, []float32{100, 0})), []float32{
			1, 102, 3, 104,
			105, 6, 107, 8,
			9, 110, 11, 112,
			113, 14, 115, 16}},
		{"AddPerPair of one value", g.AddPerPair(a, constant([]float32{1})), []float32{2, -1, 4, 5}},
	}
	var fetches []tf.Output
	for _, tt := range tests {
		fetches = append(fetches, g.output(tt.got))
	}
	graph, err := s.Finalize()
	if err != nil {
		t.Fatal(err)
	}
	session, err := newSession(graph, Runtime{})
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	out, err := session.Run(nil, fetches, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, tt := range tests {
		got, err := floats(out[i])
		if err != nil {
			t.Fatal(err)
		}
		if off := relativeError(got, tt.want); !(off < 1e-6) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}
