package systemd

import (
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// waitLimit is the timeout of waits that normally take a moment.
const waitLimit = 30 * time.Second

// manager receives the notifications of a service, like systemd.
type manager struct {
	t    *testing.T
	conn *net.UnixConn
}

// newManager listens on a socket in the file system, or on an abstract one.
func newManager(t *testing.T, abstract bool) (m *manager, address string) {
	t.Helper()
	address = filepath.Join(t.TempDir(), "notify")
	if abstract {
		address = "@edgeclr-test" + address
	}
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: address, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &manager{t, conn}, address
}

// next returns the next message.
func (m *manager) next() string {
	m.t.Helper()
	buffer := make([]byte, 4096)
	if err := m.conn.SetReadDeadline(time.Now().Add(waitLimit)); err != nil {
		m.t.Fatal(err)
	}
	n, err := m.conn.Read(buffer)
	if err != nil {
		m.t.Fatalf("no message came: %v", err)
	}
	return string(buffer[:n])
}

// until returns the messages up to and including the first with that beginning.
func (m *manager) until(prefix string) (all []string) {
	m.t.Helper()
	for {
		all = append(all, m.next())
		if strings.HasPrefix(all[len(all)-1], prefix) {
			return all
		}
	}
}
