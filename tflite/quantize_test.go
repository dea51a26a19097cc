package tflite

import (
	"encoding/binary"
	"math"
	"slices"
	"testing"

	"edgeclr/tflite/internal/schema"
)

// A range becomes the scale and zero point that TensorFlow's converter gives: 0 is exact,
// and the bounds are within half a step.
func TestActivations(t *testing.T) {
	tests := []struct {
		name  string
		r     Range
		scale float32
		zero  int64
	}{
		{"pixels", Range{Min: 0, Max: 255}, 1, -128},
		{"ReLU6", Range{Min: 0, Max: 6}, 6.0 / 255, -128},
		{"Lite0's normalised pixels", Range{Min: -127.0 / 128, Max: 1}, 1.0 / 128, -1},
		{"both signs", Range{Min: -2, Max: 3}, 5.0 / 255, -26},
		{"never negative and never 0", Range{Min: 2, Max: 5}, 5.0 / 255, -128},
		{"negative", Range{Min: -5, Max: -2}, 5.0 / 255, 127},
		{"nothing but zeros", Range{}, 1.0 / 255, -128},
		{"next to nothing", Range{Max: 1e-30}, smallestScale, -128},
		{"wide", Range{Min: -3e38, Max: 3e38}, 6e38 / 255, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := activations(tt.r)
			if math.Abs(float64(q.scale[0]/tt.scale-1)) > 1e-6 || q.zero[0] != tt.zero || len(q.scale) != 1 {
				t.Errorf("%+v, want scale %v and zero point %d", *q, tt.scale, tt.zero)
			}
		})
	}
}

// int8Of reads a tensor's weights.
func int8Of(t tensor) []int8 {
	list := make([]int8, len(t.data))
	for i, b := range t.data {
		list[i] = int8(b)
	}
	return list
}

// int32Of reads a tensor's biases.
func int32Of(t tensor) []int32 {
	var list []int32
	for d := t.data; len(d) > 0; d = d[4:] {
		list = append(list, int32(binary.LittleEndian.Uint32(d)))
	}
	return list
}

func TestWeights(t *testing.T) {
	half := tensor{kind: schema.TensorTypeINT8, quant: &quantization{scale: []float32{0.5}, zero: []int64{3}}}
	tests := []struct {
		name    string
		shape   []int32
		axis    int
		data    []float32
		bias    []float32
		weights []int8
		scales  []float32
		sums    []int32
	}{
		{"one scale for each channel", []int32{2, 1, 1, 2}, 0, []float32{127, -63.5, 0.25, -1}, []float32{10, -1},
			[]int8{127, -64, 32, -127}, []float32{1, 1.0 / 127}, []int32{20, -254}},
		{"depthwise: channels last", []int32{1, 1, 2, 2}, 3, []float32{127, 1, -1, -0.5}, []float32{0, 0},
			[]int8{127, 127, -1, -64}, []float32{1, 1.0 / 127}, []int32{0, 0}},
		{"dense: one scale", []int32{2, 2}, 0, []float32{127, -63.5, 0.25, -1}, []float32{10, -1},
			[]int8{127, -64, 0, -1}, []float32{1}, []int32{20, -2}},
		{"a dead channel with a bias", []int32{2, 1, 1, 1}, 0, []float32{0, 1}, []float32{3, 0},
			[]int8{0, 127}, []float32{6.0 / (1 << 30), 1.0 / 127}, []int32{1 << 30, 0}},
		{"all dead", []int32{1, 1, 1, 2}, 0, []float32{0, 0}, []float32{0}, []int8{0, 0}, []float32{smallestScale}, []int32{0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w, b := integers{}.weights(half, values{"kernel", tt.shape, tt.data}, values{"bias", []int32{int32(len(tt.bias))}, tt.bias}, tt.axis)
			if got := int8Of(w); !slices.Equal(got, tt.weights) {
				t.Errorf("weights %v, want %v", got, tt.weights)
			}
			if !slices.Equal(w.quant.scale, tt.scales) || slices.ContainsFunc(w.quant.zero, func(z int64) bool { return z != 0 }) {
				t.Errorf("scales %v, zero points %v, want scales %v", w.quant.scale, w.quant.zero, tt.scales)
			}
			if got := int32Of(b); !slices.Equal(got, tt.sums) {
				t.Errorf("bias %v, want %v", got, tt.sums)
			}
			for i, s := range b.quant.scale {
				if s != 0.5*tt.scales[i] {
					t.Errorf("scale %d of the bias is %v, want the input's times the kernel's", i, s)
				}
			}
		})
	}
}

// With the means of the input, the mean of the output is that of the float layer.
func TestCorrectedBias(t *testing.T) {
	data := []float32{127, 0.4, -0.3, 1, // channel 0 rounds 0.4 and -0.3 to 0
		-127, 2, 0.2, 5}
	means := []float32{10, 1000, 1000, -20}
	input := tensor{kind: schema.TensorTypeINT8, quant: &quantization{scale: []float32{1}, zero: []int64{0}}, means: means}
	bias := []float32{7, -7}
	w, b := integers{}.weights(input, values{"kernel", []int32{2, 1, 1, 4}, data}, values{"bias", []int32{2}, bias}, 0)
	quantized, sums := int8Of(w), int32Of(b)
	for o := range bias {
		want, got := float64(bias[o]), float64(sums[o])*float64(b.quant.scale[o])
		for i, m := range means {
			want += float64(data[4*o+i]) * float64(m)
			got += float64(quantized[4*o+i]) * float64(w.quant.scale[o]) * float64(m)
		}
		if math.Abs(want-got) > float64(b.quant.scale[o]) {
			t.Errorf("channel %d: mean %v, in float %v", o, got, want)
		}
	}
}
