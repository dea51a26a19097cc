package model

import (
	"math"
	"math/rand/v2"
	"strings"

	"edgeclr/internal/tensor"
	"edgeclr/model/arch"
	"edgeclr/model/objective"
	"edgeclr/model/weights"
)

// Random draws an encoder's weights from a seed, for architectures without a
// weights file. Kernels follow He et al. 2015 ("Delving Deep into Rectifiers",
// equation 10, fan out, as in torchvision). Batch normalisation is the identity.
func Random(a *arch.Architecture, seed uint64) weights.Set {
	rng := rand.New(rand.NewPCG(seed, 0x656e636f))
	var set weights.Set
	for _, spec := range a.Specs() {
		next := func() float64 { return 0 }
		switch {
		case len(spec.Shape) == 4:
			out, side := spec.Shape[0], spec.Shape[2]*spec.Shape[3]
			if spec.Shape[1] == 1 {
				out = 1 // depthwise: one output a filter
			}
			deviation := math.Sqrt(2 / float64(out*side))
			next = func() float64 { return deviation * rng.NormFloat64() }
		case strings.HasSuffix(spec.Name, ".weight"), strings.HasSuffix(spec.Name, ".running_var"):
			next = func() float64 { return 1 }
		}
		set = append(set, drawTensor(spec, next))
	}
	return set
}

// NewHeads draws the heads of an objective for an encoder with that many features.
// Weights and biases are uniform in +-1/sqrt(inputs), as in PyTorch's Linear. Batch
// normalisation is the identity. The same seed gives the same heads.
func NewHeads(o *objective.Objective, features int, seed uint64) weights.Set {
	rng := rand.New(rand.NewPCG(seed, 0x68656164))
	var set weights.Set
	inputs := features
	for _, spec := range o.HeadSpecs(features) {
		if len(spec.Shape) == 2 {
			inputs = spec.Shape[1]
		}
		bound := 1 / math.Sqrt(float64(inputs))
		next := func() float64 { return bound * (2*rng.Float64() - 1) }
		if strings.Contains(spec.Name, ".norm") {
			identity := 0.0
			if strings.HasSuffix(spec.Name, ".weight") {
				identity = 1
			}
			next = func() float64 { return identity }
		}
		set = append(set, drawTensor(spec, next))
	}
	return set
}

// Heads takes the heads of an objective from a set, such as that of a checkpoint.
// If the set has no tensor of a head, the head is drawn from the seed (see
// [NewHeads]). If it has some of them, it must have all of them; else the error is
// a *weights.MismatchError. Other tensors are ignored.
func Heads(set weights.Set, o *objective.Objective, features int, seed uint64) (weights.Set, error) {
	stored := map[string]tensor.Tensor{}
	for _, t := range set {
		stored[t.Name] = t
	}
	pick := func(from map[string]tensor.Tensor, specs []weights.Spec) (found weights.Set) {
		for _, spec := range specs {
			if t, ok := from[spec.Name]; ok {
				found = append(found, t)
			}
		}
		return found
	}
	drawn := map[string]tensor.Tensor{}
	for _, t := range NewHeads(o, features, seed) {
		drawn[t.Name] = t
	}
	var heads weights.Set
	for _, specs := range [][]weights.Spec{o.Projector.Specs(features), o.Predictor.Specs(o.Projector.Width())} {
		found := pick(stored, specs)
		if len(found) == 0 {
			heads = append(heads, pick(drawn, specs)...)
			continue
		}
		matched, err := found.Match(specs, nil)
		if err != nil {
			return nil, err
		}
		heads = append(heads, matched...)
	}
	return heads, nil
}

// drawTensor fills a tensor with the values that next returns.
func drawTensor(spec weights.Spec, next func() float64) tensor.Tensor {
	n := 1
	for _, d := range spec.Shape {
		n *= d
	}
	values := make([]float32, n)
	for i := range values {
		values[i] = float32(next())
	}
	return tensor.Tensor{Name: spec.Name, Shape: spec.Shape, Data: values}
}
