package search

import (
	"errors"
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

// What a vector can be refused for.
var (
	// ErrDimension: the vector's length is not the index's dimension. Vectors
	// of different encoders must not be mixed: see the checkpoint they come from.
	ErrDimension = errors.New("wrong vector dimension")

	// ErrNotFinite: a value is NaN or infinite, so the vector has no direction.
	ErrNotFinite = errors.New("vector has a value that is not finite")

	// ErrZero: all values are zero, so the vector has no direction.
	ErrZero = errors.New("vector is zero")
)

// What a question can be refused for.
var (
	// ErrK: fewer than one neighbour was asked for.
	ErrK = errors.New("k must be at least 1")

	// ErrTooFew: leave-one-out of fewer than two vectors.
	ErrTooFew = errors.New("leave-one-out needs at least two vectors")

	// ErrClasses: there is not one class for each vector.
	ErrClasses = errors.New("vectors and classes differ in number")
)
