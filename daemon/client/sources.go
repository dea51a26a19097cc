package client

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// SourceImage fetches the next picture of a source that the service watches, as
// JPEG. URI "" is the only source. The service waits at most patience for the
// picture; then the error matches ErrNoPicture.
func (c *Client) SourceImage(ctx context.Context, uri string, patience time.Duration) ([]byte, error) {
	q := url.Values{"uri": {uri}, "timeout": {strconv.FormatFloat(patience.Seconds(), 'f', -1, 64)}}
	r, err := c.Do(ctx, http.MethodGet, "/v1/sources/image", q, "", nil)
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	return io.ReadAll(r.Body)
}
