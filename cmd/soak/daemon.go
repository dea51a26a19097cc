package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	startLimit = 2 * time.Minute  // longest time until READY
	endLimit   = 20 * time.Second // longest time from SIGTERM to the end; the daemon finishes its current training step
)

// daemonProcess is the daemon under test, with a store of its own.
type daemonProcess struct {
	cmd   *exec.Cmd
	data  string        // its store, in a temporary folder
	ended chan struct{} // closed when it has ended
	ready chan struct{} // closed at READY

	mu       sync.Mutex
	log      bytes.Buffer // its standard error
	sawReady bool         // ready is closed
}

// start runs the program with a configuration and a store in folder, and waits until it
// serves.
func start(ctx context.Context, program, folder, config string, flags ...string) (*daemonProcess, error) {
	file := filepath.Join(folder, "edgeclr.yaml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		return nil, err
	}
	s := &daemonProcess{data: filepath.Join(folder, "data"), ended: make(chan struct{}), ready: make(chan struct{})}
	s.cmd = exec.Command(program, append([]string{"run", "--config", file, "--data", s.data}, flags...)...)
	s.cmd.Stderr = s
	// Ctrl-C in the terminal reaches only this program, which ends the daemon in order.
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w; build it with: make build", program, err)
	}
	go func() {
		_ = s.cmd.Wait() // end looks at ProcessState
		close(s.ended)
	}()
	var err error
	select {
	case <-s.ready:
		return s, nil
	case <-s.ended:
		err = fmt.Errorf("%s ended (%v) before it was ready:\n%s", program, s.cmd.ProcessState, s.tail())
	case <-time.After(startLimit):
		err = fmt.Errorf("%s was not ready after %v:\n%s", program, startLimit, s.tail())
	case <-ctx.Done():
		err = ctx.Err()
	}
	return nil, errors.Join(err, s.kill())
}

// Write receives standard error.
func (s *daemonProcess) Write(text []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log.Write(text)
	if !s.sawReady && bytes.Contains(s.log.Bytes(), []byte("READY\n")) {
		s.sawReady = true
		close(s.ready)
	}
	return len(text), nil
}

func (s *daemonProcess) pid() int { return s.cmd.Process.Pid }

// lines returns the lines of the log that contain a text.
func (s *daemonProcess) lines(text string) (found []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for line := range strings.Lines(s.log.String()) {
		if strings.Contains(line, text) {
			found = append(found, strings.TrimSpace(line))
		}
	}
	return found
}

// tail returns the end of the log.
func (s *daemonProcess) tail() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.log.Bytes()
	return string(b[max(0, len(b)-4000):])
}

// save writes the log to a file.
func (s *daemonProcess) save(w io.Writer) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, err := w.Write(s.log.Bytes())
	return err
}

// end stops the daemon, and returns how long that took.
func (s *daemonProcess) end() (time.Duration, error) {
	begin := time.Now()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return 0, err
	}
	select {
	case <-s.ended:
	case <-time.After(endLimit):
		return 0, errors.Join(fmt.Errorf("the daemon did not end within %v of SIGTERM", endLimit), s.kill())
	}
	if !s.cmd.ProcessState.Success() {
		return 0, fmt.Errorf("the daemon ended badly (%v):\n%s", s.cmd.ProcessState, s.tail())
	}
	return time.Since(begin), nil
}

func (s *daemonProcess) kill() error {
	err := s.cmd.Process.Kill()
	if errors.Is(err, os.ErrProcessDone) {
		err = nil
	}
	<-s.ended
	return err
}
