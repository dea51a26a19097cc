package daemon

import (
	"fmt"

	"edgeclr/internal/tensor"
	"edgeclr/model/arch"
	"edgeclr/model/weights"
)

// adaptedShare of the averaged weights is adapted, the rest pretrained.
const adaptedShare = 0.75

// averaged gives the mean of the two halves, tensor by tensor (WiSE-FT,
// Wortsman et al. 2022, "Robust fine-tuning of zero-shot models", section 3).
// Fine-tuning at a low rate stays in the basin of the pretrained weights, so
// those between are as good as both ends or better. The running statistics of
// batch norm are averaged like the rest: frozen, which is the default, they are
// equal in both; trained, the mean is an approximation.
func averaged(a *arch.Architecture, from Halves) (weights.Set, error) {
	own, err := encoderWeights(a, from.Adapted)
	if err != nil {
		return nil, err
	}
	base, err := encoderWeights(a, from.Pretrained)
	if err != nil {
		return nil, err
	}
	mean := make(weights.Set, len(own))
	for i, t := range own {
		values := make([]float32, len(t.Data))
		for j, x := range t.Data {
			before := base[i].Data[j]
			values[j] = before + adaptedShare*(x-before) // equal weights stay equal to the bit
		}
		mean[i] = tensor.Tensor{Name: t.Name, Shape: t.Shape, Data: values}
	}
	return mean, nil
}

// encoderWeights reads a set and leaves out what is not the encoder's.
func encoderWeights(a *arch.Architecture, read func() (weights.Set, error)) (weights.Set, error) {
	set, err := read()
	if err != nil {
		return nil, err
	}
	if set, err = set.Match(a.Specs(), func(string) bool { return true }); err != nil {
		return nil, fmt.Errorf("weights for %s: %w", a.Name, err)
	}
	return set, nil
}
