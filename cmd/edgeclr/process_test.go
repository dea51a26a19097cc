package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// process is a running edgeclr.
type process struct {
	cmd   *exec.Cmd
	ended chan struct{} // closed when the process has ended

	out bytes.Buffer // its standard output, to be read after the end
	mu  sync.Mutex
	log bytes.Buffer // its standard error
}

// startProcess starts the program and, for a daemon, waits until it says READY.
func startProcess(dir string, environ []string, daemon bool, args ...string) (*process, error) {
	program, err := exec.LookPath("edgeclr")
	if err != nil {
		return nil, err
	}
	p := &process{cmd: exec.Command(program, args...), ended: make(chan struct{})}
	p.cmd.Dir, p.cmd.Env, p.cmd.Stdout, p.cmd.Stderr = dir, environ, &p.out, p
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = p.cmd.Wait() // the tests look at ProcessState
		close(p.ended)
	}()
	if !daemon {
		return p, nil
	}
	return p, p.await("READY\n", time.Minute)
}

// Write receives standard error.
func (p *process) Write(text []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.Write(text)
}

func (p *process) stderr() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.String()
}

// await waits until standard error holds a text.
func (p *process) await(text string, waitLimit time.Duration) error {
	for deadline := time.Now().Add(waitLimit); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if strings.Contains(p.stderr(), text) {
			return nil
		}
		select {
		case <-p.ended:
			return fmt.Errorf("edgeclr ended with %v before it said %q:\n%s", p.cmd.ProcessState, text, p.stderr())
		default:
		}
	}
	return fmt.Errorf("edgeclr did not say %q:\n%s", text, p.stderr())
}

// end sends a signal and returns the exit code and the time until the end. The code
// is -1 if the signal itself ended the process.
func (p *process) end(signal os.Signal) (code int, took time.Duration, err error) {
	begin := time.Now()
	if err := p.cmd.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return 0, 0, err
	}
	select {
	case <-p.ended:
		return p.cmd.ProcessState.ExitCode(), time.Since(begin), nil
	case <-time.After(30 * time.Second):
		_ = p.cmd.Process.Kill()
		return 0, 0, fmt.Errorf("edgeclr did not end on %v:\n%s", signal, p.stderr())
	}
}

// daemons are the daemons of a script, by the name that the script gave them.
type daemons map[string]*process

// daemon NAME ARGS... starts `edgeclr run ARGS...` and waits for READY.
func cmdDaemon(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: daemon NAME ARGS...")
	}
	var environ []string
	for _, name := range []string{"HOME", "PATH", "TMPDIR", "TZ", oneDNN, "LD_LIBRARY_PATH", "EDGECLR_LITERT", "EDGECLR_SERVE_SIZE", "EDGECLR_MODEL_RUNTIME", "EDGECLR_WEIGHTS",
		"EDGECLR_STORE_MIN_FREE", "EDGECLR_LEARN_MIN_FRAMES", "EDGECLR_LEARN_BATCH", "EDGECLR_LEARN_STEPS", "EDGECLR_LEARN_CHECKPOINT_EVERY"} {
		if value := ts.Getenv(name); value != "" {
			environ = append(environ, name+"="+value)
		}
	}
	p, err := startProcess(ts.MkAbs("."), environ, true, append([]string{"run"}, args[1:]...)...)
	if p != nil {
		ts.Defer(func() { _, _, _ = p.end(syscall.SIGKILL) })
		ts.Value(daemonsKey{}).(daemons)[args[0]] = p
	}
	ts.Check(err)
}

// ending is how long a program may take to end. It takes 5 s on an idle machine,
// which these tests do not have.
const ending = 20 * time.Second

type daemonsKey struct{}

// end NAME sends SIGTERM; the daemon must end with code 0.
// Its standard error is then in the file NAME.log.
func cmdEnd(ts *testscript.TestScript, neg bool, args []string) {
	p := ts.Value(daemonsKey{}).(daemons)[args[0]]
	if neg || p == nil {
		ts.Fatalf("usage: end NAME")
	}
	code, took, err := p.end(syscall.SIGTERM)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+".log"), []byte(p.stderr()), 0o666))
	if code != 0 || took > ending {
		ts.Fatalf("code %d after %v:\n%s", code, took, p.stderr())
	}
}
