package daemon

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"edgeclr/camera"
	"edgeclr/daemon/client"
)

// maxPatience is how long a request may wait for a picture of a source.
const maxPatience = 5 * time.Minute

// getSourceImage answers with the next picture of a source, as JPEG.
func (s *Service) getSourceImage(w http.ResponseWriter, r *http.Request) {
	patience := 20 * time.Second
	if text := r.FormValue("timeout"); text != "" {
		seconds, err := strconv.ParseFloat(text, 64)
		if err != nil || !(seconds > 0 && seconds <= maxPatience.Seconds()) {
			s.fail(w, fmt.Errorf("%w: timeout=%s is not a number of seconds up to %v", client.ErrRequest, text, maxPatience.Seconds()))
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
	return nil, fmt.Errorf("%w: this service has no source %q; GET /v1/status lists those it has", client.ErrNothingFound, uri)
}

// peep waits for the next good picture of a source.
func (s *Service) peep(ctx context.Context, source camera.Source, patience time.Duration) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		f, err := s.ingest.peepholes.next(ctx, source.URI())
		if errors.Is(err, context.DeadlineExceeded) {
			state, reason := source.State()
			err = fmt.Errorf("%w of %s within %v; it is %s", client.ErrNoPicture, source.URI(), patience, state)
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
