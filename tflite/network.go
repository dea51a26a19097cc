package tflite

import (
	"fmt"

	"edgeclr/model/arch"
	"edgeclr/model/weights"
	"edgeclr/tflite/internal/schema"
)

// network lowers the steps of one encoder to a graph.
type network struct {
	*graph
	numbers
	plan   *arch.Plan
	set    weights.Set
	prefix string        // of the names of tensors
	given  map[string]id // results of the steps as their readers get them: with margin
	maps   map[string]id // the same without margin
}

// lower lowers all steps and returns the features, [1,F]. image is the picture with
// normalised pixels.
func (n *network) lower(image id) (id, error) {
	n.given, n.maps = map[string]id{arch.Input: image}, map[string]id{}
	last := image
	for _, step := range n.plan.Steps {
		r, err := n.rangeOf(step.Name)
		if err != nil {
			return 0, err
		}
		if last, err = n.step(step, r); err != nil {
			return 0, err
		}
		n.maps[step.Name] = last
		n.given[step.Name] = n.pad(last, step.Margin, n.prefix+step.Name+"/margin")
	}
	return last, nil
}

// rangeOf finds the range of a result. Without ranges it is not needed.
func (n *network) rangeOf(name string) (Range, error) {
	if n.ranges() == nil {
		return Range{}, nil
	}
	r, ok := n.ranges()[name]
	if !ok {
		return Range{}, fmt.Errorf("%w: it computes in int8, and there is no range for %q", ErrModel, name)
	}
	return r, nil
}

func (n *network) step(s arch.Step, r Range) (id, error) {
	x, name := n.given[s.Sources[0]], n.prefix+s.Name
	switch s.Op {
	case arch.ConvBN:
		return n.convolution(s, x, r)
	case arch.MaxPool:
		x = n.border(s, x)
		return n.apply(schema.BuiltinOperatorMAX_POOL_2D, pool{s.Kernel, s.Stride, s.Same},
			like(n.at(x), name, dims(s.Output)), x), nil
	case arch.Add:
		return n.apply(schema.BuiltinOperatorADD, addition{s.Activation}, n.computed(name, dims(s.Output), r), x, n.given[s.Sources[1]]), nil
	case arch.GlobalMean:
		axes := n.constant(indices("axes", []int32{2}, 1, 2))
		return n.apply(schema.BuiltinOperatorMEAN, empty{schema.BuiltinOptionsReducerOptions},
			n.computed(name, []int32{1, int32(s.Out)}, r), x, axes), nil
	}
	return 0, fmt.Errorf("%w: step %s is a %v, which the writer does not know", ErrModel, s.Name, s.Op)
}

func (n *network) convolution(s arch.Step, x id, r Range) (id, error) {
	folded, bias, err := n.plan.Arch.Fold(s.Node, n.set)
	if err != nil {
		return 0, err
	}
	x = n.border(s, x)
	values, axis := kernel(s.Node, folded)
	return n.convolve(convolution{s.Depthwise, s.Stride, s.Same, s.Activation}, x, values, axis, bias,
		n.computed(n.prefix+s.Name, dims(s.Output), r)), nil
}

// convolve applies a convolution whose weights are given in the file's layout.
//
// The names of the weights get the prefix too: OpenVINO tells tensors apart by their names.
func (n *network) convolve(o convolution, x id, kernel values, axis int, bias []float32, result tensor) id {
	kernel.name = n.prefix + kernel.name
	w, b := n.weights(n.at(x), kernel, values{kernel.name + "/bias", []int32{int32(len(bias))}, bias}, axis)
	code := schema.BuiltinOperatorCONV_2D
	if o.depthwise {
		code = schema.BuiltinOperatorDEPTHWISE_CONV_2D
	}
	return n.apply(code, o, result, x, n.constant(w), n.constant(b))
}

// border puts the border of a step around its input, unless the operator does: it has
// TensorFlow's SAME padding or none.
func (n *network) border(s arch.Step, x id) id {
	if s.Same {
		return x
	}
	return n.pad(x, s.Pad, n.prefix+s.Name+"/pad")
}

// pad puts zeros around a map.
func (n *network) pad(x id, p arch.Padding, name string) id {
	if p == (arch.Padding{}) {
		return x
	}
	t := n.at(x)
	shape := []int32{1, t.shape[1] + int32(p.Top+p.Bottom), t.shape[2] + int32(p.Left+p.Right), t.shape[3]}
	border := n.constant(indices(name+"/border", []int32{4, 2}, 0, 0, int32(p.Top), int32(p.Bottom), int32(p.Left), int32(p.Right), 0, 0))
	return n.apply(schema.BuiltinOperatorPAD, empty{schema.BuiltinOptionsPadOptions}, like(t, name, shape), x, border)
}
