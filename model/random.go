package model

import (
	"math"
	"math/rand/v2"
	"strings"

	"edgeclr/model/arch"
	"edgeclr/model/weights"
)

// Random draws an encoder's weights from a seed: kernels as He et al. 2015
// ("Delving Deep into Rectifiers", equation 10, fan out, as torchvision does),
// batch normalisation as the identity. For architectures without a weights file.
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
		set = append(set, drawn(spec, next))
	}
	return set
}
