package model

import (
	tf "github.com/tensorflow/tensorflow/tensorflow/go"
	"github.com/tensorflow/tensorflow/tensorflow/go/op"

	"edgeclr/model/arch"
)

// convolution is one in the graph, with what its gradients need.
type convolution struct {
	step   arch.Step
	x      tf.Output    // [B,H,W,C] before any padding
	padded tf.Output    // what the operation reads: x itself unless it had to be padded
	pad    arch.Padding // what padded has around x
	kernel tf.Output    // HWIO
	out    tf.Output
}

// convolve is the convolution of a ConvBN node; kernel is HWIO.
//
// Padding that is not TensorFlow's SAME becomes a Pad of its own: oneDNN has no
// gradients of explicit paddings (TensorFlow's own are five times slower), and the
// C++ gradient of Conv2D drops them in silence.
func convolve(s *op.Scope, step arch.Step, x, kernel tf.Output) convolution {
	c := convolution{step: step, x: x, kernel: kernel}
	if !step.Same {
		c.pad = step.Pad
	}
	c.padded = pad(s, x, c.pad)
	if step.Depthwise {
		c.out = op.DepthwiseConv2dNative(at(s), c.padded, kernel, c.strides(), c.padding())
	} else {
		c.out = op.Conv2D(at(s), c.padded, kernel, c.strides(), c.padding())
	}
	return c
}

func (c convolution) strides() []int64 {
	return []int64{1, int64(c.step.Stride), int64(c.step.Stride), 1}
}

func (c convolution) padding() string {
	if c.step.Same {
		return "SAME"
	}
	return "VALID"
}

// byInput is the gradient by x, from that by the output.
func (c convolution) byInput(s *op.Scope, g tf.Output) tf.Output {
	size := op.Shape(at(s), c.padded)
	if c.step.Depthwise {
		g = op.DepthwiseConv2dNativeBackpropInput(at(s), size, c.kernel, g, c.strides(), c.padding())
	} else {
		g = op.Conv2DBackpropInput(at(s), size, c.kernel, g, c.strides(), c.padding())
	}
	return unpad(s, g, c.pad, c.x)
}

// byKernel is the gradient by the kernel, from that by the output. Where oneDNN's
// kernels are slow it takes another way to the same numbers; docs/benchmarks.md
// has the figures.
func (c convolution) byKernel(s *op.Scope, g tf.Output) tf.Output {
	n := c.step
	switch {
	case n.Depthwise && n.Kernel > fastColumns:
		return c.byColumns(s, g)
	case n.Depthwise:
		return op.DepthwiseConv2dNativeBackpropFilter(at(s), c.padded, op.Shape(at(s), c.kernel), g, c.strides(), c.padding())
	case n.Kernel == 1 && n.Stride == 1 && n.Pad == arch.Padding{}:
		return c.byPixels(s, g)
	}
	return op.Conv2DBackpropFilter(at(s), c.padded, op.Shape(at(s), c.kernel), g, c.strides(), c.padding())
}
