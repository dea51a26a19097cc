package daemon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"edgeclr/daemon/client"
)

// server answers the API on its listeners.
type server struct {
	doors   []*http.Server // one a listener
	running sync.WaitGroup
	socket  string
}

// drain is how long open requests may take once the service stops.
const drain = 2 * time.Second

// Serve answers the API on the store's socket, and on cfg.Listen when that is
// set. It returns when both are bound.
func (s *Service) Serve() error {
	socket := filepath.Join(s.config().Data, client.SocketName)
	mode := os.FileMode(0o600)
	if s.opt.SharedSocket {
		mode = 0o660
	}
	unix, err := listenUnix(socket, mode)
	if err != nil {
		return err
	}
	s.server = &server{socket: socket}
	handler := s.Handler()
	if address := s.config().ListenAddress(); address != "" {
		tcp, err := net.Listen("tcp", address)
		if err != nil {
			unix.Close()
			os.Remove(socket)
			return fmt.Errorf("listening on %s: %w; choose another address with --listen", address, err)
		}
		s.listening = tcp.Addr().String()
		if !isLoopback(tcp.Addr()) {
			s.log.Warn("the network can reach the API, which has no authentication: put a reverse proxy in front, or listen on 127.0.0.1", "address", s.listening)
		}
		s.serve(tcp, s.fromBrowsers(handler, tcp.Addr(), address))
	}
	s.serve(unix, handler)
	return nil
}

// serve answers on a listener until the server closes.
func (s *Service) serve(l net.Listener, handler http.Handler) {
	door := &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
	s.server.doors = append(s.server.doors, door)
	s.server.running.Go(func() {
		if err := door.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			s.log.Error("the API stopped", "address", l.Addr(), "error", err)
		}
	})
}

// Listening is the TCP address that answers, "" for none.
func (s *Service) Listening() string { return s.listening }

// close lets open requests end, then cuts them.
func (srv *server) close() {
	ctx, cancel := context.WithTimeout(context.Background(), drain)
	defer cancel()
	for _, door := range srv.doors {
		srv.running.Go(func() {
			if door.Shutdown(ctx) != nil {
				door.Close()
			}
		})
	}
	srv.running.Wait()
	os.Remove(srv.socket)
}

// listenUnix binds the socket for those whom mode names. What a process that was
// killed left behind is removed first: the caller holds the store's lock, so
// nobody answers there.
func listenUnix(path string, mode os.FileMode) (net.Listener, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("removing the old socket: %w", err)
	}
	var l net.Listener
	err := client.AtShortPath(path, func(short string) (err error) {
		l, err = net.Listen("unix", short)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("binding the socket %s: %w", path, err)
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	// Nobody gets in before this: the folder keeps others out, and what the umask
	// takes from the group is given here.
	if err := os.Chmod(path, mode); err != nil {
		l.Close()
		return nil, fmt.Errorf("restricting the socket %s: %w", path, err)
	}
	return l, nil
}
