package verify

import (
	"encoding/binary"
	"slices"
)

// constants reads input i, a constant of INT32 or INT64 with up to maxRank*2 values. The
// shapes of the graph depend on it.
func (o *operator) constants(i int) ([]int, error) {
	t := o.in[i]
	switch {
	case !t.constant():
		return nil, unsupported(o.where(), mendStatic, "its input %s decides a shape, and is not a constant", t.where())
	case t.typ != Int32 && t.typ != Int64 || len(t.shape) > 2 || t.values > 2*maxRank:
		return nil, o.fail("its input %s is %s of the shape %v, and must be a short list of integers", t.where(), t.typ, t.shape)
	}
	list := make([]int, t.values)
	for j := range list {
		if t.typ == Int32 {
			list[j] = int(int32(binary.LittleEndian.Uint32(t.data[4*j:])))
		} else {
			list[j] = int(max(min(int64(binary.LittleEndian.Uint64(t.data[8*j:])), 1<<31), -1<<31))
		}
	}
	return list, nil
}

// values is constants with n values of INT32.
func (o *operator) values(i, n int) ([]int, error) {
	list, err := o.constants(i)
	if err == nil && (len(list) != n || o.in[i].typ != Int32) {
		err = o.fail("its input %s has %d values of %s, and must have %d of INT32", o.in[i].where(), len(list), o.in[i].typ, n)
	}
	return list, err
}

// axis checks an axis, which counts from the end when it is negative.
func (o *operator) axis(axis, rank int) (int, error) {
	if axis < -rank || axis >= rank {
		return 0, o.fail("its axis is %d, and there are %d dimensions", axis, rank)
	}
	if axis < 0 {
		axis += rank
	}
	return axis, nil
}

func reshape(o *operator) ([]int, error) {
	var want []int
	if len(o.in) == 2 {
		list, err := o.constants(1)
		if err != nil {
			return nil, err
		}
		if o.in[1].typ != Int32 || len(o.in[1].shape) != 1 {
			return nil, o.fail("its shape %s must be a list of INT32", o.in[1].where())
		}
		want = list
	} else {
		want = o.options.int32s(0)
	}
	shape, known, unknown := slices.Clone(want), 1, -1
	for i, n := range want {
		switch {
		case n == -1 && unknown < 0:
			unknown = i
		case n < 1 || len(want) > maxRank || n > o.in[0].values:
			return nil, o.fail("it gives the shape %v to %d values", want, o.in[0].values)
		default:
			known *= n
		}
	}
	if unknown >= 0 {
		shape[unknown] = o.in[0].values / max(known, 1)
	}
	if len(shape) > maxRank || product(shape) != o.in[0].values {
		return nil, o.fail("it gives the shape %v to %d values", want, o.in[0].values)
	}
	return shape, nil
}

func squeeze(o *operator) ([]int, error) {
	in, axes := o.in[0].shape, o.options.int32s(0)
	if len(axes) > maxRank {
		return nil, o.fail("it removes %d dimensions of %d", len(axes), len(in))
	}
	gone := make([]bool, len(in))
	for _, axis := range axes {
		axis, err := o.axis(axis, len(in))
		if err != nil {
			return nil, err
		}
		if in[axis] != 1 {
			return nil, o.fail("it removes dimension %d of %v", axis, in)
		}
		gone[axis] = true
	}
	var shape []int
	for i, n := range in {
		if gone[i] || len(axes) == 0 && n == 1 {
			continue
		}
		shape = append(shape, n)
	}
	return shape, nil
}

func expandDims(o *operator) ([]int, error) {
	list, err := o.constants(1)
	if err != nil {
		return nil, err
	}
	in := o.in[0].shape
	if len(list) != 1 || len(in) >= maxRank {
		return nil, o.fail("it adds %d dimensions to %v", len(list), in)
	}
	axis, err := o.axis(list[0], len(in)+1)
	if err != nil {
		return nil, err
	}
	return slices.Insert(slices.Clone(in), axis, 1), nil
}

