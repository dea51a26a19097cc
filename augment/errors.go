package augment

import "errors"

// Errors of a Loader. All are matched with errors.Is.
var (
	// ErrClosed is returned by Next after Close or when the loader's own
	// context has ended.
	ErrClosed = errors.New("the loader of training views is closed")

	// ErrNoImages is returned by Next when not one picture of a batch could be
	// loaded. It comes with the first picture's error.
	ErrNoImages = errors.New("no picture of the batch could be loaded")

	// ErrOptions is returned by NewLoader for options it cannot work with.
	ErrOptions = errors.New("the loader of training views cannot work with these options")
)
