package storage

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"
)

func TestInUse(t *testing.T) {
	dir := t.TempDir()
	if _, held := Holder(dir); held {
		t.Error("a missing store is held")
	}
	s := open(t, dir, Options{Command: "edgeclr run --source x"})
	start := time.Now()
	_, err := Open(t.Context(), dir, Options{Wait: 100 * time.Millisecond})
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
	wantErr(t, err, ErrInUse)
	var use *InUseError
	if !errors.As(err, &use) || use.PID != os.Getpid() || use.Command != "edgeclr run --source x" || use.Started == "" {
		t.Errorf("error %#v", err)
	}
	if h, held := Holder(dir); !held || h.PID != os.Getpid() {
		t.Errorf("holder %+v, %v", h, held)
	}
	closeStore(t, s)
	if h, held := Holder(dir); held {
		t.Errorf("holder %+v after close", h)
	}
}

// A store on a full disk opens, although there is no room for the note.
func TestLockOnAFullDisk(t *testing.T) {
	dir := t.TempDir()
	closeStore(t, open(t, dir, Options{}))
	path := filepath.Join(dir, fileLock)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/dev/full", path); err != nil {
		t.Fatal(err)
	}
	open(t, dir, Options{})
	_, err := Open(t.Context(), dir, Options{Wait: 50 * time.Millisecond})
	wantErr(t, err, ErrInUse)
}

func TestReadersKeepWritersOut(t *testing.T) {
	dir := t.TempDir()
	closeStore(t, open(t, dir, Options{}))
	open(t, dir, Options{ReadOnly: true})
	_, err := Open(t.Context(), dir, Options{Wait: 50 * time.Millisecond})
	var use *InUseError
	if !errors.As(err, &use) || use.PID != 0 {
		t.Errorf("error %v", err)
	}
}

// Time is simulated: the holder closes the store while Open waits.
func TestOpenWaitsForTheHolder(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := open(t, dir, Options{})
		done := make(chan error, 1)
		time.AfterFunc(100*time.Millisecond, func() { done <- s.Close() })
		start := time.Now()
		again, err := Open(t.Context(), dir, Options{Wait: 10 * time.Second})
		if err != nil {
			t.Fatal(err)
		}
		again.Close()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(start); waited < 100*time.Millisecond || waited > time.Second {
			t.Errorf("waited %v", waited)
		}
	})
}

func TestOpenStopsWaitingWithContext(t *testing.T) {
	dir := t.TempDir()
	open(t, dir, Options{})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := Open(ctx, dir, Options{Wait: time.Minute})
	wantErr(t, err, context.DeadlineExceeded)
}

// A killed process leaves its note and no lock.
func TestKilledHolder(t *testing.T) {
	dir := t.TempDir()
	cmd := childCommand(t, "hold", dir)
	if _, err := cmd.StdinPipe(); err != nil { // held open until the end of the test
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "open\n" {
		t.Fatalf("child says %q, %v", line, err)
	}
	if h, held := Holder(dir); !held || h.PID != cmd.Process.Pid || h.Command != "hold" {
		t.Errorf("holder %+v, %v; want process %d", h, held, cmd.Process.Pid)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // killed
	if h, held := Holder(dir); held {
		t.Errorf("held by %+v", h)
	}
	open(t, dir, Options{})
}

func childHold(dir string) int {
	s, err := Open(context.Background(), dir, Options{Command: "hold"})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println("open")
	_, _ = io.Copy(io.Discard, os.Stdin) // until it is killed, or the test ends
	s.Close()
	return 0
}

// childCommand returns this test program in another role.
func childCommand(t *testing.T, role, dir string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "STORAGE_TEST_CHILD="+role, "STORAGE_TEST_DIR="+dir)
	cmd.Stderr = os.Stderr
	return cmd
}
