package model

import (
	"fmt"
	"math/rand/v2"
	"testing"

	tf "github.com/tensorflow/tensorflow/tensorflow/go"
	"github.com/tensorflow/tensorflow/tensorflow/go/op"

	"edgeclr/model/arch"
)

// The gradients of a convolution equal TensorFlow's in each of their forms: kernels
// wider than three columns, with both paddings, strides and odd sides; matrix
// products over few pixels and over many.
func TestConvolutionGradients(t *testing.T) {
	t.Parallel()
	same := arch.SamePadding
	tests := []struct {
		node arch.Node // Out is In when depthwise
		side int
	}{
		{arch.Node{In: 4, Out: 6, Kernel: 1, Stride: 1, Padding: same}, 8},
		{arch.Node{In: 4, Out: 6, Kernel: 1, Stride: 1, Padding: same}, 12},
		{arch.Node{In: 4, Out: 6, Kernel: 1, Stride: 1, Padding: 0}, 13},
		{arch.Node{In: 4, Out: 6, Kernel: 1, Stride: 2, Padding: 0}, 9},
		{arch.Node{In: 4, Out: 6, Kernel: 3, Stride: 1, Padding: 1}, 7},
		{arch.Node{In: 4, Out: 6, Kernel: 3, Stride: 1, Padding: 0}, 7},
		{arch.Node{In: 4, Out: 6, Kernel: 3, Stride: 2, Padding: 1}, 8},
		{arch.Node{In: 4, Out: 6, Kernel: 3, Stride: 2, Padding: 1}, 9},
		{arch.Node{In: 3, Out: 6, Kernel: 7, Stride: 2, Padding: 3}, 16},
		{arch.Node{In: 4, Out: 4, Kernel: 3, Stride: 2, Padding: same, Depthwise: true}, 8},
		{arch.Node{In: 4, Out: 4, Kernel: 5, Stride: 1, Padding: same, Depthwise: true}, 3},
		{arch.Node{In: 4, Out: 4, Kernel: 5, Stride: 1, Padding: same, Depthwise: true}, 8},
		{arch.Node{In: 4, Out: 4, Kernel: 5, Stride: 2, Padding: same, Depthwise: true}, 8},
		{arch.Node{In: 4, Out: 4, Kernel: 5, Stride: 2, Padding: same, Depthwise: true}, 9},
		{arch.Node{In: 4, Out: 4, Kernel: 5, Stride: 2, Padding: 2, Depthwise: true}, 8},
		{arch.Node{In: 4, Out: 4, Kernel: 5, Stride: 1, Padding: 0, Depthwise: true}, 8},
		{arch.Node{In: 4, Out: 4, Kernel: 7, Stride: 1, Padding: 3, Depthwise: true}, 10},
		{arch.Node{In: 4, Out: 4, Kernel: 4, Stride: 3, Padding: same, Depthwise: true}, 11},
	}
	for _, tt := range tests {
		n := tt.node
		t.Run(fmt.Sprintf("%d of %dx%d stride %d padding %d depthwise %v", tt.side, n.Kernel, n.Kernel, n.Stride, n.Padding, n.Depthwise), func(t *testing.T) {
			compareConvolution(t, n, tt.side)
		})
	}
}

func compareConvolution(t *testing.T, n arch.Node, side int) {
	t.Helper()
	const pictures = 3
	step := planned(t, n, side)
	s := op.NewScope()
	x := op.Placeholder(at(s), tf.Float, op.PlaceholderShape(tf.MakeShape(-1, int64(side), int64(side), int64(n.In))))
	values, shape := toGraph(make([]float32, product(n.KernelShape())), n.KernelShape(), n.Depthwise)
	rng := rand.New(rand.NewPCG(1, 2))
	kernel := op.Const(at(s), randomTensor(t, rng, values, shape...))
	c := convolve(s, step, x, kernel)
	// A gradient that differs from pixel to pixel.
	square := op.Sum(at(s), op.Square(at(s), c.out), op.Const(at(s), []int32{0, 1, 2, 3}))
	g := op.Mul(at(s), c.out, op.Const(at(s), float32(2)))
	fetches := []tf.Output{c.inputGrad(s, g), c.kernelGrad(s, g)}
	fetches = append(fetches, op.Gradients(at(s), []tf.Output{square}, []tf.Output{x, kernel})...)
	graph, err := s.Finalize()
	if err != nil {
		t.Fatal(err)
	}
	session, err := newSession(graph, Runtime{})
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	input := randomTensor(t, rng, make([]float32, pictures*side*side*n.In), pictures, int64(side), int64(side), int64(n.In))
	out, err := session.Run(map[tf.Output]*tf.Tensor{x: input}, fetches, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range []string{"input", "kernel"} {
		got, errGot := floats(out[i])
		want, errWant := floats(out[2+i])
		if errGot != nil || errWant != nil {
			t.Fatal(errGot, errWant)
		}
		if off := relativeError(got, want); len(got) != len(want) || !(off < 1e-5) {
			t.Errorf("gradient with respect to the %s: off by %.1e of its largest value", name, off)
		}
	}
}

// planned is the step of a convolution in an architecture that has little else.
func planned(t *testing.T, n arch.Node, side int) arch.Step {
	t.Helper()
	n.Name = "convolution"
	plan, err := arch.NewPlan(&arch.Architecture{Name: "one convolution", Features: n.Out, Nodes: []arch.Node{
		{Name: "channels", Out: n.In, In: 3, Kernel: 1, Stride: 1}, n, {Name: "mean", Op: arch.GlobalMean, In: n.Out, Out: n.Out},
	}}, side)
	if err != nil {
		t.Fatal(err)
	}
	return plan.Steps[1]
}

func randomTensor(t *testing.T, rng *rand.Rand, values []float32, shape ...int64) *tf.Tensor {
	t.Helper()
	for i := range values {
		values[i] = float32(rng.NormFloat64())
	}
	tensor, err := floatTensor(values, shape...)
	if err != nil {
		t.Fatal(err)
	}
	return tensor
}

func product(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}
