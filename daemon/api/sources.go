package api

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"edgeclr/daemon/client"
)

const (
	// pictureTimeout is how long a request waits for a picture by default.
	pictureTimeout = 20 * time.Second
	// maxPictureTimeout is the longest ?timeout= of a request.
	maxPictureTimeout = 5 * time.Minute
)

// PictureSource hands out the next picture of a source.
type PictureSource interface {
	// NextPicture waits for the next good picture of a source and returns it as
	// JPEG. The URI is without credentials. With "" it takes the source if there is
	// only one.
	NextPicture(ctx context.Context, uri string, timeout time.Duration) ([]byte, error)
}

// getSourceImage answers with the next picture of the source ?uri=, as JPEG. It
// waits at most ?timeout= seconds for the picture.
func getSourceImage(sources PictureSource) endpoint {
	return func(w http.ResponseWriter, r *http.Request) error {
		timeout := pictureTimeout
		if text := r.FormValue("timeout"); text != "" {
			seconds, err := strconv.ParseFloat(text, 64)
			if err != nil || !(seconds > 0 && seconds <= maxPictureTimeout.Seconds()) {
				return fmt.Errorf("%w: timeout=%s is not a number of seconds up to %v", client.ErrRequest, text, maxPictureTimeout.Seconds())
			}
			timeout = time.Duration(seconds * float64(time.Second))
		}
		data, err := sources.NextPicture(r.Context(), r.FormValue("uri"), timeout)
		if err != nil {
			return err
		}
		return replyJPEG(w, data)
	}
}
