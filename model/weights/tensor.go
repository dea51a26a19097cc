package weights

import (
	"fmt"
	"math/bits"
)

// Tensor is one named array of float32 values in row-major order. A scalar has
// an empty Shape and one value. Data has as many values as Shape says.
type Tensor struct {
	Name  string
	Shape []int
	Data  []float32
}

// check reports whether Data and Shape agree.
func (t Tensor) check() error {
	n, ok := elements(t.Shape)
	if !ok || n != len(t.Data) {
		return fmt.Errorf("tensor %s of shape %v has %d values", quote(t.Name), t.Shape, len(t.Data))
	}
	return nil
}

// elements is how many values a shape holds; false when a dimension is
// negative or the number does not fit an int.
func elements(shape []int) (int, bool) {
	empty := false
	for _, d := range shape {
		if d < 0 {
			return 0, false
		}
		empty = empty || d == 0
	}
	if empty {
		return 0, true
	}
	n := uint(1)
	for _, d := range shape {
		high, low := bits.Mul(n, uint(d))
		if high != 0 || int(low) < 0 {
			return 0, false
		}
		n = low
	}
	return int(n), true
}

// quote makes text from a file fit for a message.
func quote(s string) string {
	const longest = 80
	if len(s) > longest {
		return fmt.Sprintf("%q...", s[:longest])
	}
	return fmt.Sprintf("%q", s)
}
