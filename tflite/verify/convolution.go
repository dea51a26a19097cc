package verify

import "slices"

// Values of the schema's enumerations.
const (
	paddingSame, paddingValid                                            = 0, 1
	activationNone, activationRelu, activationReluN1To1, activationRelu6 = 0, 1, 2, 3
)

// largest is the largest stride, dilation, filter side or block that is allowed. It keeps
// products of a few of them within 32 bits.
const largest = 1024

// window is what convolutions and pools slide over a picture.
type window struct {
	padding                    byte
	strideW, strideH           int
	filterW, filterH           int
	dilationW, dilationH       int
	inputW, inputH, activation int
}

// slide gives the height and width of the output.
func (o *operator) slide(w window) (height, width int, err error) {
	for _, part := range []struct {
		name  string
		value int
	}{{"stride", w.strideW}, {"stride", w.strideH}, {"filter", w.filterW}, {"filter", w.filterH}, {"dilation", w.dilationW}, {"dilation", w.dilationH}} {
		if part.value < 1 || part.value > largest {
			return 0, 0, o.fail("its %s is %d, and must be 1 to %d", part.name, part.value, largest)
		}
	}
	if err := o.activation(w.activation); err != nil {
		return 0, 0, err
	}
	one := func(input, filter, stride, dilation int) (int, error) {
		reach := (filter-1)*dilation + 1
		switch {
		case w.padding == paddingSame:
			return (input + stride - 1) / stride, nil
		case w.padding != paddingValid:
			return 0, o.fail("its padding is %d, and must be SAME or VALID", w.padding)
		case reach > input:
			return 0, o.fail("its filter reaches over %d values, and the input has %d", reach, input)
		}
		return (input-reach)/stride + 1, nil
	}
	if height, err = one(w.inputH, w.filterH, w.strideH, w.dilationH); err != nil {
		return 0, 0, err
	}
	width, err = one(w.inputW, w.filterW, w.strideW, w.dilationW)
	return height, width, err
}

// activation checks a fused activation. The kernels know no others.
func (o *operator) activation(a int) error {
	if a < activationNone || a > activationRelu6 {
		return o.unsupported("the fused activation %d is not supported", a)
	}
	return nil
}

// rank checks that input i has n dimensions.
func (o *operator) rank(i, n int) error {
	if len(o.in[i].shape) != n {
		return o.fail("its input %s has the shape %v, and needs %d dimensions", o.in[i].where(), o.in[i].shape, n)
	}
	return nil
}

func convolution(o *operator) ([]int, error) {
	if err := o.filters(0); err != nil {
		return nil, err
	}
	in, filter, v := o.in[0].shape, o.in[1].shape, o.options
	channels, filters := in[3], filter[0]
	if channels%filter[3] != 0 || filters%(channels/filter[3]) != 0 {
		return nil, o.fail("its filter %v does not fit the input %v", filter, in)
	}
	h, w, err := o.slide(window{v.byte(0), v.int32(1, 0), v.int32(2, 0), filter[2], filter[1], v.int32(4, 1), v.int32(5, 1), in[2], in[1], int(v.byte(3))})
	if err != nil {
		return nil, err
	}
	o.macs = int64(h) * int64(w) * int64(o.in[1].values)
	return []int{in[0], h, w, filters}, nil
}

func depthwise(o *operator) ([]int, error) {
	if err := o.filters(3); err != nil {
		return nil, err
	}
	in, filter, v := o.in[0].shape, o.in[1].shape, o.options
	if filter[0] != 1 || filter[3]%in[3] != 0 || v.int32(3, 0) != filter[3]/in[3] {
		return nil, o.fail("its filter %v and depth multiplier %d do not fit the input %v", filter, v.int32(3, 0), in)
	}
	h, w, err := o.slide(window{v.byte(0), v.int32(1, 0), v.int32(2, 0), filter[2], filter[1], v.int32(5, 1), v.int32(6, 1), in[2], in[1], int(v.byte(4))})
	if err != nil {
		return nil, err
	}
	o.macs = int64(h) * int64(w) * int64(o.in[1].values)
	return []int{in[0], h, w, filter[3]}, nil
}

// filters checks input, filter and bias of a convolution. Channel is the dimension of
// the filter that counts the output channels.
func (o *operator) filters(channel int) error {
	for i := range 2 {
		if err := o.rank(i, 4); err != nil {
			return err
		}
	}
	return o.weights(channel)
}

