package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"edgeclr/daemon/client"
	"edgeclr/storage"
)

// underSystemd returns the environment that systemd gives the unit, with a watchdog
// of two seconds, and the messages of the daemon to systemd.
func underSystemd(t *testing.T, data string) (environ []string, messages <-chan string) {
	t.Helper()
	address := filepath.Join(t.TempDir(), "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: address, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	told := make(chan string, 10_000)
	done := make(chan struct{})
	go func() {
		defer close(done)
		buffer := make([]byte, 4096)
		for {
			n, err := conn.Read(buffer)
			if err != nil {
				return
			}
			told <- string(buffer[:n])
		}
	}()
	t.Cleanup(func() { conn.Close(); <-done })
	return []string{"NOTIFY_SOCKET=" + address, "WATCHDOG_USEC=2000000", "STATE_DIRECTORY=" + data}, told
}

// until returns the messages up to and including the first with this prefix.
func until(t *testing.T, messages <-chan string, prefix string) (all []string) {
	t.Helper()
	waitLimit := time.After(time.Minute)
	for {
		select {
		case m := <-messages:
			if all = append(all, m); strings.HasPrefix(m, prefix) {
				return all
			}
		case <-waitLimit:
			t.Fatalf("no message %q, but %q", prefix, all)
		}
	}
}

// The daemon tells systemd when it serves and when it stops. It feeds the watchdog
// while it runs, also while learning is paused.
func TestService(t *testing.T) {
	b := newTestDaemon(t, learning()...)
	environ, messages := underSystemd(t, b.data)
	b.environ = append(b.environ, environ...)
	b.start()
	begin := until(t, messages, "READY=1")
	if !slices.Contains(begin, "STATUS=starting") || !slices.Contains(begin, "EXTEND_TIMEOUT_USEC=60000000") || slices.Contains(begin, "WATCHDOG=1") {
		t.Errorf("while it starts: %q", begin)
	}
	until(t, messages, "STATUS=checkpoint c1 serves; 0 frames; 1 of 1 sources live; learner ")
	until(t, messages, "WATCHDOG=1")
	if info, err := os.Stat(filepath.Join(b.data, "edgeclr.sock")); err != nil || info.Mode().Perm() != 0o660 {
		t.Errorf("the service's socket: %v, %v", info, err)
	}

	b.render(0, 16)
	b.until("learning", time.Minute, func(st client.Status) bool { return st.Train.Step > 1 })
	if _, err := b.client.Pause(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(b.folder); err != nil { // as if the camera were unplugged
		t.Fatal(err)
	}
	for len(messages) > 0 {
		<-messages
	}
	for range 8 { // four seconds
		until(t, messages, "WATCHDOG=1")
	}

	if code, _, err := b.running.end(syscall.SIGTERM); err != nil || code != 0 {
		t.Errorf("SIGTERM: code %d, %v", code, err)
	}
	until(t, messages, "STOPPING=1")
	if log := b.running.stderr(); strings.Contains(log, "hangs") {
		t.Errorf("log:\n%s", log)
	}
}

// A user who may open the socket can ask the service, without access to its lock
// file.
func TestAskOthersService(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may read every file")
	}
	b := newTestDaemon(t)
	b.start()
	lock := filepath.Join(b.data, "edgeclr.lock")
	if err := os.Chmod(lock, 0); err != nil {
		t.Fatal(err)
	}
	if !storage.Inaccessible(b.data) {
		t.Errorf("%s is readable", lock)
	}
	p, err := startProcess(t.TempDir(), b.environ, false, "labels", "--data", b.data)
	if err != nil {
		t.Fatal(err)
	}
	<-p.ended
	if code := p.cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("code %d: %s", code, p.stderr())
	}
	b.terminate()
}

// Lines for the journal have a level and no time.
func TestJournal(t *testing.T) {
	journal, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer journal.Close()
	info, err := journal.Stat()
	if err != nil {
		t.Fatal(err)
	}
	stat := info.Sys().(*syscall.Stat_t)
	program, err := exec.LookPath("edgeclr")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "run", "--source", "dir:/nowhere/at/all")
	cmd.Env = append(environment(t.TempDir()), fmt.Sprintf("JOURNAL_STREAM=%d:%d", stat.Dev, stat.Ino))
	cmd.Stderr = journal
	if err := cmd.Run(); err == nil {
		t.Error("a folder that is not there is watched")
	}
	text, err := os.ReadFile(journal.Name())
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if strings.Contains(line, "time=") {
			t.Errorf("a line with its time: %s", line)
		}
	}
	if !strings.Contains(string(text), "<3>edgeclr: ") {
		t.Errorf("the journal reads\n%s", text)
	}
}
