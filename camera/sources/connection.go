package sources

import (
	"context"
	"errors"
	"fmt"
	"time"

	"edgeclr/camera/decode"
	"edgeclr/camera/mjpeg"
	"edgeclr/camera/rgb"
)

// connectFunc opens a camera and starts its stream. It is all that a kind of
// live source supplies; [newLive] makes a source of it, which connects again
// after every end.
//
// ctx bounds only the connecting: the connection lives until its Close. One
// goroutine calls a connectFunc, never while an earlier connection is open. A
// connectFunc that fails leaves nothing open. The operator sees its error after the
// source's URI. So the error says what was tried, why it failed and how to repair it,
// without credentials.
type connectFunc func(ctx context.Context) (connection, error)

// connection is one stream of pictures, from the opening of a camera to its
// end. One goroutine uses it.
type connection interface {
	// next waits for the next picture. When ctx ends, it soon returns any error.
	// Only Close is called after that, so next may break the connection to
	// interrupt a read.
	//
	// An error that [decode.Refused] accepts (ErrTruncated, ErrCorrupt ...) says
	// that a picture arrived damaged: the source counts it and calls next again.
	// Every other error ends the connection. The operator sees it as those of
	// connectFunc.
	next(ctx context.Context) (capture, error)

	// Close ends the stream and waits until everything that belongs to it is
	// gone: descriptors, goroutines, child processes. It takes a few seconds at
	// most. It is called once, also after an error.
	Close() error
}

// capture is one picture of a live source. Either data or image is set.
type capture struct {
	// data is an encoded picture of any kind that decode.Decoder reads. The
	// source checks whether it is whole; the connection need not.
	data []byte

	// image holds the pixels of a camera that does not encode them.
	image *rgb.Image

	// time is when the picture was made, for cameras that know; zero: now.
	time time.Time
}

// withReason adds the matching error of package decode to an error of package mjpeg
// about a single picture.
func withReason(err error) error {
	switch {
	case errors.Is(err, mjpeg.ErrCut):
		return fmt.Errorf("%w: %w", decode.ErrTruncated, err)
	case errors.Is(err, mjpeg.ErrBroken):
		return fmt.Errorf("%w: %w", decode.ErrCorrupt, err)
	case errors.Is(err, mjpeg.ErrTooLarge):
		return fmt.Errorf("%w: %w", decode.ErrTooLarge, err)
	case errors.Is(err, mjpeg.ErrNoJPEG):
		return fmt.Errorf("%w: %w", decode.ErrUnsupported, err)
	}
	return err
}
