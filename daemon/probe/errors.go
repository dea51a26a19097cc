package probe

import "errors"

// Errors of a measurement, besides [search.ErrDimension], [search.ErrNotFinite]
// and [search.ErrZero] of single vectors. An encoder whose vectors are not finite
// or are zero is ruined and must not serve.
var (
	// ErrTooFew is returned for fewer than two pictures, which have no neighbours.
	ErrTooFew = errors.New("a probe needs at least two pictures")

	// ErrShape is returned when the numbers of pictures, views and classes, or the
	// indices of pairs, do not fit each other.
	ErrShape = errors.New("vectors do not belong together")
)

// Errors of a [Set].
var (
	// ErrOptions is returned for options that no set works with.
	ErrOptions = errors.New("the probe set cannot work with these options")

	// ErrState is returned when the saved state of a set is damaged, or comes from a
	// newer version.
	ErrState = errors.New("the state of the probe set is damaged")
)

// ErrRule is matched by every error of [Rule.Validate].
var ErrRule = errors.New("the rule of promotion cannot work with these values")
