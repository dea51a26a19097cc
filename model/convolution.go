package model

import (
	tf "github.com/tensorflow/tensorflow/tensorflow/go"
	"github.com/tensorflow/tensorflow/tensorflow/go/op"

	"edgeclr/model/arch"
)

// convolution is one in the graph, with what its gradients need.
type convolution struct {
	node   arch.Node
	x      tf.Output // [B,H,W,C] before any padding
	padded tf.Output // what the operation reads: x itself unless it had to be padded
	kernel tf.Output // HWIO
	margin int       // rows and columns of zeros that padded has at the top and at the left
	same   bool      // TensorFlow's SAME, else VALID
	out    tf.Output
}

// convolve is the convolution of a ConvBN node; kernel is HWIO.
//
// With stride 1 symmetric padding is TensorFlow's SAME. With a larger stride it
// is not, and becomes a Pad of its own: oneDNN has no gradients of explicit
// paddings (TensorFlow's own are five times slower), and the C++ gradient of
// Conv2D drops them in silence.
func convolve(s *op.Scope, n arch.Node, x, kernel tf.Output) convolution {
	c := convolution{node: n, x: x, padded: x, kernel: kernel, same: true}
	if n.Padding != arch.SamePadding && (n.Stride > 1 || 2*n.Padding != n.Kernel-1) {
		c.same, c.margin = false, n.Padding
		c.padded = pad(s, x, c.margin)
	}
	if n.Depthwise {
		c.out = op.DepthwiseConv2dNative(at(s), c.padded, kernel, c.strides(), c.padding())
	} else {
		c.out = op.Conv2D(at(s), c.padded, kernel, c.strides(), c.padding())
	}
	return c
}

func (c convolution) strides() []int64 {
	return []int64{1, int64(c.node.Stride), int64(c.node.Stride), 1}
}

func (c convolution) padding() string {
	if c.same {
		return "SAME"
	}
	return "VALID"
}

// byInput is the gradient by x, from that by the output.
func (c convolution) byInput(s *op.Scope, g tf.Output) tf.Output {
	size := op.Shape(at(s), c.padded)
	if c.node.Depthwise {
		g = op.DepthwiseConv2dNativeBackpropInput(at(s), size, c.kernel, g, c.strides(), c.padding())
	} else {
		g = op.Conv2DBackpropInput(at(s), size, c.kernel, g, c.strides(), c.padding())
	}
	return unpad(s, g, c.margin, c.x)
}

// byKernel is the gradient by the kernel, from that by the output. Where oneDNN's
// kernels are slow it takes another way to the same numbers; docs/benchmarks.md
// has the figures.
func (c convolution) byKernel(s *op.Scope, g tf.Output) tf.Output {
	n := c.node
	switch {
	case n.Depthwise && n.Kernel > fastColumns:
		return c.byColumns(s, g)
	case n.Depthwise:
		return op.DepthwiseConv2dNativeBackpropFilter(at(s), c.padded, op.Shape(at(s), c.kernel), g, c.strides(), c.padding())
	case n.Kernel == 1 && n.Stride == 1:
		return c.byPixels(s, g)
	}
	return op.Conv2DBackpropFilter(at(s), c.padded, op.Shape(at(s), c.kernel), g, c.strides(), c.padding())
}
