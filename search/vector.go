package search

import (
	"errors"
	"fmt"
	"math"
)

// Errors for a vector that cannot be used.
var (
	// ErrDimension is returned if a vector's length is not the index's dimension.
	// Vectors of different encoders must not be mixed: see the checkpoint that they
	// come from.
	ErrDimension = errors.New("wrong vector dimension")

	// ErrNotFinite is returned for a vector with a value that is NaN or infinite. It
	// has no direction.
	ErrNotFinite = errors.New("vector has a value that is not finite")

	// ErrZero is returned for a vector of zeros. It has no direction.
	ErrZero = errors.New("vector is zero")
)

// Errors for a query that cannot be answered.
var (
	// ErrK is returned if k is below 1.
	ErrK = errors.New("k must be at least 1")

	// ErrTooFew is returned for leave-one-out of fewer than two vectors.
	ErrTooFew = errors.New("leave-one-out needs at least two vectors")

	// ErrClasses is returned if there is not one class for each vector.
	ErrClasses = errors.New("vectors and classes differ in number")
)

// unitTolerance is how far from 1 the squared norm of a normalised vector may be.
// Such a vector is kept bit for bit.
const unitTolerance = 1e-6

// normalize writes v with length 1 into dst. It sets the further values of dst to 0.
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

// squaredNorm computes in float64, where no float32 vector overflows or underflows.
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