// weights checks the types and scales of filter and bias. A filter of INT8 with an input
// of FLOAT32 is "dynamic range" quantisation.
func (o *operator) weights(channel int) error {
	in, filter := o.in[0], o.in[1]
	outputs := filter.shape[channel]
	hybrid := in.typ == Float32 && filter.typ == Int8
	if filter.typ != in.typ && !hybrid {
		return o.unsupported("its input has the type %s, and its filter %s", in.typ, filter.typ)
	}
	if filter.typ.integer() {
		n := len(filter.scales)
		if !filter.constant() || n == 0 || n > 1 && (n != outputs || filter.axis != channel || filter.typ == Uint8) {
			return o.fail("its filter %s has %d scales, and needs a constant with one, or one for each of the %d channels", filter.where(), n, outputs)
		}
		if filter.typ == Int8 && slices.ContainsFunc(filter.zeros, func(z int64) bool { return z != 0 }) {
			return o.unsupported("its filter %s has a zero point, and must be symmetric", filter.where())
		}
	}
	if len(o.in) < 3 || o.in[2] == nil {
		return nil
	}
	bias, want := o.in[2], Float32
	if in.typ.integer() {
		want = Int32
	}
	if bias.typ != want || bias.values != outputs || len(bias.shape) == 0 || bias.shape[len(bias.shape)-1] != outputs {
		return o.fail("its bias %s is %s of the shape %v, and must be %s of the shape [%d]", bias.where(), bias.typ, bias.shape, want, outputs)
	}
	return nil
}

func fullyConnected(o *operator) ([]int, error) {
	if err := o.rank(1, 2); err != nil {
		return nil, err
	}
	if err := o.weights(0); err != nil {
		return nil, err
	}
	in, filter, v := o.in[0], o.in[1].shape, o.options
	const activationField, format, keep = 0, 1, 2
	if err := o.activation(int(v.byte(activationField))); err != nil {
		return nil, err
	}
	if v.byte(format) != 0 {
		return nil, o.unsupported("its weights are shuffled")
	}
	if len(in.shape) == 0 || in.values%filter[1] != 0 {
		return nil, o.fail("its input %v does not fit its weights %v", in.shape, filter)
	}
	o.macs = int64(in.values) * int64(filter[0])
	if v.byte(keep) == 0 {
		return []int{in.values / filter[1], filter[0]}, nil
	}
	last := len(in.shape) - 1
	if in.shape[last] != filter[1] {
		return nil, o.fail("its input %v does not fit its weights %v", in.shape, filter)
	}
	return append(slices.Clone(in.shape[:last]), filter[0]), nil
}

func batchMatMul(o *operator) ([]int, error) {
	x, y := slices.Clone(o.in[0].shape), slices.Clone(o.in[1].shape)
	if len(x) < 2 || len(y) < 2 || len(x) > 5 || len(y) > 5 {
		return nil, o.fail("its inputs have the shapes %v and %v, and need 2 to 5 dimensions", x, y)
	}
	if o.in[1].typ != o.in[0].typ || o.in[1].typ.integer() && !o.in[1].perTensor() {
		return nil, o.unsupported("its inputs have the types %s and %s, or no scale", o.in[0].typ, o.in[1].typ)
	}
	swap := func(s []int, yes byte) {
		if n := len(s); yes != 0 {
			s[n-1], s[n-2] = s[n-2], s[n-1]
		}
	}
	swap(x, o.options.byte(0))
	swap(y, o.options.byte(1))
	rows, inner, columns := x[len(x)-2], x[len(x)-1], y[len(y)-1]
	batch, ok := broadcast(x[:len(x)-2], y[:len(y)-2])
	if !ok || y[len(y)-2] != inner {
		return nil, o.fail("its inputs %v and %v cannot be multiplied", o.in[0].shape, o.in[1].shape)
	}
	shape := append(batch, rows, columns)
	o.macs = int64(product(shape)) * int64(inner)
	return shape, nil
}

func pool(o *operator) ([]int, error) {
	if err := o.rank(0, 4); err != nil {
		return nil, err
	}
	in, v := o.in[0].shape, o.options
	h, w, err := o.slide(window{v.byte(0), v.int32(1, 0), v.int32(2, 0), v.int32(3, 0), v.int32(4, 0), 1, 1, in[2], in[1], int(v.byte(5))})
	if err != nil {
		return nil, err
	}
	o.macs = int64(h) * int64(w) * int64(in[3]) * int64(min(v.int32(3, 0), in[2])) * int64(min(v.int32(4, 0), in[1]))
	return []int{in[0], h, w, in[3]}, nil
}
