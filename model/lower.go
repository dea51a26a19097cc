package model

import (
	"errors"
	"fmt"

	tf "github.com/tensorflow/tensorflow/tensorflow/go"
	"github.com/tensorflow/tensorflow/tensorflow/go/op"

	"edgeclr/model/arch"
)

// convBNBuilder builds a ConvBN node: its convolution with its batch
// normalisation. Encoder and trainer differ only in this. The encoder folds the
// variables beforehand; the trainer folds them in the graph, or normalises by the
// statistics of the batch.
type convBNBuilder func(s *op.Scope, step arch.Step, x tf.Output) convolved

// convolved is a convolution with its batch normalisation.
type convolved struct {
	convolution
	bias tf.Output // what a folded normalisation adds, [C]; not set when it is not folded
	pre  tf.Output // the result, before the activation
}

// newPlan returns the plan of an architecture, or ErrShape for a size at which it does
// not work.
func newPlan(a *arch.Architecture, size int) (*arch.Plan, error) {
	plan, err := arch.NewPlan(a, size)
	if errors.Is(err, arch.ErrSize) {
		return nil, fmt.Errorf("%w: %w", ErrShape, err)
	}
	return plan, err
}

// imagePlaceholder is the input for a batch of pictures, uint8 [B,Size,Size,3].
func imagePlaceholder(s *op.Scope, plan *arch.Plan) tf.Output {
	in := plan.Input
	shape := tf.MakeShape(-1, int64(in.Height), int64(in.Width), int64(in.Channels))
	return op.Placeholder(at(s), tf.Uint8, op.PlaceholderShape(shape))
}

// lower emits the network of a plan into the graph. images are uint8 [B,S,S,3]. The
// output of the last node is the features, [B,Features]. All shapes, paddings and the
// order come from the plan.
func lower(s *op.Scope, plan *arch.Plan, images tf.Output, conv convBNBuilder) []lowered {
	x := op.Cast(at(s), images, tf.Float)
	x = op.Mul(at(s), op.Sub(at(s), x, op.Const(at(s), plan.Arch.Mean[:])), op.Const(at(s), inverse(plan.Arch.Std)))

	outputs := map[string]tf.Output{arch.Input: x}
	var nodes []lowered
	for _, step := range plan.Steps {
		node := s.SubScope(graphName(step.Name))
		var in []tf.Output
		for _, name := range step.Sources {
			in = append(in, outputs[name])
		}
		var made convolved
		switch step.Op {
		case arch.ConvBN:
			made = conv(node, step, in[0])
			x = made.pre
		case arch.MaxPool:
			x = maxPool(node, step, in[0])
		case arch.Add:
			x = op.AddV2(at(node), in[0], in[1])
		case arch.GlobalMean:
			x = op.Mean(at(node), in[0], op.Const(at(node), []int32{1, 2}))
		default:
			s.UpdateErr("lower", fmt.Errorf("node %s: operation %d is not known", step.Name, step.Op))
			return nil
		}
		pre := x
		x = activate(node, step.Activation, pad(node, pre, step.Margin))
		outputs[step.Name] = x
		nodes = append(nodes, lowered{step: step, in: in, conv: made, pre: pre, out: x})
	}
	return nodes
}

// features is the output of the last node.
func features(nodes []lowered) tf.Output {
	if len(nodes) == 0 {
		return tf.Output{} // lower has put the error into the scope
	}
	return nodes[len(nodes)-1].out
}

// maxPool pads with zeros. torchvision pads with minus infinity, which gives the same,
// since the input has passed a ReLU.
func maxPool(s *op.Scope, step arch.Step, x tf.Output) tf.Output {
	side, stride := int64(step.Kernel), int64(step.Stride)
	return op.MaxPool(at(s), pad(s, x, step.Pad), []int64{1, side, side, 1}, []int64{1, stride, stride, 1}, "VALID")
}

// pad adds a border of zeros to the maps.
func pad(s *op.Scope, x tf.Output, by arch.Padding) tf.Output {
	if by == (arch.Padding{}) {
		return x
	}
	sides := [][]int32{{0, 0}, {int32(by.Top), int32(by.Bottom)}, {int32(by.Left), int32(by.Right)}, {0, 0}}
	return op.Pad(at(s), x, op.Const(at(s), sides))
}

// unpad removes a border from maps. inner is the shape inside the border.
func unpad(s *op.Scope, x tf.Output, by arch.Padding, inner arch.Shape) tf.Output {
	if by == (arch.Padding{}) {
		return x
	}
	from := []int32{0, int32(by.Top), int32(by.Left), 0}
	return op.Slice(at(s), x, op.Const(at(s), from), op.Const(at(s), []int32{-1, int32(inner.Height), int32(inner.Width), -1}))
}

func activate(s *op.Scope, a arch.Activation, x tf.Output) tf.Output {
	switch a {
	case arch.ReLU:
		return op.Relu(at(s), x)
	case arch.ReLU6:
		return op.Relu6(at(s), x)
	}
	return x
}

// l2Normalize divides each row by its length. A row of zeros stays zero, as in
// PyTorch's normalize, which takes lengths below 1e-12 as 1e-12.
func l2Normalize(s *op.Scope, x tf.Output) tf.Output {
	squared := op.Sum(at(s), op.Square(at(s), x), op.Const(at(s), []int32{1}), op.SumKeepDims(true))
	return op.Mul(at(s), x, op.Rsqrt(at(s), op.Maximum(at(s), squared, op.Const(at(s), float32(1e-24)))))
}

// graphName turns a node's name into a name for TensorFlow, where a name must not begin
// with an underscore.
func graphName(name string) string { return "n" + name }

func inverse(v [3]float32) []float32 {
	return []float32{1 / v[0], 1 / v[1], 1 / v[2]}
}

// at gives an operation a scope of its own, since op.Scope makes the names of scopes
// unique but not those of operations.
func at(s *op.Scope) *op.Scope { return s.SubScope("op") }
