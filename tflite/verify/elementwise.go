package verify

import (
	"math"
	"slices"
)

// broadcast gives the shape of an operation on two tensors, by NumPy's rules.
func broadcast(x, y []int) (shape []int, ok bool) {
	if len(x) < len(y) {
		x, y = y, x
	}
	shape = slices.Clone(x)
	for i, n := range y {
		j := len(x) - len(y) + i
		switch {
		case n == shape[j] || n == 1:
		case shape[j] == 1:
			shape[j] = n
		default:
			return nil, false
		}
	}
	return shape, true
}

func product(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

func unary(o *operator) ([]int, error) { return o.in[0].shape, nil }

// pairwise works on two tensors of one type. Kernels broadcast up to four dimensions.
func pairwise(o *operator) ([]int, error) {
	x, y := o.in[0], o.in[1]
	if x.typ != y.typ || y.typ.integer() && !y.perTensor() {
		return nil, o.unsupported("its inputs have the types %s and %s, or no scale", x.typ, y.typ)
	}
	switch o.rule.options {
	case optionsAdd, optionsSub, optionsMul, optionsDiv:
		if err := o.activation(int(o.options.byte(0))); err != nil {
			return nil, err
		}
	}
	shape, ok := broadcast(x.shape, y.shape)
	if !ok {
		return nil, o.fail("its inputs have the shapes %v and %v, which do not fit", x.shape, y.shape)
	}
	if len(shape) > 4 && !slices.Equal(x.shape, y.shape) {
		return nil, o.unsupported("its inputs have the shapes %v and %v, and at most 4 dimensions can be broadcast", x.shape, y.shape)
	}
	return shape, nil
}

// sum is ADD and SUB. Their kernels abort when the output is over 2^19 times finer than
// an input (QuantizeMultiplierSmallerThanOneExp); 2^16 is asked for.
func sum(o *operator) ([]int, error) {
	shape, err := pairwise(o)
	if err != nil || !o.in[0].typ.integer() {
		return shape, err
	}
	coarse := max(o.in[0].scales[0], o.in[1].scales[0])
	if fine := o.out[0].scales[0]; coarse/fine > 1<<16 {
		return nil, o.fail("its inputs have the scale %v, and its output %v, which is too fine", coarse, fine)
	}
	return shape, nil
}

func prelu(o *operator) ([]int, error) {
	in, alpha := o.in[0], o.in[1]
	shape, err := pairwise(o)
	if err != nil {
		return nil, err
	}
	if !slices.Equal(shape, in.shape) {
		return nil, o.fail("its slopes have the shape %v, and its input %v", alpha.shape, in.shape)
	}
	return in.shape, nil
}

func leakyRelu(o *operator) ([]int, error) {
	alpha := float64(o.options.float32(0))
	if math.IsNaN(alpha) || math.Abs(alpha) > 1e3 {
		return nil, o.fail("its slope is %v", alpha)
	}
	return o.in[0].shape, nil
}

func softmax(o *operator) ([]int, error) {
	beta := float64(o.options.float32(0))
	if !(beta > 0 && beta <= 1e3) {
		return nil, o.fail("its beta is %v, and must be above 0", beta)
	}
	if n := len(o.in[0].shape); n < 1 || n > 4 {
		return nil, o.unsupported("its input has %d dimensions, and 1 to 4 are supported", n)
	}
	return o.in[0].shape, o.fixedOutput(1./256, -128)
}

// fixedOutput checks the scale of an integer output that the kernel does not choose. Zero
// is the zero point for INT8.
func (o *operator) fixedOutput(scale float32, zero int64) error {
	t := o.out[0]
	if t.typ == Uint8 {
		zero += 128
	}
	if t.typ.integer() && (t.scales[0] != scale || t.zeros[0] != zero) {
		return o.fail("its output has the scale %v and the zero point %d, and must have %v and %d", t.scales[0], t.zeros[0], scale, zero)
	}
	return nil
}

func l2Normalization(o *operator) ([]int, error) {
	if n := len(o.in[0].shape); n < 1 || n > 4 {
		return nil, o.unsupported("its input has %d dimensions, and 1 to 4 are supported", n)
	}
	if o.options.byte(0) != activationNone {
		return nil, o.unsupported("it has a fused activation")
	}
	return o.in[0].shape, o.fixedOutput(1./128, 0)
}

func quantize(o *operator) ([]int, error) {
	if out := o.out[0]; !out.typ.integer() {
		return nil, o.unsupported("its output has the type %s", out.typ)
	}
	return o.in[0].shape, nil
}

func dequantize(o *operator) ([]int, error) {
	in, out := o.in[0], o.out[0]
	if out.typ != Float32 || in.typ.integer() && len(in.scales) == 0 {
		return nil, o.fail("its input %s has no scale, or its output has the type %s", in.where(), out.typ)
	}
	return in.shape, nil
}

func cast(o *operator) ([]int, error) {
	if to := o.out[0].typ; to != Float32 && to != Int32 && to != Uint8 && to != Int8 {
		return nil, o.unsupported("its output has the type %s", to)
	}
	return o.in[0].shape, nil
}

func reduce(o *operator) ([]int, error) {
	axes, err := o.constants(1)
	if err != nil {
		return nil, err
	}
	in := o.in[0].shape
	gone := make([]bool, len(in))
	for _, axis := range axes {
		if axis, err = o.axis(axis, len(in)); err != nil {
			return nil, err
		}
		gone[axis] = true
	}
	if len(axes) > len(in) || len(in) > 4 {
		return nil, o.unsupported("it reduces %d of %d dimensions, and at most 4 are supported", len(axes), len(in))
	}
	var shape []int
	for i, n := range in {
		switch {
		case !gone[i]:
			shape = append(shape, n)
		case o.options.byte(0) != 0:
			shape = append(shape, 1)
		}
	}
	o.macs = int64(o.in[0].values)
	return shape, nil
}
