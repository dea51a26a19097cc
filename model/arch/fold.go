package arch

import (
	"fmt"
	"math"

	"edgeclr/model/weights"
)

// Fold folds the frozen batch normalisation of a ConvBN node into its kernel
// ([O,I,H,W]) and a bias ([O]) (Jacob et al. 2018, "Quantization and Training of
// Neural Networks", section 3.2):
//
//	kernel' = kernel * gamma / sqrt(variance + epsilon)
//	bias'   = beta - mean * gamma / sqrt(variance + epsilon)
func (a *Architecture) Fold(n Node, set weights.Set) (kernel, bias []float32, err error) {
	var parts [1 + len(batchNormParts)][]float32
	for i, name := range n.tensors() {
		t, ok := set.Find(name)
		if !ok {
			return nil, nil, fmt.Errorf("node %s: the weights have no tensor %q", n.Name, name)
		}
		parts[i] = t.Data
	}
	raw, gamma, beta, mean, variance := parts[0], parts[1], parts[2], parts[3], parts[4]
	row := len(raw) / n.Out
	kernel, bias = make([]float32, len(raw)), make([]float32, n.Out)
	for o := range n.Out {
		scale := float64(gamma[o]) / math.Sqrt(float64(variance[o])+float64(a.Epsilon))
		bias[o] = float32(float64(beta[o]) - float64(mean[o])*scale)
		for i := o * row; i < (o+1)*row; i++ {
			kernel[i] = float32(float64(raw[i]) * scale)
		}
	}
	return kernel, bias, nil
}

// tensors returns the names of a ConvBN node's tensors: the kernel, then the parts
// of the batch normalisation.
func (n Node) tensors() []string {
	names := []string{n.Weight}
	for _, part := range batchNormParts {
		names = append(names, n.BatchNorm+part)
	}
	return names
}
