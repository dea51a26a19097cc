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
	startLimit = 2 * time.Minute  // to READY
	endLimit   = 20 * time.Second // from SIGTERM; a training step under way is waited for
)

// subject is the daemon that is watched, with a store of its own.
type subject struct {
	cmd   *exec.Cmd
	data  string        // its folder, in a temporary one
	ended chan struct{} // closed when it has
	ready chan struct{} // closed at READY

	mu   sync.Mutex
	log  bytes.Buffer // all that it wrote to standard error
	said bool         // READY
}

// start runs the program with a configuration, in a temporary folder that
// holds the store, and waits until it serves.
func start(ctx context.Context, program, folder, config string, flags ...string) (*subject, error) {
	file := filepath.Join(folder, "edgeclr.yaml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		return nil, err
	}
	s := &subject{data: filepath.Join(folder, "data"), ended: make(chan struct{}), ready: make(chan struct{})}
	s.cmd = exec.Command(program, append([]string{"run", "--config", file, "--data", s.data}, flags...)...)
	s.cmd.Stderr = s
	// A Ctrl-C in the terminal is for this program, which ends the daemon in order.
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w; make build makes it", program, err)
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

// Write takes standard error.
func (s *subject) Write(text []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log.Write(text)
	if !s.said && bytes.Contains(s.log.Bytes(), []byte("READY\n")) {
		s.said = true
		close(s.ready)
	}
	return len(text), nil
}

func (s *subject) pid() int { return s.cmd.Process.Pid }

// lines are those of the log that hold a text.
func (s *subject) lines(text string) (found []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for line := range strings.Lines(s.log.String()) {
		if strings.Contains(line, text) {
			found = append(found, strings.TrimSpace(line))
		}
	}
	return found
}

// tail is the end of the log.
func (s *subject) tail() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.log.Bytes()
	return string(b[max(0, len(b)-4000):])
}

// save writes the log to a file.
func (s *subject) save(w io.Writer) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, err := w.Write(s.log.Bytes())
	return err
}

// end asks it to stop, and tells how long that took.
func (s *subject) end() (time.Duration, error) {
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

func (s *subject) kill() error {
	err := s.cmd.Process.Kill()
	if errors.Is(err, os.ErrProcessDone) {
		err = nil
	}
	<-s.ended
	return err
}
