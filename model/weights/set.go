package weights

import (
	"fmt"
	"slices"
	"strings"

	"edgeclr/internal/tensor"
)

// Set is an ordered list of tensors with different names.
type Set []tensor.Tensor

// Find returns the tensor of that name. Its data are the Set's own, not a copy.
func (s Set) Find(name string) (tensor.Tensor, bool) {
	for _, t := range s {
		if t.Name == name {
			return t, true
		}
	}
	return tensor.Tensor{}, false
}

// Names returns the names of the tensors, in the Set's order.
func (s Set) Names() []string {
	names := make([]string, len(s))
	for i, t := range s {
		names[i] = t.Name
	}
	return names
}

// quote makes text from a file safe to print, and cuts it to 80 bytes.
func quote(s string) string {
	const longest = 80
	if len(s) > longest {
		return fmt.Sprintf("%q...", s[:longest])
	}
	return fmt.Sprintf("%q", s)
}

// Spec is the name and shape of a tensor that an architecture needs.
type Spec struct {
	Name  string
	Shape []int
}

// Match returns the wanted tensors, in the order of want. Their data are the Set's
// own. Each wanted tensor must be in the Set with the wanted shape. The Set may hold
// other tensors if optional reports true for their names; nil allows none. The error
// for a Set that does not fit is a *MismatchError.
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

// ShapeMismatch is a tensor that has another shape than the wanted one.
type ShapeMismatch struct {
	Name       string
	Have, Want []int
}

// MismatchError lists all differences between a Set and the wanted tensors.
type MismatchError struct {
	Wanted  int      // number of wanted tensors
	Missing []string // wanted but not in the Set, in the wanted order
	Surplus []string // in the Set but not wanted, in the Set's order
	Shapes  []ShapeMismatch
}

func (e *MismatchError) empty() bool {
	return len(e.Missing) == 0 && len(e.Surplus) == 0 && len(e.Shapes) == 0
}

// Error names the first ten tensors of each kind, and the likely cause if the
// counts show it.
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
		return "; no name fits: choose the architecture that the file was made for"
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
