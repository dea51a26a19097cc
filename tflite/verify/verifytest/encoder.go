package verifytest

import (
	"math"

	"edgeclr/tflite/internal/schema"
)

// Dim is the length of the vector of [Encoder].
const Dim = 8

// Encoder is a small encoder of size pixels: a convolution of 8 filters of 4x4 pixels
// with a stride of 4, ReLU, and the mean over the picture. Type is that of its input and
// output. Integers have the usual scale: 1/255 in, and 1/256 out.
func Encoder(size int32, typ schema.TensorType) Graph {
	kernel := make([]float32, Dim*4*4*3)
	for i := range kernel {
		kernel[i] = float32(math.Sin(float64(i+1))) / 8
	}
	side := (size + 3) / 4
	g := Graph{
		Tensors: []Tensor{
			{Name: "image", Type: typ, Shape: []int32{1, size, size, 3}},
			{Name: "kernel", Shape: []int32{Dim, 4, 4, 3}, Data: Floats(kernel...)},
			{Name: "bias", Shape: []int32{Dim}, Data: Floats(make([]float32, Dim)...)},
			{Name: "map", Type: typ, Shape: []int32{1, side, side, Dim}},
			{Name: "axes", Type: schema.TensorTypeINT32, Shape: []int32{2}, Data: Ints(1, 2)},
			{Name: "embedding", Type: typ, Shape: []int32{1, Dim}},
		},
		Operators: []Operator{
			{Code: schema.BuiltinOperatorCONV_2D, Inputs: []int32{0, 1, 2}, Outputs: []int32{3}, Options: schema.BuiltinOptionsConv2DOptions,
				Fields: []any{byte(0), int32(4), int32(4), byte(1), int32(1), int32(1)}},
			{Code: schema.BuiltinOperatorMEAN, Inputs: []int32{3, 4}, Outputs: []int32{5}, Options: schema.BuiltinOptionsReducerOptions, Fields: []any{byte(0)}},
		},
		Inputs: []int32{0}, Outputs: []int32{5}, Signature: true,
	}
	if typ == schema.TensorTypeFLOAT32 {
		return g
	}
	zero := int64(0)
	if typ == schema.TensorTypeINT8 {
		zero = math.MinInt8
	}
	const scaleIn, scaleKernel, scaleMap, scaleOut = 1. / 255, 1. / 1000, 1. / 64, 1. / 256
	bytes, zeroKernel := make([]byte, len(kernel)), int64(0)
	if typ == schema.TensorTypeUINT8 {
		zeroKernel = 128
	}
	for i, v := range kernel {
		bytes[i] = byte(int64(math.Round(float64(v)/scaleKernel)) + zeroKernel)
	}
	set := func(i int, t schema.TensorType, scale float32, zero int64) {
		g.Tensors[i].Type, g.Tensors[i].Scales, g.Tensors[i].Zeros = t, []float32{scale}, []int64{zero}
	}
	set(0, typ, scaleIn, zero)
	set(1, typ, scaleKernel, zeroKernel)
	set(2, schema.TensorTypeINT32, scaleIn*scaleKernel, 0)
	set(3, typ, scaleMap, zero)
	set(5, typ, scaleOut, zero)
	g.Tensors[1].Data = bytes
	return g
}

// Type is the type of package schema with the number of the file's schema. Packages
// outside of tflite cannot name it.
func Type[T ~byte](number T) schema.TensorType { return schema.TensorType(number) }

// WithoutBias is a graph of 32 pixels with a depthwise convolution that has no bias.
// LiteRT 2.3.0 crashes when it runs it.
func WithoutBias() Graph {
	return Graph{
		Tensors: []Tensor{
			{Name: "image", Type: schema.TensorTypeFLOAT32, Shape: []int32{1, 32, 32, 3}},
			{Name: "kernel", Shape: []int32{1, 32, 32, 3}, Data: Floats(make([]float32, 3*32*32)...)},
			{Name: "embedding", Shape: []int32{1, 1, 1, 3}},
		},
		Operators: []Operator{{Code: schema.BuiltinOperatorDEPTHWISE_CONV_2D, Inputs: []int32{0, 1}, Outputs: []int32{2},
			Options: schema.BuiltinOptionsDepthwiseConv2DOptions, Fields: []any{byte(1), int32(1), int32(1), int32(1), byte(0), int32(1), int32(1)}}},
		Inputs: []int32{0}, Outputs: []int32{2}, Signature: true,
	}
}
