package tflite

import (
	"errors"
	"fmt"
	"math"

	"edgeclr/model/arch"
)

// ErrRanges means that ranges do not fit a network: a step has none, or its bounds are
// no finite numbers in order.
var ErrRanges = errors.New("the ranges do not fit the network")

// Range is what calibration saw of one tensor.
type Range struct {
	Min float32 `json:"min"`
	Max float32 `json:"max"`

	// Means is the mean of each channel, from which the writer corrects biases (see
	// correctBias). Nil: not known, and then the biases stay as they are.
	Means []float32 `json:"means,omitempty"`
}

// check returns an error unless the range has finite bounds in order, and as many means as
// there are channels.
func (r Range) check(channels int) error {
	for _, v := range append([]float32{r.Min, r.Max}, r.Means...) {
		if v-v != 0 { // infinities and NaN
			return fmt.Errorf("%w: %v is not a finite number", ErrRanges, v)
		}
	}
	if r.Min > r.Max {
		return fmt.Errorf("%w: the smallest value %v is above the largest %v", ErrRanges, r.Min, r.Max)
	}
	if r.Means != nil && len(r.Means) != channels {
		return fmt.Errorf("%w: there are %d means for %d channels", ErrRanges, len(r.Means), channels)
	}
	return nil
}

// Ranges are the ranges of the results of a network's steps, after their activation, by
// the name of the step. The last step's is that of the features. Those of the layers of a
// head are there by the name of the layer. That of [arch.Input] is optional: it is the
// normalised picture's, of which only the means are read.
type Ranges map[string]Range

// check returns an error unless there is a usable range for each step of the plan and for
// each layer of the head.
func (r Ranges) check(plan *arch.Plan, head *Head) error {
	channels := map[string]int{}
	var names []string
	for _, s := range plan.Steps {
		names, channels[s.Name] = append(names, s.Name), s.Out
	}
	if head != nil {
		for _, l := range head.Layers {
			names, channels[l.Name] = append(names, l.Name), l.Out
		}
	}
	if _, ok := r[arch.Input]; ok {
		names, channels[arch.Input] = append(names, arch.Input), plan.Input.Channels
	}
	for _, name := range names {
		one, ok := r[name]
		if !ok {
			return fmt.Errorf("%w: %q has no range; calibrate this network anew", ErrRanges, name)
		}
		if err := one.check(channels[name]); err != nil {
			return fmt.Errorf("%q: %w; calibrate on other pictures", name, err)
		}
	}
	return nil
}

// The bounds of an activation.
const (
	lowest  = math.MinInt8
	highest = math.MaxInt8
)

// activations gives the quantisation of a tensor of that range. It widens the range to
// include 0, because padding and ReLU need an exact zero. A range of zero width, of a
// step that gave nothing but zeros, becomes 0 to 1.
func activations(r Range) *quantization {
	low, high := math.Min(float64(r.Min), 0), math.Max(float64(r.Max), 0)
	if high == low {
		high = 1
	}
	// The scale is rounded first, so that the zero point fits the scale that is stored.
	scale := float32((high - low) / (highest - lowest))
	if scale < smallestScale {
		scale = smallestScale
	}
	zero := math.RoundToEven(lowest - low/float64(scale))
	return &quantization{scale: []float32{scale}, zero: []int64{int64(math.Min(math.Max(zero, lowest), highest))}}
}

// smallestScale keeps the product of an activation's and a kernel's scale, the scale of
// a bias, a normal float32.
const smallestScale = 1e-12
