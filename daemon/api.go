package daemon

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"edgeclr/daemon/client"
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

// fail answers with a problem.
func (s *Service) fail(w http.ResponseWriter, err error) {
	p, status := client.ProblemOf(err)
	if status == http.StatusInternalServerError && !errors.Is(err, context.Canceled) { // else nobody waits any more
		s.log.Error("a request failed", "error", err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(p)
}
