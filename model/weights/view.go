package weights

import (
	"fmt"

	"edgeclr/internal/tensor"
)

// view is a tensor of a .pth file: a window on a storage. All numbers are in
// values.
type view struct {
	storage       *storage
	offset        int
	shape, stride []int
}

// check makes sure that every index stays inside the storage. The number of
// elements must have been found to fit an int.
func (v *view) check() error {
	if n, _ := tensor.Elements(v.shape); n == 0 {
		return nil
	}
	last := v.storage.length - 1
	if v.offset < 0 || v.offset > last {
		return v.outside()
	}
	room := last - v.offset // how far the indices may still go; no product is formed that could overflow
	for i, d := range v.shape {
		step := v.stride[i]
		if d == 1 {
			continue
		}
		if step < 0 || step > room/(d-1) {
			return v.outside()
		}
		room -= step * (d - 1)
	}
	return nil
}

func (v *view) outside() error {
	return fmt.Errorf("%w: shape %v with strides %v from value %d reaches beyond its storage of %d values; %s",
		ErrCorrupt, v.shape, v.stride, v.offset, v.storage.length, downloadAgain)
}

// contiguous reports whether the values lie in row-major order without gaps.
func (v *view) contiguous() bool {
	expect := 1
	for i := len(v.shape) - 1; i >= 0; i-- {
		if v.shape[i] != 1 && v.stride[i] != expect {
			return false
		}
		expect *= v.shape[i]
	}
	return true
}

// whole reports whether the view is its storage, value for value.
func (v *view) whole() bool {
	n, _ := tensor.Elements(v.shape)
	return n == v.storage.length && v.offset == 0 && v.contiguous()
}

// gather copies the view of values, which are the storage's, into row-major
// order.
func (v *view) gather(values []float32) []float32 {
	n, _ := tensor.Elements(v.shape)
	out := make([]float32, n)
	switch {
	case n == 0:
	case v.contiguous():
		copy(out, values[v.offset:])
	default:
		v.walk(out, values)
	}
	return out
}

// walk counts through the indices as an odometer does, the last dimension
// fastest. There is at least one dimension and one value.
func (v *view) walk(out, values []float32) {
	last := len(v.shape) - 1
	inner, step := v.shape[last], v.stride[last]
	index := make([]int, last)
	from := v.offset
	for done := 0; ; {
		for i := range inner {
			out[done+i] = values[from+i*step]
		}
		if done += inner; done == len(out) {
			return
		}
		for d := last - 1; ; d-- {
			index[d]++
			from += v.stride[d]
			if index[d] < v.shape[d] {
				break
			}
			from -= v.stride[d] * v.shape[d]
			index[d] = 0
		}
	}
}
