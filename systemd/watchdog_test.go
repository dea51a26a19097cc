package systemd

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"edgeclr/daemon/heartbeat"
)

// service is a program with one loop and a slow start. SIGUSR1 makes the loop hang, SIGUSR2
// ends the hang, SIGTERM ends the program.
func service() int {
	hang, resume, end := make(chan os.Signal, 1), make(chan os.Signal, 1), make(chan os.Signal, 1)
	signal.Notify(hang, syscall.SIGUSR1)
	signal.Notify(resume, syscall.SIGUSR2)
	signal.Notify(end, syscall.SIGTERM)
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	heart, notify := &heartbeat.Monitor{}, NewNotifier(log)
	w, err := NewWatchdog(notify, heart, log)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { w.Run(ctx) })
	<-resume // the start takes as long as the test wants
	beat := heart.Beat("the loop", 2*time.Second)
	running.Go(func() {
		for ctx.Err() == nil {
			select {
			case <-hang:
				<-resume
				notify.Status("it goes on")
			case <-time.After(10 * time.Millisecond):
			case <-ctx.Done():
			}
			beat.Tick()
		}
	})
	w.Ready()
	<-end
	w.Stopping()
	<-end
	stop()
	running.Wait()
	return 0
}

// A service that systemd started asks for time while it starts and ends. It feeds the
// watchdog while its loop ticks, and stops when the loop hangs.
func TestWatchdog(t *testing.T) {
	m, address := newManager(t, false)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), envRole+"=service", "NOTIFY_SOCKET="+address, "WATCHDOG_USEC=400000")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	signalled := func(s os.Signal) {
		t.Helper()
		if err := cmd.Process.Signal(s); err != nil {
			t.Fatalf("%v: %s", err, stderr.String())
		}
	}
	defer func() { _ = cmd.Process.Kill() }() // it has ended, if all is well

	m.until("EXTEND_TIMEOUT_USEC=60000000")
	if early := m.until("EXTEND_TIMEOUT_USEC="); slices.Contains(early, "WATCHDOG=1") {
		t.Errorf("fed before it serves: %q", early)
	}
	signalled(syscall.SIGUSR2)
	m.until("READY=1")
	for range 5 {
		m.until("WATCHDOG=1")
	}

	signalled(syscall.SIGUSR1)
	m.until("STATUS=the loop hangs: no sign of life")
	time.Sleep(time.Second) // ten looks
	signalled(syscall.SIGUSR2)
	if late := m.until("STATUS=it goes on"); slices.Contains(late, "WATCHDOG=1") {
		t.Errorf("fed while the loop hangs: %q", late)
	}
	m.until("WATCHDOG=1")

	signalled(syscall.SIGTERM)
	m.until("STOPPING=1")
	m.until("EXTEND_TIMEOUT_USEC=60000000")
	if late := m.until("EXTEND_TIMEOUT_USEC="); slices.Contains(late, "WATCHDOG=1") {
		t.Errorf("fed while it stops: %q", late)
	}
	signalled(syscall.SIGTERM)
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v", err)
	}
	if log := stderr.String(); !strings.Contains(log, "the loop hangs") || !strings.Contains(log, "nothing hangs any more") {
		t.Errorf("log: %s", log)
	}
}

func TestWatchdogInterval(t *testing.T) {
	for _, tt := range []struct {
		name, usec, pid string
		every           time.Duration
		fails           bool
	}{
		{"none", "", "", 15 * time.Second, false},
		{"a minute", "60000000", "", 15 * time.Second, false},
		{"an hour", "3600000000", "", 15 * time.Second, false},
		{"short", "2000000", fmt.Sprint(os.Getpid()), 500 * time.Millisecond, false},
		{"another process is watched", "2000000", "1", 15 * time.Second, false},
		{"nonsense", "soon", "", 0, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("WATCHDOG_USEC", tt.usec)
			t.Setenv("WATCHDOG_PID", tt.pid)
			w, err := NewWatchdog(nil, nil, nil)
			if (err != nil) != tt.fails || err == nil && w.every != tt.every {
				t.Errorf("%+v, %v", w, err)
			}
		})
	}
}
