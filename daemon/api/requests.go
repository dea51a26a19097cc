package api

import (
	"context"
	"net/http"
	"sync"

	"edgeclr/daemon/client"
)

// requests counts the open requests, so that Close frees nothing that a handler
// still uses. The HTTP server's own shutdown waits for connections only.
type requests struct {
	open context.Context // ends when close begins; every request ends with it
	cut  context.CancelFunc

	mu     sync.RWMutex // each request holds it for reading
	closed bool
}

func newRequests() *requests {
	r := &requests{}
	r.open, r.cut = context.WithCancel(context.Background())
	return r
}

// counted lets requests through to the handler until Close. A request ends with
// its client or with the API, whichever is first.
func (a *API) counted(next http.Handler) http.Handler {
	open := a.requests
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		open.mu.RLock()
		defer open.mu.RUnlock()
		if open.closed {
			a.fail(w, client.ErrClosing)
			return
		}
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		defer context.AfterFunc(open.open, cancel)()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// close cancels the open requests, waits for them, and refuses others.
func (r *requests) close() {
	r.cut()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
}
