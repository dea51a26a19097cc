package check

import (
	"errors"
	"slices"

	"edgeclr/daemon/blend/calibrate"
	"edgeclr/tflite/litert"
)

// answer is what the child sends back, as gob.
type answer struct {
	Result     Result
	Calibrated calibrate.Result
	Err        string
	Kind       int // of the error: 1 + its place in kinds; 0: another one
}

// kinds are the errors that a caller tells apart.
func kinds() []error {
	return []error{litert.ErrMissing, litert.ErrVersion, litert.ErrModel, litert.ErrAccelerator, litert.ErrRun, calibrate.ErrPictures}
}

// childError is an error of the child.
type childError struct {
	text string
	kind error // nil: another one
}

func (e *childError) Error() string { return e.text }

func (e *childError) Unwrap() error { return e.kind }

// fail puts an error in the answer.
func (a *answer) fail(err error) {
	a.Err = err.Error()
	a.Kind = 1 + slices.IndexFunc(kinds(), func(kind error) bool { return errors.Is(err, kind) })
}

// error is what fail has put in.
func (a answer) error() error {
	if a.Kind > 0 && a.Kind <= len(kinds()) {
		return &childError{a.Err, kinds()[a.Kind-1]}
	}
	return &childError{a.Err, nil}
}
