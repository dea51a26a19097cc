package daemon

import (
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"edgeclr/daemon/client"
)

// The service answers on the socket in its folder, and on the address of the
// configuration, until it closes.
func TestServe(t *testing.T) {
	cfg := smallConfig(t)
	cfg.Listen = "127.0.0.1:0"
	s := open(t, cfg)
	if err := s.Serve(); err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(cfg.Data, client.SocketName)
	if info, err := os.Stat(socket); err != nil || info.Mode().Perm() != 0o600 || info.Mode().Type() != os.ModeSocket {
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
}

// A client that reads nothing of a backup holds a transaction of the store open. A
// client that sends nothing holds a connection. Neither delays the end of the
// service.
func TestCloseWithOpenRequests(t *testing.T) {
	cfg := smallConfig(t)
	s := open(t, cfg)
	if err := s.Serve(); err != nil {
		t.Fatal(err)
	}
	c := client.New(cfg.Data)
	defer c.Close()
	lazy, err := c.Backup(t.Context()) // nobody reads it
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
