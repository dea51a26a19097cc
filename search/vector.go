package search

import (
	"fmt"
	"math"
)

// unitTolerance is how far from 1 the squared norm of a vector may be that is
// taken as normalised and kept bit for bit.
const unitTolerance = 1e-6

// normalize writes v with length 1 into dst, whose further values become 0.
func normalize(dst, v []float32) error {
	squared, err := squaredNorm(v)
	if err != nil {
		return err
	}
	clear(dst[copy(dst, v):])
	if math.Abs(squared-1) > unitTolerance {
		norm := math.Sqrt(squared)
		for i, value := range v {
			dst[i] = float32(float64(value) / norm)
		}
	}
	return nil
}

// squaredNorm is in float64, in which no float32 vector overflows or vanishes.
func squaredNorm(v []float32) (float64, error) {
	var sum float64
	for i, value := range v {
		x := float64(value)
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return 0, fmt.Errorf("%w: value %d of %d is %v", ErrNotFinite, i, len(v), value)
		}
		sum += x * x
	}
	if sum == 0 {
		return 0, fmt.Errorf("%w: %d values", ErrZero, len(v))
	}
	return sum, nil
}
