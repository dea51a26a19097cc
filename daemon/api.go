package daemon

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"edgeclr/camera/decode"
	"edgeclr/storage"
)

// Handler is the HTTP API. One line an endpoint; each is in a file of its own.
func (s *Service) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/status", s.getStatus)
	mux.HandleFunc("POST /v1/query", s.postQuery)
	mux.HandleFunc("POST /v1/vectors", s.postVectors)
	mux.HandleFunc("POST /v1/frames", s.postFrames)
	mux.HandleFunc("GET /v1/frames/{id}", s.getFrame)
	mux.HandleFunc("GET /v1/frames/{id}/image", s.getFrameImage)
	mux.HandleFunc("GET /v1/labels", s.getLabels)
	mux.HandleFunc("POST /v1/labels", s.postLabels)
	mux.HandleFunc("GET /v1/checkpoints", s.getCheckpoints)
	mux.HandleFunc("POST /v1/checkpoints/{id}/promote", s.promoteCheckpoint)
	mux.HandleFunc("POST /v1/checkpoints/rollback", s.rollbackCheckpoint)
	mux.HandleFunc("GET /v1/checkpoints/{id}/weights", s.getWeights)
	mux.HandleFunc("GET /v1/embeddings", s.getEmbeddings)
	mux.HandleFunc("GET /v1/sources/image", s.getSourceImage)
	mux.HandleFunc("GET /v1/backup", s.getBackup)
	mux.HandleFunc("POST /v1/pause", s.postPause)
	mux.HandleFunc("POST /v1/resume", s.postResume)
	mux.HandleFunc("GET /healthz", s.getAlive)
	mux.HandleFunc("GET /readyz", s.getReady)
	mux.Handle("GET /metrics", s.metrics.handler(s.log))
	return s.guard(mux)
}

func (s *Service) getStatus(w http.ResponseWriter, _ *http.Request) {
	st, err := s.Status()
	if err != nil {
		s.fail(w, err)
		return
	}
	reply(w, st)
}

func (s *Service) postPause(w http.ResponseWriter, r *http.Request) {
	s.Pause()
	s.getStatus(w, r)
}

func (s *Service) postResume(w http.ResponseWriter, r *http.Request) {
	s.Resume()
	s.getStatus(w, r)
}

// reply writes a JSON answer.
func reply(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	// The client may be gone; there is nobody left to tell.
	_ = json.NewEncoder(w).Encode(value)
}

// Problem is the body of every answer that is not a success.
type Problem struct {
	Code    string `json:"code"` // stable: see problemCodes
	Message string `json:"message"`
}

// problemCodes ties errors to the code and the HTTP status by which a client
// tells them apart, most specific first.
func problemCodes() []struct {
	err    error
	code   string
	status int
} {
	return []struct {
		err    error
		code   string
		status int
	}{
		{ErrNothingFound, "not_found", http.StatusNotFound},
		{storage.ErrNotFound, "not_found", http.StatusNotFound},
		{ErrContradiction, "contradiction", http.StatusConflict},
		{errRequest, "bad_request", http.StatusBadRequest},
		{storage.ErrInvalid, "bad_request", http.StatusBadRequest},
		{decode.ErrTooLarge, "bad_image", http.StatusUnprocessableEntity},
		{decode.ErrTruncated, "bad_image", http.StatusUnprocessableEntity},
		{decode.ErrUnsupported, "bad_image", http.StatusUnprocessableEntity},
		{decode.ErrEmpty, "bad_image", http.StatusUnprocessableEntity},
		{decode.ErrCorrupt, "bad_image", http.StatusUnprocessableEntity},
		{storage.ErrFull, "disk_full", http.StatusInsufficientStorage},
		{errForbidden, "forbidden", http.StatusForbidden},
		{errNoPicture, "no_picture", http.StatusGatewayTimeout},
		{errClosing, "closing", http.StatusServiceUnavailable},
	}
}

// errRequest is a request that makes no sense.
var errRequest = errors.New("bad request")

// fail answers with a problem.
func (s *Service) fail(w http.ResponseWriter, err error) {
	p, status := Problem{Code: "failed", Message: err.Error()}, http.StatusInternalServerError
	for _, c := range problemCodes() {
		if errors.Is(err, c.err) {
			p.Code, status = c.code, c.status
			break
		}
	}
	if status == http.StatusInternalServerError && !errors.Is(err, context.Canceled) { // else nobody waits any more
		s.log.Error("a request failed", "error", err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(p)
}
