package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"edgeclr/storage"
)

// openTerminal makes a pseudo-terminal. It returns the side of the window and the
// side of the programs.
func openTerminal(t *testing.T) (window, programs *os.File) {
	t.Helper()
	window, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo-terminal can be had here: %v", err)
	}
	fd := int(window.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	programs, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo-terminal can be had here: %v", err)
	}
	return window, programs
}

// A daemon in a terminal reads its configuration again on SIGHUP. It ends cleanly
// when the terminal is closed, which sends the same signal.
func TestTerminalCloses(t *testing.T) {
	b := newTestDaemon(t)
	window, programs := openTerminal(t)
	defer window.Close()
	program, err := exec.LookPath("edgeclr")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "run", "--data", b.data, "--source", "dir:"+b.folder)
	cmd.Env, cmd.Dir = b.environ, t.TempDir()
	cmd.Stdin, cmd.Stdout, cmd.Stderr = programs, programs, programs
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	programs.Close()
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() { _ = cmd.Process.Kill() })

	lines := bufio.NewScanner(window)
	until := func(text string) {
		t.Helper()
		for lines.Scan() {
			if strings.Contains(lines.Text(), text) {
				return
			}
		}
		t.Fatalf("it ended before it said %q: %v", text, lines.Err())
	}
	until("READY")
	if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	until("the configuration is loaded")
	window.Close()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("it ended with %v", err)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("it goes on without its terminal")
	}
	if _, held := storage.Holder(b.data); held {
		t.Error("the store is still held")
	}
	if _, err := os.Stat(filepath.Join(b.data, "edgeclr.sock")); err == nil {
		t.Error("the socket is still there")
	}
}
