package litert

import (
	"errors"
	"fmt"
)

// The errors of this package. Errors that callers get wrap one of them, with what happened, where, and what mends it.
var (
	// ErrMissing says that there is no library to load.
	ErrMissing = errors.New("LiteRT's library is missing")
	// ErrVersion says that the library is no LiteRT, or of another release than Release.
	ErrVersion = errors.New("the library is not LiteRT " + Release)
	// ErrModel says that the library refuses a file.
	ErrModel = errors.New("LiteRT refuses the file")
	// ErrAccelerator says that the accelerator that was asked for is not here, or does not run the whole network.
	ErrAccelerator = errors.New("the accelerator does not run the network")
	// ErrRun says that a run failed.
	ErrRun = errors.New("LiteRT failed")
)

// status is a result of LiteRT's functions; 0 is success.
type status int

// statusTexts explain the statuses that the used functions return.
var statusTexts = map[status]string{
	1:    "an argument is invalid",
	2:    "memory is exhausted",
	3:    "the runtime failed",
	4:    "an input is missing",
	5:    "this is not supported",
	6:    "something was not found",
	7:    "it took too long",
	8:    "a version does not fit",
	9:    "the cause is unknown",
	10:   "it exists already",
	100:  "it was cancelled",
	500:  "a file could not be read",
	501:  "this is no .tflite file",
	502:  "a library could not be loaded",
	503:  "the file could not be written anew",
	504:  "the network could not be compiled",
	1000: "an index is out of range",
	1001: "a type is invalid",
	1002: "the graph is invalid",
	1003: "the graph could not be changed",
	4000: "the runtime's version is not supported",
	5000: "an operator's shape cannot be inferred",
	5001: "the shapes do not fit",
}

func (s status) String() string {
	if text := statusTexts[s]; text != "" {
		return fmt.Sprintf("%s (status %d)", text, int(s))
	}
	return fmt.Sprintf("status %d", int(s))
}
