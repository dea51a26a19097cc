package blend

import (
	"edgeclr/internal/tensor"
	"edgeclr/model/arch"
	"edgeclr/model/weights"
)

// adaptedShare is the weight of the adapted half in an average.
const adaptedShare = 0.75

// averaged gives the weighted mean of the two halves, tensor by tensor (WiSE-FT,
// Wortsman et al. 2022, "Robust fine-tuning of zero-shot models", section 3).
// Fine-tuning at a low rate stays in the basin of the pretrained weights, so
// the weights between are as good as both ends or better. The running statistics
// of batch norm are averaged too. They are equal in both halves while batch norm
// is frozen, which is the default. When it is trained, their mean is an
// approximation.
func averaged(a *arch.Architecture, from Halves) (weights.Set, error) {
	own, err := EncoderWeights(a, from.Adapted)
	if err != nil {
		return nil, err
	}
	base, err := EncoderWeights(a, from.Pretrained)
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
