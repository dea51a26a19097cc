package camera

import (
	"context"
	"errors"
	"fmt"

	"edgeclr/camera/httpstream"
	"edgeclr/camera/mjpeg"
	"edgeclr/camera/redact"
)

// openHTTP makes a source of "http://[USER:PASSWORD@]HOST[:PORT]/PATH": an
// MJPEG stream, or a picture that is asked for again at the source's rate.
func openHTTP(rest string, opt OpenOptions) (Source, error) { return openWeb("http:"+rest, opt) }

// openHTTPS does so by TLS.
func openHTTPS(rest string, opt OpenOptions) (Source, error) { return openWeb("https:"+rest, opt) }

func openWeb(address string, opt OpenOptions) (Source, error) {
	target, err := httpstream.ParseTarget(address)
	if err != nil {
		return nil, fmt.Errorf("%w %q: %w", ErrBadURI, redact.Text(address), err)
	}
	target.Interval, target.Limit = opt.Live.period(), opt.Limits.MaxBytes
	return newLive(redact.Text(address), opt, func(ctx context.Context) (connection, error) {
		stream, err := httpstream.Open(ctx, target)
		if err != nil {
			return nil, err
		}
		return &webConnection{stream}, nil
	}), nil
}

// webConnection is an open stream of a web camera.
type webConnection struct{ stream *httpstream.Stream }

func (c *webConnection) next(ctx context.Context) (capture, error) {
	data, err := c.stream.Next(ctx)
	return capture{data: data}, refusal(err)
}

func (c *webConnection) Close() error { return c.stream.Close() }

// refusal gives an error of package mjpeg about a single picture the reason
// that it has in this package.
func refusal(err error) error {
	switch {
	case errors.Is(err, mjpeg.ErrCut):
		return fmt.Errorf("%w: %w", ErrTruncated, err)
	case errors.Is(err, mjpeg.ErrBroken):
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	case errors.Is(err, mjpeg.ErrTooLarge):
		return fmt.Errorf("%w: %w", ErrTooLarge, err)
	case errors.Is(err, mjpeg.ErrNoJPEG):
		return fmt.Errorf("%w: %w", ErrUnsupported, err)
	}
	return err
}
