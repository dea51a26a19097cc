package search

import "errors"

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
