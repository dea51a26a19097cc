package model

import (
	"fmt"
	"slices"
	"testing"

	tf "github.com/tensorflow/tensorflow/tensorflow/go"
	"github.com/tensorflow/tensorflow/tensorflow/go/op"

	"edgeclr/model/arch"
	"edgeclr/model/arch/archtest"
)

// TensorFlow gives what a second emitter of the same plan gives, written in plain
// Go: every architecture, at an even and an odd size.
func TestEncoderEqualsReference(t *testing.T) {
	for _, name := range append(arch.Names(), "tiny") {
		for _, size := range []int{32, 45} {
			t.Run(fmt.Sprintf("%s/%d", name, size), func(t *testing.T) {
				a := tiny()
				if name != a.Name {
					a = architecture(t, name)
				}
				compareReference(t, a, size)
			})
		}
	}
}

func compareReference(t *testing.T, a *arch.Architecture, size int) {
	t.Helper()
	const pictures = 2
	set := formulaEncoder(a)
	encoder := openEncoder(t, set, EncoderOptions{Arch: a, Size: size})
	plan, err := arch.NewPlan(a, size)
	if err != nil {
		t.Fatal(err)
	}
	var pixels []uint8
	var want []float32
	for n := range pictures {
		one := picture(n, 0, size)
		features, err := archtest.Evaluate(plan, set, one)
		if err != nil {
			t.Fatal(err)
		}
		if len(features) != plan.Features || len(features) != encoder.Dim() {
			t.Fatalf("%d features, want %d", len(features), plan.Features)
		}
		pixels, want = append(pixels, one...), append(want, features...)
	}
	got, err := encoder.forward(pixels, pictures, encoder.features)
	if err != nil {
		t.Fatal(err)
	}
	if off := relativeError(got, want); !(off < 1e-4) {
		t.Errorf("features are off by %.1e of the largest", off)
	}
}

// The shapes in a plan are those that TensorFlow infers for the graph, from one pixel
// on, at odd and even sizes.
func TestPlanShapesEqualTensorFlow(t *testing.T) {
	sizes := []int{1, 2, 3, 4, 5, 8, 15, 16, 17, 31, 33, 64, 96, 97, 100, 224}
	for _, name := range append(arch.Names(), "tiny") {
		a := tiny()
		if name != a.Name {
			a = architecture(t, name)
		}
		for _, size := range sizes {
			plan, err := arch.NewPlan(a, size)
			if err != nil {
				t.Fatal(err)
			}
			s := op.NewScope()
			nodes := lower(s, plan, imagePlaceholder(s, plan), func(s *op.Scope, step arch.Step, x tf.Output) convolved {
				shape := tf.MakeShape(int64(step.Kernel), int64(step.Kernel), int64(step.In), int64(step.Out))
				if step.Depthwise {
					shape = tf.MakeShape(int64(step.Kernel), int64(step.Kernel), int64(step.In), 1)
				}
				c := convolve(s, step, x, op.Placeholder(at(s), tf.Float, op.PlaceholderShape(shape)))
				return convolved{convolution: c, pre: c.out}
			})
			if _, err := s.Finalize(); err != nil {
				t.Fatalf("%s at %d px: %v", name, size, err)
			}
			for _, n := range nodes {
				given := n.step.PaddedOutput()
				want := []int64{-1, int64(given.Height), int64(given.Width), int64(given.Channels)}
				if n.step.Op == arch.GlobalMean {
					want = []int64{-1, int64(given.Channels)}
				}
				if got, err := n.out.Shape().ToSlice(); err != nil || !slices.Equal(got, want) {
					t.Errorf("%s at %d px: node %s has shape %v and the plan says %v (%v)", name, size, n.step.Name, got, want, err)
				}
			}
		}
	}
}

// Padding that neither torchvision nor TensorFlow would choose is no exception: a
// kernel of even size, a pool with SAME padding, a pool that shares its input.
func TestEncoderEqualsReferenceOddPadding(t *testing.T) {
	conv := func(n arch.Node) arch.Node {
		n.Op, n.Weight, n.BatchNorm = arch.ConvBN, n.Name+".weight", n.Name+"_norm"
		return n
	}
	a := &arch.Architecture{
		Name: "odd padding", Features: 12,
		Mean: [3]float32{120, 127, 130}, Std: [3]float32{60, 64, 70}, Epsilon: 1e-3,
		Nodes: []arch.Node{
			conv(arch.Node{Name: "even", In: 3, Out: 8, Kernel: 4, Stride: 2, Padding: 1, Activation: arch.ReLU}),
			{Name: "pool", Op: arch.MaxPool, In: 8, Out: 8, Kernel: 3, Stride: 2, Padding: arch.SamePadding},
			conv(arch.Node{Name: "wide", In: 8, Out: 8, Kernel: 3, Stride: 1, Padding: 2, Depthwise: true, Activation: arch.ReLU6}),
			{Name: "shared", Op: arch.MaxPool, In: 8, Out: 8, Kernel: 3, Stride: 1, Padding: 1},
			{Name: "sum", Op: arch.Add, Inputs: []string{"wide", "shared"}, In: 8, Out: 8, Activation: arch.ReLU},
			conv(arch.Node{Name: "top", In: 8, Out: 12, Kernel: 3, Stride: 3, Padding: 0}),
			{Name: "mean", Op: arch.GlobalMean, In: 12, Out: 12},
		},
	}
	for _, size := range []int{24, 33} {
		compareReference(t, a, size)
	}
}
