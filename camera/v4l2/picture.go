package v4l2

import (
	"time"

	"edgeclr/camera/rgb"
)

// Picture is one picture of a camera. Either JPEG or Image is set. The receiver owns
// it.
type Picture struct {
	// JPEG is a whole JPEG with all its tables. The decoder decides whether its
	// coded data are good.
	JPEG []byte

	Image *rgb.Image

	// Time is when the picture was made. It carries the monotonic clock, so that
	// setting the wall clock does not change differences.
	Time time.Time

	// Sequence counts the camera's pictures, including dropped ones. It wraps.
	Sequence uint32
}

// Stats count what happened since the start of a stream.
type Stats struct {
	// Pictures were delivered.
	Pictures uint64

	// Damaged were marked damaged by the driver, too short, or not a whole JPEG.
	Damaged uint64

	// Skipped were left out because the camera is faster than the wanted rate.
	Skipped uint64

	// Dropped never reached this package: the driver's sequence numbers have gaps,
	// mostly because no buffer was free.
	Dropped uint64
}

// missed returns how many pictures are missing between two sequence numbers. Numbers
// wrap. A number that went back means that the driver began to count again.
func missed(last, now uint32) uint64 {
	if missing := now - last - 1; missing < 1<<31 {
		return uint64(missing)
	}
	return 0
}
