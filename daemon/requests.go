package daemon

import (
	"context"
	"net/http"
	"sync"

	"edgeclr/daemon/client"
)

// requests counts requests in, so that Close frees nothing under a handler that
// still works. The HTTP server's own shutdown waits for connections only.
type requests struct {
	open context.Context // ends when requests are to end
	cut  context.CancelFunc

	mu     sync.RWMutex // held for reading by each request
	closed bool
}

func newRequests() *requests {
	g := &requests{}
	g.open, g.cut = context.WithCancel(context.Background())
	return g
}

// guard lets requests through to the handler until the service closes. A request
// ends with its client or with the service, whichever is first.
func (s *Service) guard(next http.Handler) http.Handler {
	g := s.requests
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.mu.RLock()
		defer g.mu.RUnlock()
		if g.closed {
			s.fail(w, client.ErrClosing)
			return
		}
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		defer context.AfterFunc(g.open, cancel)()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// close cancels the requests under way, waits for them, and refuses others.
func (g *requests) close() {
	g.cut()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
}
