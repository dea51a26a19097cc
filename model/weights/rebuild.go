package weights

import (
	"fmt"

	"edgeclr/model/weights/internal/pickle"
)

// maxDims is PyTorch's own limit on the dimensions of a tensor.
const maxDims = 64

// newView does what torch._utils._rebuild_tensor_v2 does with the same
// arguments: storage, offset, size, stride, requires_grad, hooks, metadata.
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
	if len(args) > 6 { // v2 has a seventh argument where the values are to be conjugated or negated when used
		if flags, ok := args[6].(*pickle.Dict); !ok || len(flags.Items) > 0 {
			return nil, fmt.Errorf("%w: a tensor with a pending negation; call resolve_neg() before torch.save", ErrUnsupported)
		}
	}
	return &view{storage: s, offset: int(offset), shape: shape, stride: stride}, nil
}

// dimensions converts a tuple of few integers, none negative.
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
