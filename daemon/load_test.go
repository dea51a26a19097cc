package daemon

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"edgeclr/config"
	"edgeclr/daemon/client"
)

// inProcessAfterClose tells whether a client in this process may get this error when
// the service closes: the request came too late, or was cut.
func inProcessAfterClose(err error) bool {
	var remote *client.RemoteError
	return errors.As(err, &remote) && remote.Code == client.CodeFailed ||
		strings.Contains(err.Error(), client.ErrClosing.Error()) || strings.Contains(err.Error(), context.Canceled.Error())
}

// overSocketAfterClose does the same for a client of the socket. There the connection
// may also be cut or refused, or the socket be gone.
func overSocketAfterClose(err error) bool {
	return inProcessAfterClose(err) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, net.ErrClosed) || errors.Is(err, os.ErrNotExist)
}

// Requests succeed until the service closes. The requests that are open then end with
// an answer, or with an error that says that the service closes.
func TestCloseUnderLoad(t *testing.T) {
	for _, tt := range []struct {
		name   string
		learns bool
		most   time.Duration
	}{
		{"the learner waits", false, 5 * time.Second},
		{"the learner learns", true, 20 * time.Second}, // a step takes seconds on a busy machine
	} {
		t.Run(tt.name, func(t *testing.T) {
			cfg := smallConfig(t)
			cfg.Learn.MinFrames = 1000
			if tt.learns {
				cfg.Learn.MinFrames, cfg.Learn.Steps = 8, 100_000
			}
			closeUnderLoad(t, cfg, tt.learns, tt.most)
		})
	}
}

func closeUnderLoad(t *testing.T, cfg config.Config, learns bool, most time.Duration) {
	t.Helper()
	s := open(t, cfg)
	all, _ := embed(t, s, 0, 8)
	if err := s.Serve(); err != nil {
		t.Fatal(err)
	}
	s.Learn()
	const workers = 4
	var closing atomic.Bool
	worked := make(chan int, workers) // workers that have had all answers
	stop := loop(t, workers, func(ctx context.Context, worker int) {
		c, late := s.Client(), inProcessAfterClose
		if worker%2 == 0 {
			c, late = client.New(cfg.Data), overSocketAfterClose
			defer c.Close()
		}
		_, queried := c.QueryImage(ctx, all[worker].Data, 3, "pretrained")
		_, embedded := c.Embed(ctx, pictures(t, 100*worker, 4))
		_, asked := c.Status(ctx)
		over := closing.Load()
		for _, err := range []error{queried, embedded, asked} {
			if err != nil && (!over || !late(err)) && ctx.Err() == nil {
				t.Errorf("worker %d, closing: %v: %v", worker, over, err)
			}
		}
		if !over {
			select {
			case worked <- worker:
			default: // full: the test reads it until it knows all workers
			}
		}
	})
	for done := map[int]bool{}; len(done) < workers; {
		done[<-worked] = true
	}
	if learns {
		wait(t, "a step", func() bool { return s.learner.Status().Step >= 1 })
	}
	closing.Store(true)
	begin := time.Now()
	shut(t, s)
	if took := time.Since(begin); took > most {
		t.Errorf("closing took %v", took)
	}
	stop()
}
