package disk

import (
	"bytes"
	"errors"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func serve(t *testing.T, d *Volatile) (s *Server, socket string) {
	t.Helper()
	socket = filepath.Join(t.TempDir(), "nbd")
	s, err := Serve(d, socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, socket
}

// qemu-io is the client that matters.
func TestQemu(t *testing.T) {
	tool, err := exec.LookPath("qemu-io")
	if err != nil {
		t.Skip("no qemu-io here: apt-get install qemu-utils")
	}
	d := create(t, 64)
	s, socket := serve(t, d)
	run := func(commands ...string) {
		t.Helper()
		args := []string{"-f", "raw"}
		for _, c := range commands {
			args = append(args, "-c", c)
		}
		out, err := exec.Command(tool, append(args, "nbd+unix:///?socket="+socket)...).CombinedOutput()
		if err != nil || strings.Contains(string(out), "failed") {
			t.Fatalf("qemu-io %q: %v\n%s", commands, err, out)
		}
		if err := s.Wait(); err != nil {
			t.Fatal(err)
		}
	}
	// qemu-io flushes when it closes, so that all of the first is kept.
	run("write -P 1 0 4k", "read -P 1 0 4k", "write -f -P 2 8k 4k", "flush", "read -P 2 8k 4k", "read -P 0 12k 4k")
	if _, lost, err := d.Cut(never); err != nil || lost != 0 {
		t.Errorf("Cut after a flush: lost %d, %v", lost, err)
	}
	run("read -P 1 0 4k", "read -P 2 8k 4k", "read -P 0 4k 4k")
}

func TestServerRefuses(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "nbd")
	s, err := Serve(create(t, 1), socket)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	// Flags, then bytes that are not an option.
	if _, err := conn.Write(bytes.Repeat([]byte{7}, 64)); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 18)); err != nil {
		t.Fatal(err)
	}
	for err == nil { // until it hangs up
		_, err = conn.Read(make([]byte, 1))
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Wait(); !errors.Is(err, errProtocol) {
		t.Errorf("Wait: %v, want %v", err, errProtocol)
	}
	if err := s.Close(); !errors.Is(err, errProtocol) {
		t.Errorf("Close: %v, want %v", err, errProtocol)
	}
}
