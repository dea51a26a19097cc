package model

import (
	tf "github.com/tensorflow/tensorflow/tensorflow/go"
	"github.com/tensorflow/tensorflow/tensorflow/go/op"

	"edgeclr/model/arch"
)

const (
	// fastColumns is the widest depthwise kernel whose gradient oneDNN computes
	// on its fast path; a wider one takes two to four times as long for a weight.
	fastColumns = 3

	// fewPixels is the size of a map up to which one product of matrices over
	// all pixels of a batch is faster than one for each picture.
	fewPixels = 128
)

// byPixels is the gradient by a 1x1 kernel as what it is, a product of
// matrices: input transposed times gradient, summed over all pixels.
func (c convolution) byPixels(s *op.Scope, g tf.Output) tf.Output {
	in, out := int32(c.step.In), int32(c.step.Out)
	if pixels := c.step.Input.Height * c.step.Input.Width; pixels > fewPixels {
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

// byColumns is the gradient by a wide depthwise kernel, taken fastColumns columns
// of the kernel at a time: each such part is the gradient by a narrow kernel
// over the input shifted by as many columns.
func (c convolution) byColumns(s *op.Scope, g tf.Output) tf.Output {
	n := c.step
	// The windows depend on the input alone: unless they wait for the gradient,
	// TensorFlow makes them in the forward pass and keeps them all until then.
	late := s.WithControlDependencies(g.Op)
	input := c.pad.Around(n.Input)
	var same arch.Padding // what the operation itself adds to its input
	if n.Same {
		same = n.Pad
	}
	reach := (n.Output.Width-1)*n.Stride + fastColumns // columns of the input that a part reads
	size := op.Const(at(s), []int32{int32(n.Kernel), fastColumns, int32(n.In), 1})
	var parts []tf.Output
	for done := 0; done < n.Kernel; {
		first := min(done, n.Kernel-fastColumns) // the last part overlaps the one before
		x := window(late, c.padded, input.Width, first-same.Left, reach, same)
		part := op.DepthwiseConv2dNativeBackpropFilter(at(s), x, size, g, c.strides(), "VALID")
		if twice := int32(done - first); twice > 0 {
			part = op.Slice(at(s), part, op.Const(at(s), []int32{0, twice, 0, 0}), op.Const(at(s), []int32{-1, -1, -1, -1}))
		}
		parts, done = append(parts, part), first+fastColumns
	}
	return op.ConcatV2(at(s), parts, op.Const(at(s), int32(1)))
}

// window gives width columns of x, which has columns of them, from the first on,
// with zeros where x has none; and the rows of zeros of pad above and below.
func window(s *op.Scope, x tf.Output, columns, first, width int, pad arch.Padding) tf.Output {
	from, to := max(first, 0), min(first+width, columns)
	if from > 0 || to < columns {
		x = op.Slice(at(s), x, op.Const(at(s), []int32{0, 0, int32(from), 0}), op.Const(at(s), []int32{-1, -1, int32(to - from), -1}))
	}
	left, right := int32(from-first), int32(first+width-to)
	return op.Pad(at(s), x, op.Const(at(s), [][]int32{{0, 0}, {int32(pad.Top), int32(pad.Bottom)}, {left, right}, {0, 0}}))
}
