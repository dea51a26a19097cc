// Package tensor holds the array type that the store and the readers of weight files
// share. So the store keeps checkpoints without knowing networks, and the readers do not
// know the store.
package tensor

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

// Check returns an error if Data and Shape disagree.
func (t Tensor) Check() error {
	n, ok := Elements(t.Shape)
	if !ok || n != len(t.Data) {
		return fmt.Errorf("tensor %.80q of shape %v has %d values", t.Name, t.Shape, len(t.Data))
	}
	return nil
}

// Elements returns the number of values that a shape holds. ok is false when a
// dimension is negative or the number does not fit an int.
func Elements(shape []int) (n int, ok bool) {
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
	product := uint(1)
	for _, d := range shape {
		high, low := bits.Mul(product, uint(d))
		if high != 0 || int(low) < 0 {
			return 0, false
		}
		product = low
	}
	return int(product), true
}