func transpose(o *operator) ([]int, error) {
	in := o.in[0].shape
	order, err := o.values(1, len(in))
	if err != nil {
		return nil, err
	}
	shape := make([]int, len(in))
	for i, axis := range order {
		if axis < 0 || axis >= len(in) || shape[i] != 0 || slices.Contains(order[:i], axis) {
			return nil, o.fail("its order %v is not one of %d dimensions", order, len(in))
		}
		shape[i] = in[axis]
	}
	return shape, nil
}

func pad(o *operator) ([]int, error) {
	in := o.in[0].shape
	list, err := o.constants(1)
	if err != nil {
		return nil, err
	}
	if len(in) > 4 || !slices.Equal(o.in[1].shape, []int{len(in), 2}) {
		return nil, o.fail("its padding has the shape %v, and its input %v; at most 4 dimensions are supported", o.in[1].shape, in)
	}
	shape := slices.Clone(in)
	for i := range in {
		before, after := list[2*i], list[2*i+1]
		if before < 0 || after < 0 || before > largest || after > largest {
			return nil, o.fail("it pads dimension %d by %d and %d, and 0 to %d are allowed", i, before, after, largest)
		}
		shape[i] += before + after
	}
	return shape, nil
}

func padWith(o *operator) ([]int, error) {
	in, value := o.in[0], o.in[2]
	if value.typ != in.typ || value.values != 1 || !value.constant() {
		return nil, o.fail("its value %s must be one constant of %s", value.where(), in.typ)
	}
	if in.typ.integer() && !slices.Equal(value.scales, in.scales) {
		return nil, o.fail("its value %s has another scale than its input", value.where())
	}
	return pad(o)
}

func mirrorPad(o *operator) ([]int, error) {
	shape, err := pad(o)
	if err != nil {
		return nil, err
	}
	list, _ := o.constants(1) // pad has read it
	const reflect = 0
	for i, n := range o.in[0].shape {
		if o.options.byte(0) == reflect {
			n--
		}
		if list[2*i] > n || list[2*i+1] > n {
			return nil, o.fail("it mirrors %d and %d values of dimension %d, which has fewer", list[2*i], list[2*i+1], i)
		}
	}
	return shape, nil
}

func concatenation(o *operator) ([]int, error) {
	if o.options.byte(1) != activationNone {
		return nil, o.unsupported("it has a fused activation")
	}
	shape := slices.Clone(o.in[0].shape)
	if len(shape) > 4 {
		return nil, o.unsupported("it joins %d dimensions, and at most 4 are supported", len(shape))
	}
	axis, err := o.axis(o.options.int32(0, 0), len(shape))
	if err != nil {
		return nil, err
	}
	for i, t := range o.in[1:] {
		if t.typ != o.in[0].typ || t.typ.integer() && !t.perTensor() || len(t.shape) != len(shape) {
			return nil, o.fail("its input %d is %s of the shape %v, and input 0 %s of %v", i+1, t.typ, t.shape, o.in[0].typ, o.in[0].shape)
		}
		for j, n := range t.shape {
			if j != axis && n != shape[j] {
				return nil, o.fail("its inputs have the shapes %v and %v, and are joined along dimension %d", o.in[0].shape, t.shape, axis)
			}
		}
		shape[axis] += t.shape[axis]
	}
	return shape, nil
}

func pack(o *operator) ([]int, error) {
	in := o.in[0]
	axis, err := o.axis(o.options.int32(1, 0), len(in.shape)+1)
	if err != nil {
		return nil, err
	}
	for _, t := range o.in {
		if t.typ != in.typ || !slices.Equal(t.shape, in.shape) || len(t.shape) >= maxRank {
			return nil, o.fail("its inputs have the shapes %v and %v", in.shape, t.shape)
		}
	}
	if n := o.options.int32(0, 0); n != len(o.in) {
		return nil, o.fail("it has %d inputs, and says %d", len(o.in), n)
	}
	return slices.Insert(slices.Clone(in.shape), axis, len(o.in)), nil
}
