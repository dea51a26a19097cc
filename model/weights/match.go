package weights

import (
	"slices"

	"edgeclr/internal/tensor"
)

// Match returns the wanted tensors in the order of want; they share the Set's
// memory. Every one must be there with the wanted shape. Other tensors may be
// there when optional reports true for their names; nil allows none. What does
// not fit is a *MismatchError.
func (s Set) Match(want []Spec, optional func(name string) bool) (Set, error) {
	have := make(map[string]tensor.Tensor, len(s))
	for _, t := range s {
		if err := t.Check(); err != nil {
			return nil, err
		}
		have[t.Name] = t
	}
	matched := make(Set, 0, len(want))
	known := make(map[string]bool, len(want))
	var mismatch MismatchError
	for _, w := range want {
		known[w.Name] = true
		t, ok := have[w.Name]
		switch {
		case !ok:
			mismatch.Missing = append(mismatch.Missing, w.Name)
		case !slices.Equal(t.Shape, w.Shape):
			mismatch.Shapes = append(mismatch.Shapes, ShapeMismatch{Name: w.Name, Have: t.Shape, Want: w.Shape})
		default:
			matched = append(matched, t)
		}
	}
	for _, t := range s {
		if !known[t.Name] && (optional == nil || !optional(t.Name)) {
			mismatch.Surplus = append(mismatch.Surplus, t.Name)
		}
	}
	if !mismatch.empty() {
		mismatch.Wanted = len(want)
		return nil, &mismatch
	}
	return matched, nil
}
