package blend

import (
	"context"
	"fmt"
	"strings"

	"edgeclr/config"
	"edgeclr/model"
	"edgeclr/model/arch"
	"edgeclr/model/weights"
	"edgeclr/tflite"
)

// runtime is a library that runs networks.
type runtime struct {
	name string
	// open builds a network. It copies the weights. When the library or the
	// accelerator cannot run the network, the error is a *RuntimeError, and another
	// runtime may do it.
	open func(ctx context.Context, o *Opener, n network) (opened, error)
}

// network is an encoder to open, and how to run it.
type network struct {
	set         weights.Set // the encoder's tensors, in the order of the architecture
	arch        *arch.Architecture
	size        int
	precision   string          // config.PrecisionFloat or its sibling
	accelerator string          // config.AcceleratorCPU or its siblings
	ranges      []tflite.Ranges // of an int8 network: one; else none
}

// opened is an open network.
type opened struct {
	Encoder
	report Report // without Instead

	// ranges are those of an int8 network. Its vectors depend on them.
	ranges []tflite.Ranges
}

// runtimes is the registry: one line for each runtime. config.RuntimeAuto tries them in
// this order.
func runtimes() []runtime {
	return []runtime{
		{config.RuntimeLiteRT, openLiteRT},
		{config.RuntimeTensorFlow, openTensorFlow},
	}
}

// RuntimeError says that a runtime cannot run an encoder.
type RuntimeError struct {
	Runtime     string
	Precision   string
	Accelerator string
	Err         error
}

func (e *RuntimeError) Error() string {
	return fmt.Sprintf("%s (%s, %s) cannot run the encoder: %v", runtimeTitle(e.Runtime), e.Precision, e.Accelerator, e.Err)
}

func (e *RuntimeError) Unwrap() error { return e.Err }

// runtimeTitle is the name of a runtime's library in messages.
func runtimeTitle(name string) string {
	switch name {
	case config.RuntimeLiteRT:
		return "LiteRT"
	case config.RuntimeTensorFlow:
		return "TensorFlow"
	}
	return name
}

// attempt is a runtime and how it is to run a network.
type attempt struct {
	runtime                runtime
	precision, accelerator string
}

func (a attempt) String() string {
	return fmt.Sprintf("%s (%s, %s)", runtimeTitle(a.runtime.name), a.precision, a.accelerator)
}

// attempts lists what may run an encoder, the wish first. A named runtime is the only
// attempt. config.RuntimeAuto goes from what was asked for to what always works: the same
// precision on the CPU, then float, then the next runtime.
func (r registry) attempts(id Identity) ([]attempt, error) {
	if id.Runtime != config.RuntimeAuto {
		run, err := r.runtime(id.Runtime)
		return []attempt{{run, id.Precision, id.Accelerator}}, err
	}
	var list []attempt
	for _, run := range r.runtimes {
		if run.name == config.RuntimeTensorFlow {
			list = append(list, attempt{run, config.PrecisionFloat, config.AcceleratorCPU})
			continue
		}
		list = append(list, attempt{run, id.Precision, id.Accelerator})
		if id.Accelerator != config.AcceleratorCPU {
			list = append(list, attempt{run, id.Precision, config.AcceleratorCPU})
		}
		if id.Precision != config.PrecisionFloat {
			list = append(list, attempt{run, config.PrecisionFloat, config.AcceleratorCPU})
		}
	}
	return list, nil
}

// runtime finds a runtime by its name; "" means TensorFlow.
func (r registry) runtime(name string) (runtime, error) {
	if name == "" {
		name = config.RuntimeTensorFlow
	}
	var names []string
	for _, known := range r.runtimes {
		if known.name == name {
			return known, nil
		}
		names = append(names, known.name)
	}
	return runtime{}, fmt.Errorf("%q is not a runtime: give one of %s, %s", name, config.RuntimeAuto, strings.Join(names, ", "))
}

// openTensorFlow runs a network by TensorFlow: float, where Opener.Device says.
func openTensorFlow(_ context.Context, o *Opener, n network) (opened, error) {
	if n.precision != config.PrecisionFloat {
		return opened{}, &RuntimeError{config.RuntimeTensorFlow, n.precision, n.accelerator,
			fmt.Errorf("TensorFlow computes float only here; set model.runtime: auto, or serve.precision: float")}
	}
	encoder, err := model.NewEncoder(n.set, model.EncoderOptions{Arch: n.arch, Size: n.size, Runtime: o.Device})
	if err != nil {
		return opened{}, err
	}
	return opened{Encoder: encoder, report: Report{Runtime: config.RuntimeTensorFlow, Library: model.Version(),
		Precision: config.PrecisionFloat, Accelerator: config.AcceleratorCPU, Threads: o.Device.Threads}}, nil
}
