package systemd

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestNotifier(t *testing.T) {
	for _, abstract := range []bool{false, true} {
		t.Run(fmt.Sprintf("abstract=%v", abstract), func(t *testing.T) {
			m, address := newManager(t, abstract)
			t.Setenv("NOTIFY_SOCKET", address)
			n := NewNotifier(slog.New(slog.DiscardHandler))
			n.Extend(90 * time.Second)
			n.Status("starting\nup")
			n.Status("starting up") // nothing new
			n.Ready()
			n.Alive()
			n.Stopping()
			for _, want := range []string{"EXTEND_TIMEOUT_USEC=90000000", "STATUS=starting up", "READY=1", "WATCHDOG=1", "STOPPING=1"} {
				if got := m.next(); got != want {
					t.Errorf("got %q, want %q", got, want)
				}
			}
		})
	}
}

// A reload is announced with the monotonic time. Its end is announced whatever the result.
func TestReload(t *testing.T) {
	m, address := newManager(t, false)
	t.Setenv("NOTIFY_SOCKET", address)
	bad := errors.New("a bad file")
	var before unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &before); err != nil {
		t.Fatal(err)
	}
	err := NewNotifier(slog.New(slog.DiscardHandler)).Reload(func() error { return bad })
	if !errors.Is(err, bad) {
		t.Errorf("%v", err)
	}
	var since int64
	if n, err := fmt.Sscanf(m.next(), "RELOADING=1\nMONOTONIC_USEC=%d", &since); n != 1 || since < before.Nano()/1000 {
		t.Errorf("since %d, and it was %d before: %v", since, before.Nano()/1000, err)
	}
	if got := m.next(); got != "READY=1" {
		t.Errorf("then %q", got)
	}
}

// Without systemd nothing is sent. A manager that is gone is logged once.
func TestNobodyListens(t *testing.T) {
	var log bytes.Buffer
	n := NewNotifier(slog.New(slog.NewTextHandler(&log, nil)))
	t.Setenv("NOTIFY_SOCKET", "")
	n.Ready()
	if log.Len() > 0 {
		t.Errorf("without systemd: %s", &log)
	}
	t.Setenv("NOTIFY_SOCKET", filepath.Join(t.TempDir(), "gone"))
	n.Ready()
	n.Alive()
	if strings.Count(log.String(), "systemd was not told") != 1 {
		t.Errorf("log: %s", &log)
	}
}
