package httpstream

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"edgeclr/camera/mjpeg"
)

// stills requests pictures from an address that answers with one at a time.
type stills struct {
	stream *Stream
	life   context.Context // of the stream: every request ends with it
	first  *http.Response  // the answer that opened the stream; nil after it is read
	due    time.Time       // time of the next request
}

// next waits until a request is due, sends it and returns the picture. The first call
// reads the answer that opened the stream.
func (p *stills) next(ctx context.Context) ([]byte, error) {
	resp := p.first
	if p.first = nil; resp == nil {
		timer := time.NewTimer(time.Until(p.due))
		defer timer.Stop()
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-timer.C:
		}
	}
	p.due = time.Now().Add(p.stream.client.target.Interval)
	if resp == nil {
		var err error
		if resp, err = p.stream.client.get(p.life); err != nil {
			return nil, err
		}
	}
	p.stream.body = nil
	defer resp.Body.Close()
	limit := p.stream.client.target.Limit
	data, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, fmt.Errorf("%w after %d bytes", mjpeg.ErrCut, len(data))
	case err != nil:
		return nil, err
	case int64(len(data)) > limit:
		return nil, fmt.Errorf("%w: %d bytes or more, the limit is %d (limits.file_bytes)", mjpeg.ErrTooLarge, len(data), limit)
	}
	return data, nil
}
