package model

import "errors"

// Errors that callers tell apart with errors.Is.
var (
	// ErrDiverged says that the loss or a weight is not a finite number. The
	// trainer's weights are useless from then on; go back to a checkpoint.
	ErrDiverged = errors.New("training diverged: the loss is not a finite number")

	// ErrShape says that the caller's images, weights or batch do not have
	// the shape that the graph was built for.
	ErrShape = errors.New("wrong shape")

	// ErrClosed says that the encoder, trainer or decoder was closed.
	ErrClosed = errors.New("model is closed")
)
