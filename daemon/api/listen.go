package api

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

// Listeners say where the API answers.
type Listeners struct {
	Dir     string // folder of the socket, which is client.SocketName
	Shared  bool   // members of the process's group may use the socket too
	Address string // TCP, host:port; "" for none
}

// servers are the HTTP servers of the API, one for each listener.
type servers struct {
	all     []*http.Server
	running sync.WaitGroup
	socket  string // path; "" before Listen
	address string // of the TCP listener, "" for none
}

// drainTime is how long close waits for open requests before it cuts them.
const drainTime = 2 * time.Second

// Listen starts to answer on a Unix socket, and on a TCP address if one is given.
// It returns when both are bound. It may be called once.
func (a *API) Listen(l Listeners) error {
	socket := filepath.Join(l.Dir, client.SocketName)
	mode := os.FileMode(0o600)
	if l.Shared {
		mode = 0o660
	}
	unix, err := listenUnix(socket, mode)
	if err != nil {
		return err
	}
	a.servers.socket = socket
	if l.Address != "" {
		tcp, err := net.Listen("tcp", l.Address)
		if err != nil {
			unix.Close()
			os.Remove(socket)
			return fmt.Errorf("listening on %s: %w; choose another address with --listen", l.Address, err)
		}
		a.servers.address = tcp.Addr().String()
		if !isLoopback(tcp.Addr()) {
			a.log.Warn("the network can reach the API, which has no authentication: put a reverse proxy in front, or listen on 127.0.0.1", "address", a.servers.address)
		}
		a.serve(tcp, a.fromBrowsers(a.handler, tcp.Addr(), l.Address))
	}
	a.serve(unix, a.handler)
	return nil
}

// Address returns the TCP address of the API, "" for none.
func (a *API) Address() string { return a.servers.address }

// serve answers on a listener until the API closes.
func (a *API) serve(l net.Listener, handler http.Handler) {
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelWarn),
	}
	a.servers.all = append(a.servers.all, server)
	a.servers.running.Go(func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			a.log.Error("the API stopped", "address", l.Addr(), "error", err)
		}
	})
}

// close waits drainTime for open requests, and then cuts them.
func (s *servers) close() {
	if s.socket == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), drainTime)
	defer cancel()
	for _, server := range s.all {
		s.running.Go(func() {
			if server.Shutdown(ctx) != nil {
				server.Close()
			}
		})
	}
	s.running.Wait()
	os.Remove(s.socket)
}

// listenUnix binds the socket with the permissions of mode. It first removes the
// socket of a process that was killed. Nobody answers there, since the caller holds
// the store's lock.
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
	// The umask may have taken permissions away from the group. Until here, the
	// permissions of the folder keep others out.
	if err := os.Chmod(path, mode); err != nil {
		l.Close()
		return nil, fmt.Errorf("restricting the socket %s: %w", path, err)
	}
	return l, nil
}
