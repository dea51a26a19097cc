package blend

import (
	"fmt"
	"strings"

	"edgeclr/config"
	"edgeclr/model/arch"
	"edgeclr/model/weights"
	"edgeclr/storage"
)

// blend is a way to combine adapted and pretrained weights.
type blend struct {
	name     string
	encoders int // networks that run for one vector: 1, or 2 whose vectors are joined

	// serving gives the weights of the network, or of the adapted one of two.
	serving func(a *arch.Architecture, from Halves) (weights.Set, error)
}

// blends is the registry: one line for each blend that a checkpoint can have. The first
// is that of a checkpoint without a blend.
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

// chosen turns a value of serve.blend into the blend of a checkpoint. The share is what
// config.BlendAuto decided on: the weight of the adapted half, 0 for no decision. From 1
// on, the adapted half serves alone. The other values fix it.
func chosen(name string, share float64) (blend string, of float64) {
	switch {
	case name != config.BlendAuto:
		return name, 0
	case share >= 1:
		return config.BlendNone, 0
	}
	return config.BlendJoin, share
}

// ShareOf is the weight of the adapted half in the cosine of a checkpoint's vectors, where
// they are joined; otherwise 0.
func ShareOf(cp storage.Checkpoint) float64 {
	b, err := builtin().blend(cp.Blend)
	if err != nil {
		return 0
	}
	share, err := b.share(cp.Share)
	if err != nil {
		return cp.Share // opening the checkpoint says what is wrong
	}
	return share
}

// share checks the share of a blend, and gives the one that 0 stands for. A blend of one
// encoder has none.
func (b blend) share(share float64) (float64, error) {
	switch {
	case b.encoders == 1:
		return 0, nil
	case share == 0:
		return storage.EvenShare, nil
	case !(share > 0 && share < 1): // also NaN
		return 0, fmt.Errorf("a join has no share of %v: give one between 0 and 1", share)
	}
	return share, nil
}

// dim is the number of values of a vector.
func (b blend) dim(a *arch.Architecture) int { return b.encoders * a.Features }

// adapted gives the weights as they were trained.
func adapted(_ *arch.Architecture, from Halves) (weights.Set, error) { return from.Adapted() }
