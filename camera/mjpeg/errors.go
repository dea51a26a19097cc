package mjpeg

import "errors"

// What can be wrong with one picture of a stream. The stream goes on.
var (
	// ErrCut says that another picture begins before this one has ended.
	ErrCut = errors.New("the picture breaks off")

	// ErrBroken says that the bytes contradict the format: a segment has an
	// impossible length.
	ErrBroken = errors.New("the picture is broken")

	// ErrTooLarge says that the picture is larger than the limit.
	ErrTooLarge = errors.New("the picture is too large")

	// ErrNoJPEG says that a megabyte came in which no picture begins.
	ErrNoJPEG = errors.New("not JPEG")
)

// Harmless reports whether err is about one picture, so that the next call may
// bring another. All other errors are of the stream, and final.
func Harmless(err error) bool {
	return errors.Is(err, ErrCut) || errors.Is(err, ErrBroken) || errors.Is(err, ErrTooLarge) || errors.Is(err, ErrNoJPEG)
}
