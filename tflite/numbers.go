package tflite

import (
	"encoding/binary"
	"math"

	"edgeclr/tflite/internal/schema"
)

// numbers is how the tensors of a network hold their values: as float32, or as int8.
type numbers interface {
	// computed describes a result that holds values in that range.
	computed(name string, shape []int32, r Range) tensor

	// weights describes a kernel and its bias. input is what the operator reads, and axis
	// the dimension of the kernel that counts the output channels.
	weights(input tensor, kernel, bias values, axis int) (tensor, tensor)

	// ranges are the ranges of the results of the steps; nil if they are not needed.
	ranges() Ranges
}

// values are the numbers of a constant, in the file's layout.
type values struct {
	name  string
	shape []int32
	data  []float32
}

// float holds numbers as float32.
type float struct{}

func (float) computed(name string, shape []int32, _ Range) tensor {
	return tensor{name: name, kind: schema.TensorTypeFLOAT32, shape: shape}
}

func (float) weights(_ tensor, kernel, bias values, _ int) (tensor, tensor) {
	return kernel.floats(), bias.floats()
}

func (float) ranges() Ranges { return nil }

// floats makes a tensor of float32.
func (v values) floats() tensor {
	data := make([]byte, 0, 4*len(v.data))
	for _, x := range v.data {
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(x))
	}
	return tensor{name: v.name, kind: schema.TensorTypeFLOAT32, shape: v.shape, data: data}
}

// indices makes a tensor of int32: axes, or borders.
func indices(name string, shape []int32, list ...int32) tensor {
	var data []byte
	for _, x := range list {
		data = binary.LittleEndian.AppendUint32(data, uint32(x))
	}
	return tensor{name: name, kind: schema.TensorTypeINT32, shape: shape, data: data}
}
