package v4l2

import (
	"time"

	"edgeclr/camera/rgb"
)

// Picture is one picture of a camera. Either JPEG or Image is set; the
// receiver owns it.
type Picture struct {
	// JPEG is a whole JPEG with all its tables. Whether its coded data are
	// good is left to the decoder.
	JPEG []byte

	Image *rgb.Image

	// Time is when the picture was made; it carries the monotonic clock, so
	// that differences hold when the wall clock is set.
	Time time.Time

	// Sequence counts the camera's pictures, dropped ones too, and wraps.
	Sequence uint32
}
