package sources

import (
	"context"
	"fmt"

	"edgeclr/camera"
	"edgeclr/camera/httpstream"
	"edgeclr/camera/redact"
)

// openHTTP makes a source of "http://[USER:PASSWORD@]HOST[:PORT]/PATH": an
// MJPEG stream, or one picture that is asked for again at the source's rate.
func openHTTP(rest string, opt Options) (camera.Source, error) { return openURL("http:"+rest, opt) }

// openHTTPS does the same over TLS.
func openHTTPS(rest string, opt Options) (camera.Source, error) { return openURL("https:"+rest, opt) }

func openURL(address string, opt Options) (camera.Source, error) {
	target, err := httpstream.ParseTarget(address)
	if err != nil {
		return nil, fmt.Errorf("%w %q: %w", camera.ErrBadURI, redact.Text(address), err)
	}
	target.Interval, target.Limit = opt.Live.Period(), opt.Limits.MaxBytes
	return newLive(redact.Text(address), opt, func(ctx context.Context) (connection, error) {
		stream, err := httpstream.Open(ctx, target)
		if err != nil {
			return nil, err
		}
		return &httpConnection{stream}, nil
	}), nil
}

// httpConnection is an open stream of a network camera.
type httpConnection struct{ stream *httpstream.Stream }

func (c *httpConnection) next(ctx context.Context) (capture, error) {
	data, err := c.stream.Next(ctx)
	return capture{data: data}, withReason(err)
}

func (c *httpConnection) Close() error { return c.stream.Close() }
