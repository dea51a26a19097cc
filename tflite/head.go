package tflite

import (
	"fmt"

	"edgeclr/model/arch"
	"edgeclr/model/objective"
	"edgeclr/model/weights"
	"edgeclr/tflite/internal/schema"
)

// Head is a projection head: dense layers with a ReLU between them.
type Head struct{ Layers []Layer }

// Layer is a dense layer: Weight is [Out,In], as PyTorch's files hold it.
type Layer struct {
	Name         string
	In, Out      int
	Weight, Bias []float32
}

// check returns ErrModel unless the layers fit each other and the features. No head fits.
func (h *Head) check(features int) error {
	if h == nil {
		return nil
	}
	if len(h.Layers) == 0 {
		return fmt.Errorf("%w: its projection head has no layers", ErrModel)
	}
	for _, l := range h.Layers {
		if l.In != features || len(l.Weight) != l.In*l.Out || len(l.Bias) != l.Out || l.Out < 1 {
			return fmt.Errorf("%w: the layer %s takes %d values and gives %d with %d weights and %d biases; before it there are %d values",
				ErrModel, l.Name, l.In, l.Out, len(l.Weight), len(l.Bias), features)
		}
		if !finite(l.Weight) || !finite(l.Bias) {
			return fmt.Errorf("%w: a value of the layer %s is not finite; choose another checkpoint", ErrModel, l.Name)
		}
		features = l.Out
	}
	return nil
}

// HeadOf takes the tensors of a projection head out of a set, over an encoder with that many
// features. The error is [ErrModel] for a head that normalises by the statistics of a batch:
// a file computes one picture and has no batch. It is a *weights.MismatchError when the set
// has no such head.
func HeadOf(h objective.Head, features int, set weights.Set) (*Head, error) {
	head := &Head{}
	for i, out := range h.Widths {
		if h.NormAfter(i) {
			return nil, fmt.Errorf("%w: the layers of %s are normalised by the statistics of a batch, and a file computes one picture", ErrModel, h.Name)
		}
		weight, bias, _, _ := h.LayerNames(i)
		specs := []weights.Spec{{Name: weight, Shape: []int{out, features}}, {Name: bias, Shape: []int{out}}}
		found, err := set.Match(specs, func(string) bool { return true })
		if err != nil {
			return nil, fmt.Errorf("the projection head %s: %w", h.Name, err)
		}
		head.Layers = append(head.Layers, Layer{fmt.Sprintf("%s.layer%d", h.Name, i+1), features, out, found[0].Data, found[1].Data})
		features = out
	}
	return head, nil
}

// head lowers the layers of a projection head. x is [1,F].
func (n *network) head(h *Head, x id) (id, error) {
	if h == nil {
		return x, nil
	}
	for i, l := range h.Layers {
		r, err := n.rangeOf(l.Name)
		if err != nil {
			return 0, err
		}
		activation := arch.Linear
		if i < len(h.Layers)-1 {
			activation = arch.ReLU
		}
		w, b := n.weights(n.at(x), values{l.Name + ".weight", []int32{int32(l.Out), int32(l.In)}, l.Weight},
			values{l.Name + ".bias", []int32{int32(l.Out)}, l.Bias}, 0)
		x = n.apply(schema.BuiltinOperatorFULLY_CONNECTED, dense{activation}, n.computed(l.Name, []int32{1, int32(l.Out)}, r),
			x, n.constant(w), n.constant(b))
	}
	return x, nil
}

// Apply computes the head in float. It calls see with the result of each layer, after its
// ReLU, and returns that of the last.
func (h *Head) Apply(features []float32, see func(layer string, values []float32) error) ([]float32, error) {
	x := features
	for i, l := range h.Layers {
		y := make([]float32, l.Out)
		for o := range y {
			sum := float64(l.Bias[o])
			for k, w := range l.Weight[o*l.In : (o+1)*l.In] {
				sum += float64(w) * float64(x[k])
			}
			if i < len(h.Layers)-1 {
				sum = max(sum, 0)
			}
			y[o] = float32(sum)
		}
		if err := see(l.Name, y); err != nil {
			return nil, err
		}
		x = y
	}
	return x, nil
}
