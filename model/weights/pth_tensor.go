package weights

import (
	"fmt"

	"edgeclr/internal/tensor"
	"edgeclr/model/weights/internal/pickle"
)

// storage is a flat array of values in a .pth file. Several tensors may be views of
// one storage.
type storage struct {
	key    string
	dtype  dtype
	length int // number of values, as the pickle claims
}

// storageType returns the type of the values in a storage class of PyTorch.
func storageType(name string) (dtype, bool) {
	switch name {
	case "FloatStorage":
		return float32Type, true
	case "DoubleStorage":
		return float64Type, true
	case "HalfStorage":
		return float16Type, true
	case "BFloat16Storage":
		return bfloat16Type, true
	case "LongStorage":
		return int64Type, true
	case "IntStorage":
		return int32Type, true
	case "ShortStorage":
		return int16Type, true
	case "CharStorage":
		return int8Type, true
	case "ByteStorage":
		return uint8Type, true
	case "BoolStorage":
		return boolType, true
	}
	return 0, false
}

// view is a tensor of a .pth file: a strided window on a storage. Offset and stride
// count values, not bytes.
type view struct {
	storage       *storage
	offset        int
	shape, stride []int
}

// check makes sure that every index stays inside the storage. The caller has made
// sure that the number of elements fits an int.
func (v *view) check() error {
	if n, _ := tensor.Elements(v.shape); n == 0 {
		return nil
	}
	last := v.storage.length - 1
	if v.offset < 0 || v.offset > last {
		return v.outside()
	}
	room := last - v.offset // how far the indices may still go; the loop forms no product that could overflow
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

// contiguous reports whether the values are in row-major order without gaps.
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

// whole reports whether the view holds exactly the values of its storage, in order.
func (v *view) whole() bool {
	n, _ := tensor.Elements(v.shape)
	return n == v.storage.length && v.offset == 0 && v.contiguous()
}

// gather copies the values of the view out of those of its storage, in row-major
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

// walk copies the values of a view that is not contiguous. It counts through the
// indices, the last dimension fastest. The view has at least one dimension and one
// value.
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

// maxDims is PyTorch's limit on the number of dimensions of a tensor.
const maxDims = 64

// newView does what torch._utils._rebuild_tensor_v2 does. The arguments are storage,
// offset, size, stride, requires_grad, hooks and metadata.
func newView(args pickle.Tuple) (*view, error) {
	bad := fmt.Errorf("%w: a tensor with the wrong arguments; %s", ErrCorrupt, downloadAgain)
	if len(args) < 4 {
		return nil, bad
	}
	s, okStorage := args[0].(*storage)
	offset, okOffset := args[1].(int64)
	shape, okShape := dimensions(args[2])
	stride, okStride := dimensions(args[3])
	if !okStorage || !okOffset || !okShape || !okStride || len(shape) != len(stride) {
		return nil, bad
	}
	if len(args) > 6 { // the metadata say whether values are to be conjugated or negated on use
		if flags, ok := args[6].(*pickle.Dict); !ok || len(flags.Items) > 0 {
			return nil, fmt.Errorf("%w: a tensor with a pending negation; call resolve_neg() before torch.save", ErrUnsupported)
		}
	}
	return &view{storage: s, offset: int(offset), shape: shape, stride: stride}, nil
}

// dimensions converts a tuple of at most maxDims integers, none of them negative.
func dimensions(v any) ([]int, bool) {
	tuple, ok := v.(pickle.Tuple)
	if !ok || len(tuple) > maxDims {
		return nil, false
	}
	dims := make([]int, len(tuple))
	for i, item := range tuple {
		d, ok := item.(int64)
		if !ok || d < 0 {
			return nil, false
		}
		dims[i] = int(d)
	}
	return dims, true
}
