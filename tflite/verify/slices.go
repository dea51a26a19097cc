package verify

import (
	"encoding/binary"
	"slices"
)

// split has several outputs. Its first input is the axis.
func split(o *operator) error {
	list, err := o.values(0, 1)
	if err != nil {
		return err
	}
	in := o.in[1]
	axis, err := o.axis(list[0], len(in.shape))
	if err != nil {
		return err
	}
	parts := o.options.int32(0, 0)
	if parts < 1 || parts != len(o.out) || in.shape[axis]%parts != 0 {
		return o.fail("it cuts dimension %d of %v into %d parts, and has %d outputs", axis, in.shape, parts, len(o.out))
	}
	shape := slices.Clone(in.shape)
	shape[axis] /= parts
	for _, t := range o.out {
		if t.typ != in.typ || in.typ != Float32 && !in.typ.integer() {
			return o.unsupported("its input has the type %s, and its output %s", in.typ, t.typ)
		}
		if err := o.wantShape(t, shape); err != nil {
			return err
		}
	}
	return nil
}

func slice(o *operator) ([]int, error) {
	in := o.in[0].shape
	begin, err := o.values(1, len(in))
	if err != nil {
		return nil, err
	}
	size, err := o.values(2, len(in))
	if err != nil {
		return nil, err
	}
	shape := make([]int, len(in))
	for i, n := range in {
		if shape[i] = size[i]; size[i] == -1 {
			shape[i] = n - begin[i]
		}
		if len(in) > 5 || begin[i] < 0 || begin[i] > n || shape[i] < 1 || shape[i] > n-begin[i] {
			return nil, o.fail("it takes %v from %v of %v", size, begin, in)
		}
	}
	return shape, nil
}

// stridedSlice is x[b:e:s, ...]. Begin and end stay inside the input, and strides are
// positive. Masks of new axes and of an ellipsis are refused.
func stridedSlice(o *operator) ([]int, error) {
	const beginMask, endMask, ellipsisMask, newAxisMask, shrinkMask, offset = 0, 1, 2, 3, 4, 5
	in, v := o.in[0].shape, o.options
	var lists [4][]int
	for i := 1; i < 4; i++ {
		list, err := o.values(i, len(in))
		if err != nil {
			return nil, err
		}
		lists[i] = list
	}
	if v.int32(ellipsisMask, 0) != 0 || v.int32(newAxisMask, 0) != 0 || v.byte(offset) != 0 || len(in) > 4 {
		return nil, o.unsupported("it adds dimensions, or its input %v has more than 4", in)
	}
	shape := []int{}
	for i, n := range in {
		begin, end, stride := lists[1][i], lists[2][i], lists[3][i]
		bit := 1 << i
		shrink := v.int32(shrinkMask, 0)&bit != 0
		if begin < 0 {
			begin += n
		}
		if end < 0 {
			end += n
		}
		if v.int32(beginMask, 0)&bit != 0 {
			begin = 0
		}
		if end = min(end, n); v.int32(endMask, 0)&bit != 0 {
			end = n
		}
		if shrink {
			end = begin + 1
		}
		if stride < 1 || stride > largest || begin < 0 || begin >= end || end > n || shrink && stride != 1 {
			return nil, o.fail("it takes %d to %d by %d of dimension %d of %v", begin, end, stride, i, in)
		}
		if !shrink {
			shape = append(shape, (end-begin+stride-1)/stride)
		}
	}
	return shape, nil
}

func gather(o *operator) ([]int, error) {
	in, indices := o.in[0].shape, o.in[1]
	axis, err := o.axis(o.options.int32(0, 0), len(in))
	if err != nil {
		return nil, err
	}
	if !indices.constant() || indices.typ != Int32 || o.options.int32(1, 0) != 0 {
		return nil, o.unsupported("its indices %s must be a constant of INT32, without batches", indices.where())
	}
	for i := range indices.values {
		if index := int(int32(binary.LittleEndian.Uint32(indices.data[4*i:]))); index < 0 || index >= in[axis] {
			return nil, o.fail("its index %d is %d, and dimension %d has %d", i, index, axis, in[axis])
		}
	}
	shape := slices.Concat(in[:axis], indices.shape, in[axis+1:])
	if len(shape) > maxRank {
		return nil, o.unsupported("its output has %d dimensions", len(shape))
	}
	return shape, nil
}

func spaceToDepth(o *operator) ([]int, error) {
	block := o.options.int32(0, 0)
	if err := o.rank(0, 4); err != nil {
		return nil, err
	}
	in := o.in[0].shape
	if block < 1 || block > largest || in[1]%block != 0 || in[2]%block != 0 {
		return nil, o.fail("its block %d does not divide %v", block, in)
	}
	return []int{in[0], in[1] / block, in[2] / block, in[3] * block * block}, nil
}

func depthToSpace(o *operator) ([]int, error) {
	block := o.options.int32(0, 0)
	if err := o.rank(0, 4); err != nil {
		return nil, err
	}
	in := o.in[0].shape
	if block < 1 || block > largest || in[3]%(block*block) != 0 {
		return nil, o.fail("its block %d does not divide %v", block, in)
	}
	return []int{in[0], in[1] * block, in[2] * block, in[3] / (block * block)}, nil
}

func resizeBilinear(o *operator) ([]int, error) {
	return resize(o, o.options.byte(2) != 0 && o.options.byte(3) != 0)
}

func resizeNearest(o *operator) ([]int, error) {
	return resize(o, o.options.byte(0) != 0 && o.options.byte(1) != 0)
}

// resize gives the output of both kinds. Both: corners are aligned, and centres too.
func resize(o *operator, both bool) ([]int, error) {
	if err := o.rank(0, 4); err != nil {
		return nil, err
	}
	size, err := o.values(1, 2)
	if err != nil {
		return nil, err
	}
	if both || size[0] < 1 || size[1] < 1 || size[0] > 4*largest || size[1] > 4*largest {
		return nil, o.fail("it resizes to %v, or aligns both corners and centres", size)
	}
	return []int{o.in[0].shape[0], size[0], size[1], o.in[0].shape[3]}, nil
}
