package camera

import (
	"context"
	"time"

	"edgeclr/camera/rgb"
)

// connectFunc opens a camera and starts its stream. It is all that a kind of
// live source supplies; [newLive] makes a [Source] of it, which connects again
// after every end.
//
// ctx bounds the connecting alone: the connection lives until its Close. A
// connectFunc is called by one goroutine, never while an earlier connection is
// open, and leaves nothing open when it fails. Its error is shown to the
// operator behind the source's URI, so it says what was tried, why it failed
// and what mends it, without credentials.
type connectFunc func(ctx context.Context) (connection, error)

// connection is one stream of pictures, from the opening of a camera to its
// end. One goroutine uses it.
type connection interface {
	// next waits for the next picture. It comes back soon after ctx ends, with
	// any error, and only Close is called then: a read that cannot be
	// interrupted otherwise may break the connection.
	//
	// An error that matches one of the refusals in errors.go (ErrTruncated,
	// ErrCorrupt ...) says that a picture arrived damaged: it is counted and
	// next is called again. Every other error ends the connection, and is shown as
	// those of connectFunc are.
	next(ctx context.Context) (capture, error)

	// Close ends the stream and waits until everything that belongs to it is
	// gone: descriptors, goroutines, child processes. It takes a few seconds at
	// most. It is called once, after any error too.
	Close() error
}

// capture is one picture of a live source. Either data or image is set.
type capture struct {
	// data is an encoded picture of any kind that [Decoder] reads. Whether it
	// is whole is for the source to check, not for the connection.
	data []byte

	// image holds the pixels of a camera that does not encode them.
	image *rgb.Image

	// time is when the picture was made, for cameras that know; zero: now.
	time time.Time
}
