package model

import (
	"github.com/tensorflow/tensorflow/tensorflow/go/op"

	"edgeclr/model/tfload"
)

// ErrMissing means that TensorFlow's library could not be loaded. The message says
// where the dynamic loader looked.
var ErrMissing = tfload.ErrMissing

// Loaded reports whether TensorFlow's library is in this process. The first encoder,
// trainer, decoder or list of devices loads it.
func Loaded() bool { return tfload.Loaded() }

// newScope begins a graph. Every graph begins here, and everything else needs a graph,
// so this is where TensorFlow is loaded.
func newScope() (*op.Scope, error) {
	if err := Load(); err != nil {
		return nil, err
	}
	return op.NewScope(), nil
}

// Load loads TensorFlow's library now, as the first encoder would. Its error is an
// [ErrMissing].
func Load() error { return tfload.Load() }
