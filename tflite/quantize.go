package tflite

import (
	"encoding/binary"
	"math"

	"edgeclr/tflite/internal/schema"
)

// integers holds numbers as int8: activations with one scale and zero point for a tensor,
// kernels symmetrically with one scale for each output channel, biases as int32 (LiteRT
// 8-bit quantization specification).
type integers struct{ of Ranges }

func (integers) computed(name string, shape []int32, r Range) tensor {
	return tensor{name: name, kind: schema.TensorTypeINT8, shape: shape, quant: activations(r), means: r.Means}
}

func (n integers) ranges() Ranges { return n.of }

// weights quantises a kernel and its bias. The bias also takes the mean of the error that
// the kernel's rounding causes, where the means of the input are known.
func (integers) weights(input tensor, kernel, bias values, axis int) (tensor, tensor) {
	in := input.quant.scale[0]
	k := channels{kernel, axis}
	scales := k.scales(bias.data, in)
	quantized := k.quantize(scales)
	sums := make([]int32, len(bias.data))
	for o, b := range k.correct(bias.data, input.means, quantized, scales) {
		sums[o] = quantizeBias(b, in, scales[o%len(scales)])
	}
	// The bias states the scales that it has by the kernel and the input: readers compare.
	products := make([]float32, len(scales))
	for o, s := range scales {
		products[o] = in * s
	}
	data := make([]byte, len(quantized))
	for i, q := range quantized {
		data[i] = byte(q)
	}
	return tensor{name: kernel.name, kind: schema.TensorTypeINT8, shape: kernel.shape, data: data, quant: symmetric(scales, axis)},
		tensor{name: bias.name, kind: schema.TensorTypeINT32, shape: bias.shape, data: words(sums), quant: symmetric(products, 0)}
}

// symmetric is a quantisation with the zero point 0.
func symmetric(scales []float32, axis int) *quantization {
	if len(scales) == 1 {
		axis = 0
	}
	return &quantization{scale: scales, zero: make([]int64, len(scales)), axis: int32(axis)}
}

// integer makes an int8 tensor of one positive value.
func (v values) integer() tensor {
	return tensor{name: v.name, kind: schema.TensorTypeINT8, shape: v.shape, data: []byte{widestWeight},
		quant: symmetric([]float32{v.data[0] / widestWeight}, 0)}
}

// words are little-endian int32.
func words(list []int32) []byte {
	data := make([]byte, 0, 4*len(list))
	for _, x := range list {
		data = binary.LittleEndian.AppendUint32(data, uint32(x))
	}
	return data
}

// widestWeight is the largest weight. -128 is not used: the specification wants a
// symmetric range.
const widestWeight = 127

// channels is a kernel whose output channels are counted by the dimension axis, the first
// or the last. The last dimension counts the input channels.
type channels struct {
	values
	axis int
}

// output is the output channel of weight i.
func (c channels) output(i int) int {
	n := int(c.shape[c.axis])
	if c.axis > 0 {
		return i % n
	}
	return i / (len(c.data) / n)
}

// scales returns one scale for each output channel, or a single one for a dense layer:
// FULLY_CONNECTED takes more only in later versions.
//
// A scale is the smallest with which the weights fit into int8 and the bias into 30 bits,
// so that the sum that is added to it has room. A channel whose weights are almost
// nothing may have a large bias.
func (c channels) scales(bias []float32, in float32) []float32 {
	widest := make([]float64, len(bias))
	for i, v := range c.data {
		o := c.output(i)
		widest[o] = max(widest[o], math.Abs(float64(v))/widestWeight)
	}
	for o, b := range bias {
		widest[o] = max(widest[o], math.Abs(float64(b))/float64(in)/(1<<30))
	}
	if len(c.shape) == 2 { // dense
		for _, w := range widest[1:] {
			widest[0] = max(widest[0], w)
		}
		widest = widest[:1]
	}
	scales := make([]float32, len(widest))
	for o, w := range widest {
		scales[o] = float32(max(w, smallestScale))
	}
	return scales
}

// quantize rounds the weights to multiples of the scale of their channel.
func (c channels) quantize(scales []float32) []int8 {
	quantized := make([]int8, len(c.data))
	for i, v := range c.data {
		q := math.Round(float64(v) / float64(scales[c.output(i)%len(scales)]))
		quantized[i] = int8(min(max(q, -widestWeight), widestWeight))
	}
	return quantized
}

// correct subtracts from the bias the mean error that the rounding of the kernel causes
// (Nagel et al. 2019, "Data-Free Quantization Through Weight Equalization and Bias
// Correction", section 4.2). means is the mean of each input channel; without it the bias
// stays. A padded border is taken for pixels of the mean.
func (c channels) correct(bias, means []float32, quantized []int8, scales []float32) []float32 {
	if means == nil {
		return bias
	}
	lost := make([]float64, len(bias))
	for i, v := range c.data {
		o := c.output(i)
		lost[o] += (float64(quantized[i])*float64(scales[o%len(scales)]) - float64(v)) * float64(means[i%len(means)])
	}
	corrected := make([]float32, len(bias))
	for o, b := range bias {
		corrected[o] = float32(float64(b) - lost[o])
	}
	return corrected
}

// quantizeBias rounds a bias to multiples of the scale of the sums that it is added to.
func quantizeBias(bias, in, weight float32) int32 {
	q := math.Round(float64(bias) / (float64(in) * float64(weight)))
	return int32(min(max(q, math.MinInt32), math.MaxInt32))
}
