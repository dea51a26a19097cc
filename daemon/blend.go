package daemon

import (
	"errors"
	"fmt"
	"strings"

	"edgeclr/config"
	"edgeclr/model"
	"edgeclr/model/arch"
	"edgeclr/model/weights"
)

// blend is a way to answer with what an encoder learned and with what it knew
// before. The adapted weights alone are what is stored, and what training goes
// on from.
type blend struct {
	name     string
	encoders int // that run for one vector, which has so many times the architecture's features

	// serving gives the weights of the adapted side.
	serving func(a *arch.Architecture, from Halves) (weights.Set, error)
}

// blends is the registry: one line a value of serve.blend.
func blends() []blend {
	return []blend{
		{config.BlendNone, 1, adapted},
		{config.BlendAverage, 1, averaged},
		{config.BlendJoin, 2, adapted},
	}
}

// Halves are the weights that a blend is made of. Each is asked for when it is
// needed, so that a small board need not hold both at a time.
type Halves struct {
	Adapted    func() (weights.Set, error)
	Pretrained func() (weights.Set, error) // of the checkpoint that training began from
}

// findBlend looks a blend up; "" is none.
func findBlend(name string) (blend, error) {
	for _, b := range blends() {
		if b.name == name || name == "" && b.name == config.BlendNone {
			return b, nil
		}
	}
	var names []string
	for _, b := range blends() {
		names = append(names, b.name)
	}
	return blend{}, fmt.Errorf("%q is not a blend: give one of %s", name, strings.Join(names, ", "))
}

// dim is the length of a vector.
func (b blend) dim(a *arch.Architecture) int { return b.encoders * a.Features }

// OpenEncoder builds the encoder of a blend (config.BlendNone and its
// siblings). The errors are those of the halves, of [model.NewEncoder], and
// that of a blend that does not exist.
func OpenEncoder(name string, from Halves, o model.EncoderOptions) (Encoder, error) {
	b, err := findBlend(name)
	if err != nil {
		return nil, err
	}
	serving, err := openHalf(func() (weights.Set, error) { return b.serving(o.Arch, from) }, o)
	if err != nil || b.encoders == 1 {
		return serving, err
	}
	pretrained, err := openHalf(from.Pretrained, o)
	if err != nil {
		return nil, errors.Join(err, serving.Close())
	}
	return &joined{pretrained: pretrained, adapted: serving}, nil
}

// openHalf builds one network and lets go of the weights, which it has copied.
func openHalf(read func() (weights.Set, error), o model.EncoderOptions) (Encoder, error) {
	set, err := read()
	if err != nil {
		return nil, err
	}
	encoder, err := model.NewEncoder(set, o)
	if err != nil {
		return nil, err
	}
	return encoder, nil
}

// adapted serves as it was trained.
func adapted(_ *arch.Architecture, from Halves) (weights.Set, error) { return from.Adapted() }
