package model

import "errors"

// Errors that callers tell apart with errors.Is.
var (
	// ErrDiverged says that the loss or a weight is not a finite number, be it
	// by training or in what was to be loaded. A trainer's weights are useless
	// from then on; go back to a checkpoint.
	ErrDiverged = errors.New("not a finite number")

	// ErrShape says that the caller's images, weights or batch do not have
	// the shape that the graph was built for.
	ErrShape = errors.New("wrong shape")

	// ErrClosed says that the encoder, trainer or decoder was closed.
	ErrClosed = errors.New("model is closed")
)
