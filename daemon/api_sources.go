package daemon

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

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
	data, err := s.ingest.NextPicture(r.Context(), r.FormValue("uri"), patience)
	if err != nil {
		s.fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "image/jpeg")
	_, _ = w.Write(data) // the client may be gone
}
