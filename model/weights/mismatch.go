package weights

import (
	"fmt"
	"strings"
)

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
