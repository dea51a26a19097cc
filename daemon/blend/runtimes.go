package blend

import (
	"fmt"
	"strings"

	"edgeclr/config"
	"edgeclr/model"
	"edgeclr/model/arch"
	"edgeclr/model/weights"
)

// runtime is a library that runs networks.
type runtime struct {
	name string
	// open builds a network that sees squares of size pixels. It copies the
	// weights.
	open func(set weights.Set, a *arch.Architecture, size int, o *Opener) (Encoder, error)
}

// runtimes is the registry: one line for each runtime, the default first.
func runtimes() []runtime {
	return []runtime{
		{config.RuntimeTensorFlow, openTensorFlow},
	}
}

// runtime finds a runtime by its name; "" means the first of the registry.
func (r registry) runtime(name string) (runtime, error) {
	var names []string
	for _, known := range r.runtimes {
		if known.name == name || name == "" || name == config.RuntimeAuto {
			return known, nil
		}
		names = append(names, known.name)
	}
	return runtime{}, fmt.Errorf("%q is not a runtime: give one of %s", name, strings.Join(names, ", "))
}

func openTensorFlow(set weights.Set, a *arch.Architecture, size int, o *Opener) (Encoder, error) {
	encoder, err := model.NewEncoder(set, model.EncoderOptions{Arch: a, Size: size, Runtime: o.Device})
	if err != nil {
		return nil, err // not a nil *model.Encoder in an interface
	}
	return encoder, nil
}
