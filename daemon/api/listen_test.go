package api

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"edgeclr/daemon/client"
)

func TestListen(t *testing.T) {
	p, _ := parts(t)
	a, dir := open(t, p), t.TempDir()
	socket := filepath.Join(dir, client.SocketName)
	// What a killed process left behind is replaced.
	left, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	left.(*net.UnixListener).SetUnlinkOnClose(false)
	left.Close()
	if err := a.Listen(Listeners{Dir: dir, Address: "127.0.0.1:0"}); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(socket)
	if err != nil || info.Mode().Perm() != 0o600 || info.Mode().Type() != os.ModeSocket {
		t.Errorf("socket %v, %v", info, err)
	}
	answer, err := http.Get("http://" + a.Address() + "/v1/status")
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("over TCP: %v, %v", answer, err)
	}
	answer.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	c := client.New(dir)
	defer c.Close()
	if !c.Reachable(t.Context()) {
		t.Error("nobody answers on the socket")
	}
	a.Close()
	if _, err := os.Stat(socket); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket is still there: %v", err)
	}
	_, err = c.Status(t.Context())
	if err == nil || !strings.Contains(err.Error(), socket) || strings.Contains(err.Error(), "http://") {
		t.Errorf("asking nobody: %v", err)
	}
}

// The group of the service may use a shared socket, whatever the umask says.
func TestSharedSocket(t *testing.T) {
	p, _ := parts(t)
	dir := t.TempDir()
	if err := open(t, p).Listen(Listeners{Dir: dir, Shared: true}); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(dir, client.SocketName)); err != nil || info.Mode().Perm() != 0o660 {
		t.Errorf("socket %v, %v", info, err)
	}
}

func TestListenOnATakenAddress(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	p, _ := parts(t)
	dir, address := t.TempDir(), taken.Addr().String()
	if err := open(t, p).Listen(Listeners{Dir: dir, Address: address}); err == nil || !strings.Contains(err.Error(), "--listen") || !strings.Contains(err.Error(), address) {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, client.SocketName)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a socket is left behind: %v", err)
	}
}

// endless is a store whose copy has no end.
type endless struct{}

func (endless) Backup(ctx context.Context, w io.Writer) (int64, error) {
	for chunk := make([]byte, 1<<16); ; {
		if _, err := w.Write(chunk); err != nil {
			return 0, err
		}
	}
}

// Closing waits for requests for two seconds, then cuts them. A client that sends
// nothing, or reads nothing, does not hold it up.
func TestCloseWithOpenRequests(t *testing.T) {
	f := &fakes{}
	a := openRoutes(t, route{"GET /v1/backup", getBackup(endless{})}, route{"GET /v1/status", getStatus(f.Status)})
	dir := t.TempDir()
	if err := a.Listen(Listeners{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	c := client.New(dir)
	defer c.Close()
	lazy, err := c.Backup(t.Context()) // and nobody reads it
	if err != nil {
		t.Fatal(err)
	}
	defer lazy.Close()
	silent, err := net.Dial("unix", filepath.Join(dir, client.SocketName))
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	slow, err := a.Client().Backup(t.Context()) // the same in process
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close()
	begin := time.Now()
	a.Close()
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("closing took %v", took)
	}
	if _, err := io.Copy(io.Discard, lazy); err == nil {
		t.Error("a copy that was cut ends as if it were whole")
	}
	if _, err := io.Copy(io.Discard, slow); err == nil {
		t.Error("a copy that was cut in process ends as if it were whole")
	}
	_, err = a.Client().Status(t.Context())
	var remote *client.RemoteError
	if !errors.As(err, &remote) || remote.Code != "closing" || !errors.Is(err, client.ErrClosing) {
		t.Errorf("asking a closed service: %v", err)
	}
}
