package daemon

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"edgeclr/camera"
)

// maxPatience is how long a request may wait for a picture of a source.
const maxPatience = 5 * time.Minute

// errNoPicture says that a source gave none in time.
var errNoPicture = errors.New("no picture")

// getSourceImage answers with the next picture of a source, as JPEG.
func (s *Service) getSourceImage(w http.ResponseWriter, r *http.Request) {
	patience := 20 * time.Second
	if text := r.FormValue("timeout"); text != "" {
		seconds, err := strconv.ParseFloat(text, 64)
		if err != nil || !(seconds > 0 && seconds <= maxPatience.Seconds()) {
			s.fail(w, fmt.Errorf("%w: timeout=%s is not a number of seconds up to %v", errRequest, text, maxPatience.Seconds()))
			return
		}
		patience = time.Duration(seconds * float64(time.Second))
	}
	source, err := s.ingest.source(r.FormValue("uri"))
	if err != nil {
		s.fail(w, err)
		return
	}
	data, err := s.peep(r.Context(), source, patience)
	if err != nil {
		s.fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "image/jpeg")
	_, _ = w.Write(data) // the client may be gone
}

// source finds a source by its URI without credentials; "" is the only one.
func (in *ingest) source(uri string) (camera.Source, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if uri == "" && len(in.feeds) == 1 {
		return in.feeds[0].source, nil
	}
	for _, f := range in.feeds {
		source := f.source
		if source.URI() == uri {
			return source, nil
		}
	}
	return nil, fmt.Errorf("%w: this service has no source %q; GET /v1/status lists those it has", ErrNothingFound, uri)
}

// peep waits for the next good picture of a source.
func (s *Service) peep(ctx context.Context, source camera.Source, patience time.Duration) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		f, err := s.ingest.peepholes.next(ctx, source.URI())
		if errors.Is(err, context.DeadlineExceeded) {
			state, reason := source.State()
			err = fmt.Errorf("%w of %s within %v; it is %s", errNoPicture, source.URI(), patience, state)
			if reason != nil {
				err = fmt.Errorf("%w: %w", err, reason)
			}
		}
		if err != nil {
			return nil, err
		}
		if data, err := f.JPEG(ctx, s.decoder, jpegQuality); err == nil {
			return data, nil
		}
	}
}

// SourceImage fetches the next picture of a source that the service watches,
// as JPEG.
func (c *Client) SourceImage(ctx context.Context, uri string, patience time.Duration) ([]byte, error) {
	q := url.Values{"uri": {uri}, "timeout": {strconv.FormatFloat(patience.Seconds(), 'f', -1, 64)}}
	r, err := c.do(ctx, http.MethodGet, "/v1/sources/image", q, "", nil)
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	return io.ReadAll(r.Body)
}
