package model

import (
	tf "github.com/tensorflow/tensorflow/tensorflow/go"
	"github.com/tensorflow/tensorflow/tensorflow/go/op"

	"edgeclr/model/arch"
)

// convolution is a convolution in the graph, with the tensors that its gradients
// read.
type convolution struct {
	step   arch.Step
	x      tf.Output    // [B,H,W,C] before any padding
	padded tf.Output    // the input of the operation: x, or x with zeros around it
	pad    arch.Padding // the zeros that padded has around x
	kernel tf.Output    // HWIO
	out    tf.Output
}

// convolve builds the convolution of a ConvBN node. The kernel is HWIO.
//
// Padding that is not TensorFlow's SAME becomes a Pad operation. oneDNN has no
// gradients of explicit paddings (TensorFlow's own are five times slower), and
// the C++ gradient of Conv2D silently drops them.
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

// inputGrad builds the gradient with respect to the input x. g is the gradient
// with respect to the output.
func (c convolution) inputGrad(s *op.Scope, g tf.Output) tf.Output {
	size := op.Shape(at(s), c.padded)
	if c.step.Depthwise {
		g = op.DepthwiseConv2dNativeBackpropInput(at(s), size, c.kernel, g, c.strides(), c.padding())
	} else {
		g = op.Conv2DBackpropInput(at(s), size, c.kernel, g, c.strides(), c.padding())
	}
	return unpad(s, g, c.pad, c.step.Input)
}

const (
	// maxFastColumns is the widest depthwise kernel whose gradient oneDNN computes
	// on its fast path. A wider kernel takes two to four times as long per weight.
	maxFastColumns = 3

	// maxPooledPixels is the largest map, in pixels, for which one matrix product
	// over all pixels of the batch is faster than one product per picture.
	maxPooledPixels = 128
)

// kernelGrad builds the gradient with respect to the kernel. g is the gradient
// with respect to the output. Where oneDNN's own gradient is slow, another form
// gives the same numbers faster; docs/benchmarks.md has the measurements.
func (c convolution) kernelGrad(s *op.Scope, g tf.Output) tf.Output {
	n := c.step
	switch {
	case n.Depthwise && n.Kernel > maxFastColumns:
		return c.wideDepthwiseGrad(s, g)
	case n.Depthwise:
		return op.DepthwiseConv2dNativeBackpropFilter(at(s), c.padded, op.Shape(at(s), c.kernel), g, c.strides(), c.padding())
	case n.Kernel == 1 && n.Stride == 1 && n.Pad == arch.Padding{}:
		return c.pointwiseGrad(s, g)
	}
	return op.Conv2DBackpropFilter(at(s), c.padded, op.Shape(at(s), c.kernel), g, c.strides(), c.padding())
}

// pointwiseGrad is the gradient with respect to a 1x1 kernel as a matrix
// product: the transposed input times the gradient, summed over all pixels.
func (c convolution) pointwiseGrad(s *op.Scope, g tf.Output) tf.Output {
	in, out := int32(c.step.In), int32(c.step.Out)
	if pixels := c.step.Input.Height * c.step.Input.Width; pixels > maxPooledPixels {
		rows := func(x tf.Output, channels int32) tf.Output {
			return op.Reshape(at(s), x, op.Const(at(s), []int32{-1, int32(pixels), channels}))
		}
		byPicture := op.BatchMatMulV2(at(s), rows(c.x, in), rows(g, out), op.BatchMatMulV2AdjX(true))
		g = op.Sum(at(s), byPicture, op.Const(at(s), []int32{0}))
	} else {
		rows := func(x tf.Output, channels int32) tf.Output {
			return op.Reshape(at(s), x, op.Const(at(s), []int32{-1, channels}))
		}
		g = op.MatMul(at(s), rows(c.x, in), rows(g, out), op.MatMulTransposeA(true))
	}
	return op.Reshape(at(s), g, op.Const(at(s), []int32{1, 1, in, out}))
}

// wideDepthwiseGrad is the gradient with respect to a wide depthwise kernel. It
// takes maxFastColumns columns of the kernel at a time. The gradient of such a
// part is that of a narrow kernel over the input shifted by as many columns.
func (c convolution) wideDepthwiseGrad(s *op.Scope, g tf.Output) tf.Output {
	n := c.step
	// The windows depend on the input alone. Unless they wait for the gradient,
	// TensorFlow makes them in the forward pass and keeps all of them until then.
	late := s.WithControlDependencies(g.Op)
	input := c.pad.Around(n.Input)
	var same arch.Padding // what the operation itself adds to its input
	if n.Same {
		same = n.Pad
	}
	width := (n.Output.Width-1)*n.Stride + maxFastColumns // columns of the input that a part reads
	size := op.Const(at(s), []int32{int32(n.Kernel), maxFastColumns, int32(n.In), 1})
	var parts []tf.Output
	for done := 0; done < n.Kernel; {
		first := min(done, n.Kernel-maxFastColumns) // the last part overlaps the one before
		x := window(late, c.padded, input.Width, first-same.Left, width, same)
		part := op.DepthwiseConv2dNativeBackpropFilter(at(s), x, size, g, c.strides(), "VALID")
		if twice := int32(done - first); twice > 0 {
			part = op.Slice(at(s), part, op.Const(at(s), []int32{0, twice, 0, 0}), op.Const(at(s), []int32{-1, -1, -1, -1}))
		}
		parts, done = append(parts, part), first+maxFastColumns
	}
	return op.ConcatV2(at(s), parts, op.Const(at(s), int32(1)))
}

// window cuts width columns out of x, starting at column first. x has columns
// columns, and a column outside x is zeros. The result also has the rows of zeros
// that pad adds at the top and at the bottom.
func window(s *op.Scope, x tf.Output, columns, first, width int, pad arch.Padding) tf.Output {
	from, to := max(first, 0), min(first+width, columns)
	if from > 0 || to < columns {
		x = op.Slice(at(s), x, op.Const(at(s), []int32{0, 0, int32(from), 0}), op.Const(at(s), []int32{-1, -1, int32(to - from), -1}))
	}
	left, right := int32(from-first), int32(first+width-to)
	return op.Pad(at(s), x, op.Const(at(s), [][]int32{{0, 0}, {int32(pad.Top), int32(pad.Bottom)}, {left, right}, {0, 0}}))
}
