package archtest

import (
	"math"
	"strings"

	"edgeclr/internal/tensor"
	"edgeclr/model/arch"
	"edgeclr/model/weights"
)

// The formulas of testdata/golden/model_formula.py, to the bit: pictures and
// weights that Go and PyTorch start from without storing them.

// mix is the finaliser of SplitMix64.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}

const golden64 = 0x9E3779B97F4A7C15

// Formula fills a tensor with values in low to high. They depend on its name.
func Formula(spec weights.Spec, low, high float64) tensor.Tensor {
	seed := uint64(0xCBF29CE484222325)
	for _, b := range []byte(spec.Name) {
		seed = (seed ^ uint64(b)) * 0x100000001B3
	}
	n := 1
	for _, d := range spec.Shape {
		n *= d
	}
	values := make([]float32, n)
	for i := range values {
		u := float64(mix(seed+uint64(i)*golden64)>>40) / (1 << 24)
		// The inner conversion keeps the compiler from fusing the operations, which
		// would round differently.
		values[i] = float32(low + float64((high-low)*u))
	}
	return tensor.Tensor{Name: spec.Name, Shape: spec.Shape, Data: values}
}

// Weights fills the tensors of an encoder.
func Weights(a *arch.Architecture) weights.Set {
	ranges := map[string][2]float64{
		".weight": {0.5, 1}, ".bias": {-0.2, 0.2}, ".running_mean": {-0.5, 0.5}, ".running_var": {0.5, 1.5},
	}
	var set weights.Set
	for _, spec := range a.Specs() {
		r := ranges[spec.Name[strings.LastIndexByte(spec.Name, '.'):]]
		if s := spec.Shape; len(s) == 4 {
			bound := math.Sqrt(6 / float64(s[1]*s[2]*s[3]))
			r = [2]float64{-bound, bound}
		}
		set = append(set, Formula(spec, r[0], r[1]))
	}
	return set
}

// Classifier fills the dense layer that a file may hold beside the encoder.
func Classifier(a *arch.Architecture) weights.Set {
	return Dense([]weights.Spec{
		{Name: a.Classifier + ".weight", Shape: []int{a.Classes, a.Features}},
		{Name: a.Classifier + ".bias", Shape: []int{a.Classes}},
	})
}

// Dense fills weight and bias of dense layers, in the order of specs.
func Dense(specs []weights.Spec) weights.Set {
	var set weights.Set
	bound := 0.0
	for _, spec := range specs {
		if len(spec.Shape) == 2 {
			bound = 1 / math.Sqrt(float64(spec.Shape[1]))
		}
		set = append(set, Formula(spec, -bound, bound))
	}
	return set
}

// Picture draws a square RGB picture: coloured waves, a disc, noise. View 1 is
// moved and darker.
func Picture(number, view, size int) []uint8 {
	look := mix(uint64(number))
	var b [8]int
	for k := range b {
		b[k] = int(look >> (8 * k) & 255)
	}
	pix := make([]uint8, 0, size*size*3)
	for y := range size {
		for x := range size {
			u, w := x*256/size+24*view, y*256/size+8*view
			du, dw, radius := u-64-b[5]/2, w-64-b[6]/2, 24+b[7]/4
			for c := range 3 {
				colour := ((1+b[0]%4)*u + (1+b[1]%4)*w + b[2+c] + 85*c) & 511
				colour = min(colour, 511-colour)
				if du*du+dw*dw < radius*radius {
					colour = b[2+c]
				}
				noise := mix((look^uint64(view))+uint64(len(pix))*golden64) >> 59
				pix = append(pix, uint8(colour*(4-view)/5+int(noise)))
			}
		}
	}
	return pix
}
