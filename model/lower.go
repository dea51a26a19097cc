package model

import (
	"fmt"

	tf "github.com/tensorflow/tensorflow/tensorflow/go"
	"github.com/tensorflow/tensorflow/tensorflow/go/op"

	"edgeclr/model/arch"
)

// normalized gives a ConvBN node's convolution with its batch normalisation,
// before the activation. Encoder and trainer differ in this alone: constants
// folded beforehand, variables folded in the graph, or statistics of the batch.
type normalized func(s *op.Scope, n arch.Node, x tf.Output) tf.Output

// lower builds an architecture into the graph, from uint8 images [B,S,S,3] on.
// What the last of the nodes gives are the features, [B,Features].
func lower(s *op.Scope, a *arch.Architecture, images tf.Output, conv normalized) []lowered {
	x := op.Cast(at(s), images, tf.Float)
	x = op.Mul(at(s), op.Sub(at(s), x, op.Const(at(s), a.Mean[:])), op.Const(at(s), inverse(a.Std)))

	outputs := map[string]tf.Output{arch.Input: x}
	last := arch.Input
	var nodes []lowered
	for _, n := range a.Nodes {
		node := s.SubScope(graphName(n.Name))
		sources := n.Inputs
		if len(sources) == 0 {
			sources = []string{last}
		}
		var in []tf.Output
		for _, name := range sources {
			in = append(in, outputs[name])
		}
		switch n.Op {
		case arch.ConvBN:
			x = conv(node, n, in[0])
		case arch.MaxPool:
			x = maxPool(node, n, in[0])
		case arch.Add:
			x = op.AddV2(at(node), in[0], in[1])
		case arch.GlobalMean:
			x = op.Mean(at(node), in[0], op.Const(at(node), []int32{1, 2}))
		default:
			s.UpdateErr("lower", fmt.Errorf("node %s: operation %d is not known", n.Name, n.Op))
			return nil
		}
		pre := x
		x = activate(node, n.Activation, pre)
		outputs[n.Name], last = x, n.Name
		nodes = append(nodes, lowered{node: n, sources: sources, in: in, pre: pre, out: x})
	}
	return nodes
}

// features are what the last node gives.
func features(nodes []lowered) tf.Output {
	if len(nodes) == 0 {
		return tf.Output{} // the scope holds the error
	}
	return nodes[len(nodes)-1].out
}

// convolve is the convolution of a ConvBN node; kernel is HWIO.
//
// Symmetric padding is a separate Pad, which oneDNN fuses: TensorFlow's C++
// gradient of Conv2D drops explicit paddings and would be wrong in silence.
func convolve(s *op.Scope, n arch.Node, x, kernel tf.Output) tf.Output {
	strides := []int64{1, int64(n.Stride), int64(n.Stride), 1}
	padding := "VALID"
	switch {
	case n.Padding == arch.SamePadding:
		padding = "SAME"
	case n.Padding > 0:
		x = pad(s, x, n.Padding)
	}
	if n.Depthwise {
		return op.DepthwiseConv2dNative(at(s), x, kernel, strides, padding)
	}
	return op.Conv2D(at(s), x, kernel, strides, padding)
}

// maxPool pads with zeros, which equals torchvision's padding with minus
// infinity because what comes in has passed a ReLU.
func maxPool(s *op.Scope, n arch.Node, x tf.Output) tf.Output {
	if n.Padding > 0 {
		x = pad(s, x, n.Padding)
	}
	side, stride := int64(n.Kernel), int64(n.Stride)
	return op.MaxPool(at(s), x, []int64{1, side, side, 1}, []int64{1, stride, stride, 1}, "VALID")
}

func pad(s *op.Scope, x tf.Output, by int) tf.Output {
	p := int32(by)
	return op.Pad(at(s), x, op.Const(at(s), [][]int32{{0, 0}, {p, p}, {p, p}, {0, 0}}))
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

// l2Normalize divides each row by its length; a row of zeros stays zero
// (PyTorch's normalize, whose floor of the length is 1e-12).
func l2Normalize(s *op.Scope, x tf.Output) tf.Output {
	squared := op.Sum(at(s), op.Square(at(s), x), op.Const(at(s), []int32{1}), op.SumKeepDims(true))
	return op.Mul(at(s), x, op.Rsqrt(at(s), op.Maximum(at(s), squared, op.Const(at(s), float32(1e-24)))))
}

// graphName makes a tensor name fit for TensorFlow, whose names may not begin
// with an underscore.
func graphName(name string) string { return "n" + name }

func inverse(v [3]float32) []float32 {
	return []float32{1 / v[0], 1 / v[1], 1 / v[2]}
}

// at gives an operation a scope of its own: op.Scope makes the names of scopes
// unique, and not those of operations.
func at(s *op.Scope) *op.Scope { return s.SubScope("op") }
