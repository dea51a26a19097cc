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

// Stats count what happened since the start of a stream.
type Stats struct {
	// Pictures were handed over.
	Pictures uint64

	// Damaged were marked so by the driver, too short, or no whole JPEG.
	Damaged uint64

	// Skipped were beyond the wanted rate.
	Skipped uint64

	// Dropped were lost before they came here: the driver's numbers have gaps
	// there, mostly since no buffer was free.
	Dropped uint64
}

// gap is how many pictures are missing between two numbers. Numbers wrap; one
// that went back means that the driver counts anew.
func gap(last, now uint32) uint64 {
	if missing := now - last - 1; missing < 1<<31 {
		return uint64(missing)
	}
	return 0
}
