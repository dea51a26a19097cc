package gate

import (
	"fmt"
	"slices"
)

// window holds the last values of a series. The zero value is empty.
type window struct {
	values []float32
	next   int // the next to be overwritten, once it is full
}

// add appends a value. When there are size values, it replaces the oldest. All calls must
// have the same size.
func (w *window) add(v float32, size int) {
	if len(w.values) < size {
		w.values = append(w.values, v)
		return
	}
	w.values[w.next] = v
	w.next = (w.next + 1) % size
}

func (w *window) len() int { return len(w.values) }

// quantile returns the q-quantile of the window, 0 if the window is empty.
func (w *window) quantile(q float64) float32 {
	if len(w.values) == 0 {
		return 0
	}
	return quantile(slices.Clone(w.values), q)
}

// quantile returns the q-quantile of the values, which it sorts. There must be at least
// one value.
func quantile(values []float32, q float64) float32 {
	slices.Sort(values)
	return values[int(q*float64(len(values)-1))]
}

// inOrder returns the values, the oldest first.
func (w *window) inOrder() []float32 {
	return append(slices.Clone(w.values[w.next:]), w.values[:w.next]...)
}

// fill replaces the values. It refuses more than size values, and values below 0.
func (w *window) fill(values []float32, size int) error {
	if len(values) > size {
		return fmt.Errorf("%d values, more than %d", len(values), size)
	}
	for _, v := range values {
		if !(v >= 0) {
			return fmt.Errorf("%v where 0 or more is needed", v)
		}
	}
	*w = window{values: slices.Clone(values)}
	return nil
}
