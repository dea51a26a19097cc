package daemon

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"edgeclr/daemon/client"
)

func TestServe(t *testing.T) {
	cfg := smallConfig(t)
	cfg.Listen = "127.0.0.1:0"
	s := open(t, cfg)
	socket := filepath.Join(cfg.Data, client.SocketName)
	// What a killed process left behind is replaced.
	left, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	left.(*net.UnixListener).SetUnlinkOnClose(false)
	left.Close()
	if err := s.Serve(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(socket)
	if err != nil || info.Mode().Perm() != 0o600 || info.Mode().Type() != os.ModeSocket {
		t.Errorf("socket %v, %v", info, err)
	}
	answer, err := http.Get("http://" + s.Listening() + "/v1/status")
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("over TCP: %v, %v", answer, err)
	}
	answer.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	c := client.New(cfg.Data)
	defer c.Close()
	if !c.Reachable(t.Context()) {
		t.Error("nobody answers on the socket")
	}
	shut(t, s)
	if _, err := os.Stat(socket); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket is still there: %v", err)
	}
	_, err = c.Status(t.Context())
	if err == nil || !strings.Contains(err.Error(), socket) || strings.Contains(err.Error(), "http://") {
		t.Errorf("asking nobody: %v", err)
	}
}

func TestListenOnATakenAddress(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	cfg := smallConfig(t)
	cfg.Listen = taken.Addr().String()
	s := open(t, cfg)
	if err := s.Serve(); err == nil || !strings.Contains(err.Error(), "--listen") || !strings.Contains(err.Error(), cfg.Listen) {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(filepath.Join(cfg.Data, client.SocketName)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a socket is left behind: %v", err)
	}
}

// inProcessAfterClose tells whether a client in this process may get this error
// when the service closes: it came too late, or its work was cut.
func inProcessAfterClose(err error) bool {
	var remote *client.RemoteError
	return errors.As(err, &remote) && remote.Code == client.CodeFailed ||
		strings.Contains(err.Error(), client.ErrClosing.Error()) || strings.Contains(err.Error(), context.Canceled.Error())
}

// overSocketAfterClose is likewise for a client of the socket: its connection is
// cut or refused, or the socket is gone.
func overSocketAfterClose(err error) bool {
	return inProcessAfterClose(err) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, net.ErrClosed) || errors.Is(err, os.ErrNotExist)
}

// Closing waits for requests for two seconds, then cuts them; a client that
// sends nothing or reads nothing does not hold it up.
func TestCloseWithOpenRequests(t *testing.T) {
	cfg := smallConfig(t)
	s := open(t, cfg)
	if err := s.Serve(); err != nil {
		t.Fatal(err)
	}
	c := client.New(cfg.Data)
	defer c.Close()
	lazy, err := c.Backup(t.Context()) // and nobody reads it
	if err != nil {
		t.Fatal(err)
	}
	defer lazy.Close()
	silent, err := net.Dial("unix", filepath.Join(cfg.Data, client.SocketName))
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	slow, err := s.Client().Backup(t.Context()) // the same in process
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close()
	begin := time.Now()
	shut(t, s)
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("closing took %v", took)
	}
	_, err = s.Client().Status(t.Context())
	var remote *client.RemoteError
	if !errors.As(err, &remote) || remote.Code != "closing" {
		t.Errorf("asking a closed service: %v", err)
	}
}

// Requests succeed until the service closes. Those that are under way then end
// with an answer or with an error that says so, never with a crash.
func TestCloseUnderLoad(t *testing.T) {
	cfg := smallConfig(t)
	s := open(t, cfg)
	all, _ := embed(t, s, 0, 8)
	if err := s.Serve(); err != nil {
		t.Fatal(err)
	}
	s.Learn()
	const workers = 4
	var closing atomic.Bool
	worked := make(chan int, workers) // who has had all answers once
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
			default: // it is known
			}
		}
	})
	for done := map[int]bool{}; len(done) < workers; {
		done[<-worked] = true
	}
	closing.Store(true)
	begin := time.Now()
	shut(t, s)
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("closing took %v", took)
	}
	stop()
}
