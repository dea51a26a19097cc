package blend

import (
	"fmt"
	"strings"

	"edgeclr/config"
	"edgeclr/model/arch"
	"edgeclr/model/weights"
)

// blend is a way to combine adapted and pretrained weights.
type blend struct {
	name     string
	encoders int // networks that run for one vector: 1, or 2 whose vectors are joined

	// serving gives the weights of the network, or of the adapted one of two.
	serving func(a *arch.Architecture, from Halves) (weights.Set, error)
}

// blends is the registry: one line for each value of serve.blend. The first is that
// of a checkpoint without a blend.
func blends() []blend {
	return []blend{
		{config.BlendNone, 1, adapted},
		{config.BlendAverage, 1, averaged},
		{config.BlendJoin, 2, adapted},
	}
}

// Halves read the weights that a blend is made of. Each function is called when its
// weights are needed, so that a small board need not hold both at once.
type Halves struct {
	Adapted    func() (weights.Set, error)
	Pretrained func() (weights.Set, error) // of the checkpoint that training began from
}

// blend finds a blend by its name; "" means config.BlendNone.
func (r registry) blend(name string) (blend, error) {
	var names []string
	for _, b := range r.blends {
		if b.name == name || name == "" && b.name == config.BlendNone {
			return b, nil
		}
		names = append(names, b.name)
	}
	return blend{}, fmt.Errorf("%q is not a blend: give one of %s", name, strings.Join(names, ", "))
}

// Check returns an error when no blend has that name. The error lists their names.
func Check(name string) error {
	_, err := builtin().blend(name)
	return err
}

// ServingWeights gives the weights that answer queries: the averaged ones for
// config.BlendAverage, the adapted ones for the other blends. A join needs the
// pretrained ones too.
func ServingWeights(name string, a *arch.Architecture, from Halves) (weights.Set, error) {
	b, err := builtin().blend(name)
	if err != nil {
		return nil, err
	}
	return b.serving(a, from)
}

// EncoderWeights reads a set and returns the encoder's tensors of it, in the order of
// the architecture. It is an error when one is missing or has another shape.
func EncoderWeights(a *arch.Architecture, read func() (weights.Set, error)) (weights.Set, error) {
	set, err := read()
	if err != nil {
		return nil, err
	}
	if set, err = set.Match(a.Specs(), func(string) bool { return true }); err != nil {
		return nil, fmt.Errorf("weights for %s: %w", a.Name, err)
	}
	return set, nil
}

// dim is the number of values of a vector.
func (b blend) dim(a *arch.Architecture) int { return b.encoders * a.Features }

// adapted gives the weights as they were trained.
func adapted(_ *arch.Architecture, from Halves) (weights.Set, error) { return from.Adapted() }
