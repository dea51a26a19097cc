package probe

import "fmt"

// Options are what is known of the pictures besides their vectors. The zero
// value is: nothing.
type Options struct {
	// Pairs are the indices of two pictures of one source, taken within a few
	// seconds; the order within a pair is of no account. See [Scores.Temporal].
	Pairs [][2]int

	// Classes has the class of each picture, negative if it has no label; nil
	// if none has. Where labels lie on other frames than those of the probe,
	// call [MeasureLabels] for these and set [Scores.Labels].
	Classes []int
}

func (o Options) check(pictures int) error {
	if o.Classes != nil && len(o.Classes) != pictures {
		return fmt.Errorf("%w: %d classes for %d pictures", ErrShape, len(o.Classes), pictures)
	}
	for _, p := range o.Pairs {
		if p[0] == p[1] || min(p[0], p[1]) < 0 || max(p[0], p[1]) >= pictures {
			return fmt.Errorf("%w: pictures %d and %d of %d are no pair", ErrShape, p[0], p[1], pictures)
		}
	}
	return nil
}
