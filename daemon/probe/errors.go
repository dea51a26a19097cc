package probe

import "errors"

// What a measurement can be refused for, besides [search.ErrDimension],
// [search.ErrNotFinite] and [search.ErrZero] of single vectors. An encoder
// whose vectors are not finite or zero is ruined and must not serve.
var (
	// ErrTooFew: fewer than two pictures have no neighbours.
	ErrTooFew = errors.New("a probe needs at least two pictures")

	// ErrShape: the numbers of pictures, views, classes or the indices of pairs
	// do not fit each other.
	ErrShape = errors.New("vectors do not belong together")
)

// What a [Set] can be refused for.
var (
	// ErrOptions: no set works with these options.
	ErrOptions = errors.New("the probe set cannot work with these options")

	// ErrState: the saved state of a set is damaged, or from a newer version.
	ErrState = errors.New("the state of the probe set is damaged")
)

// ErrRule is matched by every error of [Rule.Validate].
var ErrRule = errors.New("the rule of promotion cannot work with these values")
