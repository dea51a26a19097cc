package tflite

import "edgeclr/model/arch"

// kernel brings the kernel of a convolution into the file's layout: [O,I,H,W] becomes
// [O,H,W,I], and that of a depthwise one, [C,1,H,W], becomes [1,H,W,C]. axis is the
// dimension of the output channels.
func kernel(n arch.Node, data []float32) (v values, axis int) {
	in, side := n.KernelShape()[1], n.Kernel
	moved := make([]float32, len(data))
	for o := range n.Out {
		for i := range in {
			for at := range side * side { // y*side + x
				to := (o*side*side+at)*in + i
				if n.Depthwise {
					to = at*n.Out + o
				}
				moved[to] = data[(o*in+i)*side*side+at]
			}
		}
	}
	if n.Depthwise {
		return values{n.Weight, []int32{1, int32(side), int32(side), int32(n.Out)}, moved}, 3
	}
	return values{n.Weight, []int32{int32(n.Out), int32(side), int32(side), int32(in)}, moved}, 0
}

// dims returns the shape of one picture's map: [1,H,W,C].
func dims(s arch.Shape) []int32 {
	return []int32{1, int32(s.Height), int32(s.Width), int32(s.Channels)}
}
