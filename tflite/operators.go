package tflite

import (
	flatbuffers "github.com/google/flatbuffers/go"

	"edgeclr/model/arch"
	"edgeclr/tflite/internal/schema"
)

// options are the attributes of an operator.
type options interface {
	kind() schema.BuiltinOptions
	write(b *flatbuffers.Builder) flatbuffers.UOffsetT
}

// convolution are the options of CONV_2D and DEPTHWISE_CONV_2D.
type convolution struct {
	depthwise  bool
	stride     int
	same       bool // padding: SAME, else VALID
	activation arch.Activation
}

func (o convolution) kind() schema.BuiltinOptions {
	if o.depthwise {
		return schema.BuiltinOptionsDepthwiseConv2DOptions
	}
	return schema.BuiltinOptionsConv2DOptions
}

func (o convolution) write(b *flatbuffers.Builder) flatbuffers.UOffsetT {
	if o.depthwise {
		schema.DepthwiseConv2DOptionsStart(b)
		schema.DepthwiseConv2DOptionsAddPadding(b, padding(o.same))
		schema.DepthwiseConv2DOptionsAddStrideW(b, int32(o.stride))
		schema.DepthwiseConv2DOptionsAddStrideH(b, int32(o.stride))
		schema.DepthwiseConv2DOptionsAddDepthMultiplier(b, 1)
		schema.DepthwiseConv2DOptionsAddFusedActivationFunction(b, fused(o.activation))
		return schema.DepthwiseConv2DOptionsEnd(b)
	}
	schema.Conv2DOptionsStart(b)
	schema.Conv2DOptionsAddPadding(b, padding(o.same))
	schema.Conv2DOptionsAddStrideW(b, int32(o.stride))
	schema.Conv2DOptionsAddStrideH(b, int32(o.stride))
	schema.Conv2DOptionsAddFusedActivationFunction(b, fused(o.activation))
	return schema.Conv2DOptionsEnd(b)
}

// pool are the options of MAX_POOL_2D. It has no activation: the Edge TPU compiler
// refuses one.
type pool struct {
	window, stride int
	same           bool
}

func (pool) kind() schema.BuiltinOptions { return schema.BuiltinOptionsPool2DOptions }

func (o pool) write(b *flatbuffers.Builder) flatbuffers.UOffsetT {
	schema.Pool2DOptionsStart(b)
	schema.Pool2DOptionsAddPadding(b, padding(o.same))
	schema.Pool2DOptionsAddStrideW(b, int32(o.stride))
	schema.Pool2DOptionsAddStrideH(b, int32(o.stride))
	schema.Pool2DOptionsAddFilterWidth(b, int32(o.window))
	schema.Pool2DOptionsAddFilterHeight(b, int32(o.window))
	return schema.Pool2DOptionsEnd(b)
}

// addition are the options of ADD.
type addition struct{ activation arch.Activation }

func (addition) kind() schema.BuiltinOptions { return schema.BuiltinOptionsAddOptions }

func (o addition) write(b *flatbuffers.Builder) flatbuffers.UOffsetT {
	schema.AddOptionsStart(b)
	schema.AddOptionsAddFusedActivationFunction(b, fused(o.activation))
	return schema.AddOptionsEnd(b)
}

// dense are the options of FULLY_CONNECTED.
type dense struct{ activation arch.Activation }

func (dense) kind() schema.BuiltinOptions { return schema.BuiltinOptionsFullyConnectedOptions }

func (o dense) write(b *flatbuffers.Builder) flatbuffers.UOffsetT {
	schema.FullyConnectedOptionsStart(b)
	schema.FullyConnectedOptionsAddFusedActivationFunction(b, fused(o.activation))
	return schema.FullyConnectedOptionsEnd(b)
}

// concatenation are the options of CONCATENATION along the values of [1,D].
type concatenation struct{}

func (concatenation) kind() schema.BuiltinOptions { return schema.BuiltinOptionsConcatenationOptions }

func (concatenation) write(b *flatbuffers.Builder) flatbuffers.UOffsetT {
	schema.ConcatenationOptionsStart(b)
	schema.ConcatenationOptionsAddAxis(b, 1)
	return schema.ConcatenationOptionsEnd(b)
}

// empty are options whose fields all have their default. Readers want the table.
type empty struct{ of schema.BuiltinOptions }

func (o empty) kind() schema.BuiltinOptions { return o.of }

// write adds a table without fields, which is the same for every kind of options.
func (empty) write(b *flatbuffers.Builder) flatbuffers.UOffsetT {
	b.StartObject(0)
	return b.EndObject()
}

func padding(same bool) schema.Padding {
	if same {
		return schema.PaddingSAME
	}
	return schema.PaddingVALID
}

func fused(a arch.Activation) schema.ActivationFunctionType {
	switch a {
	case arch.ReLU:
		return schema.ActivationFunctionTypeRELU
	case arch.ReLU6:
		return schema.ActivationFunctionTypeRELU6
	}
	return schema.ActivationFunctionTypeNONE
}

// version returns the lowest version of an operator that expresses a use of it, by
// TensorFlow's tensorflow/lite/tools/versioning/op_version.cc. int8 says that its first
// input is int8.
func version(code schema.BuiltinOperator, int8 bool) int32 {
	if !int8 {
		return 1
	}
	switch code {
	case schema.BuiltinOperatorQUANTIZE:
		return 1
	case schema.BuiltinOperatorCONV_2D, schema.BuiltinOperatorDEPTHWISE_CONV_2D:
		return 3
	case schema.BuiltinOperatorFULLY_CONNECTED:
		return 4
	}
	return 2
}
