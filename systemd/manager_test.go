package systemd

import (
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// patience is how long something may take that normally takes a moment.
const patience = 30 * time.Second

// manager receives what a service notifies, as systemd does.
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

// next is the next message.
func (m *manager) next() string {
	m.t.Helper()
	buffer := make([]byte, 4096)
	if err := m.conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		m.t.Fatal(err)
	}
	n, err := m.conn.Read(buffer)
	if err != nil {
		m.t.Fatalf("no message came: %v", err)
	}
	return string(buffer[:n])
}

// until gives the messages up to the first that begins so, that one included.
func (m *manager) until(prefix string) (all []string) {
	m.t.Helper()
	for {
		all = append(all, m.next())
		if strings.HasPrefix(all[len(all)-1], prefix) {
			return all
		}
	}
}
