package model

import (
	"fmt"

	tf "github.com/tensorflow/tensorflow/tensorflow/go"
	"github.com/tensorflow/tensorflow/tensorflow/go/op"

	"edgeclr/model/arch"
)

// normalized gives a ConvBN node's convolution with its batch normalisation.
// Encoder and trainer differ in this alone: variables folded beforehand,
// folded in the graph, or statistics of the batch.
type normalized func(s *op.Scope, n arch.Node, x tf.Output) convolved

// convolved is a convolution with its batch normalisation.
type convolved struct {
	convolution
	bias tf.Output // what a folded normalisation adds, [C]; not set when it is not folded
	pre  tf.Output // the result, before the activation
}

// lower builds an architecture into the graph, from uint8 images [B,S,S,3] on.
// What the last of the nodes gives are the features, [B,Features].
func lower(s *op.Scope, a *arch.Architecture, images tf.Output, conv normalized) []lowered {
	x := op.Cast(at(s), images, tf.Float)
	x = op.Mul(at(s), op.Sub(at(s), x, op.Const(at(s), a.Mean[:])), op.Const(at(s), inverse(a.Std)))

	outputs := map[string]tf.Output{arch.Input: x}
	margins := poolMargins(a)
	var nodes []lowered
	for i, n := range a.Nodes {
		node := s.SubScope(graphName(n.Name))
		sources := a.Sources(i)
		var in []tf.Output
		for _, name := range sources {
			in = append(in, outputs[name])
		}
		var made convolved
		switch n.Op {
		case arch.ConvBN:
			made = conv(node, n, in[0])
			x = made.pre
		case arch.MaxPool:
			x = maxPool(node, n, in[0], n.Padding-margins[sources[0]])
		case arch.Add:
			x = op.AddV2(at(node), in[0], in[1])
		case arch.GlobalMean:
			x = op.Mean(at(node), in[0], op.Const(at(node), []int32{1, 2}))
		default:
			s.UpdateErr("lower", fmt.Errorf("node %s: operation %d is not known", n.Name, n.Op))
			return nil
		}
		pre := x
		margin := margins[n.Name]
		x = activate(node, n.Activation, pad(node, pre, margin))
		outputs[n.Name] = x
		nodes = append(nodes, lowered{node: n, sources: sources, in: in, conv: made, pre: pre, margin: margin, out: x})
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

// poolMargins gives the padding of a MaxPool to the node that it reads, by that
// node's name, where nothing else reads it: padded before the activation, which
// leaves zeros zero, the map is kept once until its gradient and not twice.
func poolMargins(a *arch.Architecture) map[string]int {
	readers, margins := map[string]int{}, map[string]int{}
	for i, n := range a.Nodes {
		for _, source := range a.Sources(i) {
			readers[source]++
			if n.Op == arch.MaxPool && source != arch.Input {
				margins[source] = n.Padding
			}
		}
	}
	for source := range margins {
		if readers[source] > 1 {
			delete(margins, source)
		}
	}
	return margins
}

// maxPool pads with zeros, which equals torchvision's padding with minus
// infinity because what comes in has passed a ReLU.
func maxPool(s *op.Scope, n arch.Node, x tf.Output, padding int) tf.Output {
	side, stride := int64(n.Kernel), int64(n.Stride)
	return op.MaxPool(at(s), pad(s, x, padding), []int64{1, side, side, 1}, []int64{1, stride, stride, 1}, "VALID")
}

// pad adds that many rows and columns of zeros at each side of the maps.
func pad(s *op.Scope, x tf.Output, by int) tf.Output {
	if by == 0 {
		return x
	}
	p := int32(by)
	return op.Pad(at(s), x, op.Const(at(s), [][]int32{{0, 0}, {p, p}, {p, p}, {0, 0}}))
}

// unpad takes by rows and columns off again, at the top and at the left; what
// remains has the shape of like.
func unpad(s *op.Scope, x tf.Output, by int, like tf.Output) tf.Output {
	if by == 0 {
		return x
	}
	p := int32(by)
	return op.Slice(at(s), x, op.Const(at(s), []int32{0, p, p, 0}), op.Shape(at(s), like))
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
