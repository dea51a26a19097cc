package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"edgeclr/camera/decode"
	"edgeclr/daemon/blend"
	"edgeclr/daemon/client"
	"edgeclr/daemon/serving"
	"edgeclr/storage"
)

// Parts are what the API needs of a service.
type Parts struct {
	Status   func() (client.Status, error)
	Store    *storage.Store
	Versions *serving.Versions
	Ingest   Ingest
	Learner  Learner
	Corpus   Excluder
	Loops    Loops
	Metrics  *Metrics

	Decoder *decode.Decoder // its limits hold for the pictures of requests
	Opener  *blend.Opener   // for encoders that a request opens with another size or blend
	Now     func() time.Time
	Log     *slog.Logger
	// Lifetime ends when the service begins to close. Promotions use it instead of
	// the request's context: they go on when the client leaves.
	Lifetime context.Context
}

// Ingest is what the endpoints need of the ingest.
type Ingest interface {
	Committer
	Keeper
	PictureSource
}

// API answers requests.
type API struct {
	handler  http.Handler
	requests *requests
	servers  *servers
	log      *slog.Logger
}

// New makes the API. It listens nowhere yet: see Listen.
func New(p Parts) *API {
	p.Metrics.watch(p.Status, p.Learner)
	return newAPI(routes(p), p.Log)
}

func newAPI(routes []route, log *slog.Logger) *API {
	a := &API{requests: newRequests(), servers: &servers{}, log: log}
	mux := http.NewServeMux()
	for _, r := range routes {
		mux.HandleFunc(r.pattern, a.answered(r.answer))
	}
	a.handler = a.counted(mux)
	return a
}

// Handler answers requests to every endpoint.
func (a *API) Handler() http.Handler { return a.handler }

// Close ends the listeners, cancels the requests that are open and waits for
// them. Requests that come later are refused.
func (a *API) Close() {
	a.servers.close()
	a.requests.close()
}

// endpoint answers a request. Its error becomes a problem, so it must not write
// anything before it returns an error. A stream that fails after it has begun
// returns a brokenError: see broken.
type endpoint func(w http.ResponseWriter, r *http.Request) error

// route is an endpoint with its method and path.
type route struct {
	pattern string
	answer  endpoint
}

// routes lists the endpoints: one line each. docs/api.md describes them.
func routes(p Parts) []route {
	seen := sightings{p.Store, p.Log}
	pictures := pictureReader{p.Decoder}
	return []route{
		{"GET /v1/status", getStatus(p.Status)},
		{"POST /v1/query", querier{p.Versions, p.Store, p.Ingest, seen, pictures, p.Metrics}.post},
		{"POST /v1/vectors", vectorizer{p.Versions, p.Store, p.Opener, p.Decoder, pictures}.post},
		{"POST /v1/frames", frameTaker{p.Ingest, p.Versions, pictures, p.Now}.post},
		{"GET /v1/frames/{id}", getFrame(p.Store, seen)},
		{"GET /v1/frames/{id}/image", getFrameImage(p.Store, p.Versions)},
		{"GET /v1/labels", getLabels(p.Store)},
		{"POST /v1/labels", postLabels(p.Store, p.Corpus)},
		{"GET /v1/checkpoints", getCheckpoints(p.Store)},
		{"POST /v1/checkpoints/{id}/promote", promote(p.Lifetime, p.Versions)},
		{"POST /v1/checkpoints/rollback", rollback(p.Lifetime, p.Versions)},
		{"POST /v1/checkpoints/resize", resize(p.Lifetime, p.Versions)},
		{"GET /v1/checkpoints/{id}/weights", getWeights(p.Store)},
		{"GET /v1/embeddings", getEmbeddings(p.Store, p.Store, seen)},
		{"GET /v1/samples", getSamples(p.Store)},
		{"GET /v1/sources/image", getSourceImage(p.Ingest)},
		{"GET /v1/backup", getBackup(p.Store)},
		{"POST /v1/pause", pause(p.Learner, p.Status)},
		{"POST /v1/resume", resume(p.Learner, p.Status)},
		{"GET /healthz", getAlive},
		{"GET /readyz", getReady(p.Status, p.Loops)},
		{"GET /metrics", p.Metrics.get(p.Log)},
	}
}

// answered turns the error of an endpoint into a problem.
func (a *API) answered(e endpoint) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		err := e(w, r)
		var broken *brokenError
		switch {
		case errors.As(err, &broken):
			a.log.Warn(broken.doing, "error", broken.err)
			// The head is sent, so only a broken connection tells the client.
			panic(http.ErrAbortHandler)
		case err != nil:
			a.fail(w, err)
		}
	}
}

// brokenError is the error of a stream whose head is already sent.
type brokenError struct {
	doing string // what failed, for the log
	err   error
}

func (e *brokenError) Error() string { return e.doing + ": " + e.err.Error() }
func (e *brokenError) Unwrap() error { return e.err }

// broken returns err as a brokenError; nil when err is nil.
func broken(doing string, err error) error {
	if err == nil {
		return nil
	}
	return &brokenError{doing, err}
}

// reply writes a JSON answer.
func reply(w http.ResponseWriter, value any) error {
	w.Header().Set("Content-Type", "application/json")
	// The client may be gone. Then nobody is left to tell.
	_ = json.NewEncoder(w).Encode(value)
	return nil
}

// fail answers with a problem.
func (a *API) fail(w http.ResponseWriter, err error) {
	p, status := client.ProblemOf(err)
	if status == http.StatusInternalServerError && !errors.Is(err, context.Canceled) { // nobody waits for a cancelled request
		a.log.Error("a request failed", "error", err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(p) // as in reply
}
