package weights

import (
	"fmt"
	"slices"
	"strings"

	"edgeclr/internal/tensor"
)

// Set is an ordered list of tensors with different names.
type Set []tensor.Tensor

// Find returns the tensor of that name. It shares the Set's memory.
func (s Set) Find(name string) (tensor.Tensor, bool) {
	for _, t := range s {
		if t.Name == name {
			return t, true
		}
	}
	return tensor.Tensor{}, false
}

// Names returns the names in the Set's order.
func (s Set) Names() []string {
	names := make([]string, len(s))
	for i, t := range s {
		names[i] = t.Name
	}
	return names
}

// quote makes text from a file fit for a message.
func quote(s string) string {
	const longest = 80
	if len(s) > longest {
		return fmt.Sprintf("%q...", s[:longest])
	}
	return fmt.Sprintf("%q", s)
}

// Spec is a tensor that an architecture wants.
type Spec struct {
	Name  string
	Shape []int
}

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

// ShapeMismatch is a tensor that is there and has another shape.
type ShapeMismatch struct {
	Name       string
	Have, Want []int
}

// MismatchError lists all that keeps a Set from being the wanted one.
type MismatchError struct {
	Wanted  int      // how many tensors were wanted
	Missing []string // wanted and not there, in the wanted order
	Surplus []string // there and not wanted, in the Set's order
	Shapes  []ShapeMismatch
}

func (e *MismatchError) empty() bool {
	return len(e.Missing) == 0 && len(e.Surplus) == 0 && len(e.Shapes) == 0
}

// Error names the first ten of each kind, and the likely cause where the
// numbers tell it.
func (e *MismatchError) Error() string {
	var shapes []string
	for _, s := range e.Shapes {
		shapes = append(shapes, fmt.Sprintf("%s is %v and should be %v", s.Name, s.Have, s.Want))
	}
	var parts []string
	for _, p := range []struct {
		what  string
		items []string
	}{
		{"missing", e.Missing},
		{"of another shape", shapes},
		{"not part of it", e.Surplus},
	} {
		if len(p.items) > 0 {
			parts = append(parts, fmt.Sprintf("%d %s (%s)", len(p.items), p.what, firstTen(p.items)))
		}
	}
	return fmt.Sprintf("the tensors do not fit the architecture: %s%s", strings.Join(parts, "; "), e.hint())
}

func (e *MismatchError) hint() string {
	switch {
	case len(e.Missing) == e.Wanted && len(e.Surplus) > 0:
		return "; not one name fits: choose the architecture that the file was made for"
	case len(e.Missing) == 0 && len(e.Shapes) > 0:
		return "; the names fit: this is a wider or narrower variant of the architecture"
	}
	return ""
}

func firstTen(items []string) string {
	const most = 10
	if len(items) <= most {
		return strings.Join(items, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(items[:most], ", "), len(items)-most)
}
