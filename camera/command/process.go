package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"edgeclr/systemd"
)

const (
	termTimeout = 2 * time.Second // from SIGTERM to SIGKILL
	killTimeout = 3 * time.Second // from SIGKILL to giving up
	exitTimeout = time.Second     // from the end of the output to the end of the program
)

// ErrUnkillable is returned when a process did not end after SIGKILL. It hangs in the kernel, mostly in a
// driver.
var ErrUnkillable = errors.New("the command cannot be killed")

// Process is a running command. One goroutine calls Read and Close.
type Process struct {
	stdout    *os.File
	stderr    *os.File
	stderrLog *stderrLog

	reaping    sync.Mutex // held while the number of the group is released
	pid        int
	ended      chan struct{} // closed when the leader is reaped and its group killed
	state      string        // how it ended; valid when ended is closed
	stderrDone chan struct{} // closed at the end of standard error
}

// Start runs a command line. log receives its standard error.
func Start(line string, log *slog.Logger) (*Process, error) {
	stdout, out, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("a pipe for the command: %w", err)
	}
	stderr, errs, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("a pipe for the command: %w", err), stdout.Close(), out.Close())
	}
	p := &Process{stdout: stdout, stderr: stderr, stderrLog: newStderrLog(log),
		ended: make(chan struct{}), stderrDone: make(chan struct{})}
	cmd := exec.Command("/bin/sh", "-c", line)
	cmd.Stdout, cmd.Stderr, cmd.Env = out, errs, systemd.ChildEnvironment()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	started := make(chan error)
	go p.run(cmd, started)
	err = <-started
	out.Close() // the command has its own
	errs.Close()
	if err != nil {
		stdout.Close()
		stderr.Close()
		return nil, fmt.Errorf("starting the command by /bin/sh: %w", err)
	}
	go p.logStderr()
	return p, nil
}

// run starts the command and waits for its end on one thread: the kernel sends the death
// signal when the thread that started the process ends.
func (p *Process) run(cmd *exec.Cmd, started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := cmd.Start(); err != nil {
		started <- err
		return
	}
	p.pid = cmd.Process.Pid
	started <- nil
	// The leader keeps the number of the group until it is reaped. So the rest of the
	// group is killed here, before another group can get that number.
	for {
		err := unix.Waitid(unix.P_PID, p.pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if !errors.Is(err, unix.EINTR) {
			break
		}
	}
	p.reaping.Lock()
	defer p.reaping.Unlock()
	_ = unix.Kill(-p.pid, unix.SIGKILL) // fails when nobody is left
	_ = cmd.Wait()                      // its error is in the state
	p.state = cmd.ProcessState.String()
	close(p.ended)
}

// logStderr reads standard error until it ends or Close closes it.
func (p *Process) logStderr() {
	defer close(p.stderrDone)
	_, _ = io.Copy(p.stderrLog, p.stderr)
	p.stderrLog.end()
}

// Read reads from standard output. At its end the error matches io.EOF and says how the
// command ended.
func (p *Process) Read(b []byte) (int, error) {
	n, err := p.stdout.Read(b)
	if errors.Is(err, io.EOF) {
		err = p.endError()
	}
	return n, err
}

// Interrupt makes the current Read and all later ones fail. Any goroutine may call it.
func (p *Process) Interrupt() {
	_ = p.stdout.SetReadDeadline(time.Now()) // fails for a closed pipe, which nobody reads
}

// endError says why there is no more output.
func (p *Process) endError() error {
	if !within(exitTimeout, p.ended) {
		return fmt.Errorf("the command closed its standard output: %w%s", io.EOF, p.stderrLog.tail())
	}
	within(exitTimeout, p.stderrDone) // for its last lines
	return fmt.Errorf("the command ended (%s): %w%s", p.state, io.EOF, p.stderrLog.tail())
}

// Close ends the command and everything in its group, and waits for that.
func (p *Process) Close() error {
	p.signal(unix.SIGTERM)
	var err error
	if !within(termTimeout, p.ended) {
		p.signal(unix.SIGKILL)
		if !within(killTimeout, p.ended) {
			err = fmt.Errorf("%w: process %d", ErrUnkillable, p.pid)
		}
	}
	err = errors.Join(err, p.stdout.Close(), p.stderr.Close())
	<-p.stderrDone
	return err
}

// signal sends a signal to the whole group, if the leader is not yet reaped.
func (p *Process) signal(s syscall.Signal) {
	p.reaping.Lock()
	defer p.reaping.Unlock()
	select {
	case <-p.ended:
	default:
		_ = unix.Kill(-p.pid, s)
	}
}

// within waits up to d for the channel to close.
func within(d time.Duration, c <-chan struct{}) bool {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	select {
	case <-c:
		return true
	case <-ctx.Done():
		return false
	}
}
