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
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const (
	grace    = 2 * time.Second // from SIGTERM to SIGKILL
	deathbed = 3 * time.Second // from SIGKILL to giving up
	goodbye  = time.Second     // from the end of the output to that of the program
)

// ErrImmortal says that a process did not go away after SIGKILL: it hangs in
// the kernel, mostly in a driver.
var ErrImmortal = errors.New("the command cannot be killed")

// Process is a running command. Read and Close are for one goroutine.
type Process struct {
	stdout *os.File
	stderr *os.File
	said   *lines

	reaping sync.Mutex // held while the group's number is given back
	pid     int
	ended   chan struct{} // closed when the leader is reaped and its group killed
	state   string        // how it ended, readable then
	quiet   chan struct{} // closed when standard error is at its end
}

// Start runs a command line. Log receives what it writes to standard error.
func Start(line string, log *slog.Logger) (*Process, error) {
	stdout, out, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("a pipe for the command: %w", err)
	}
	stderr, errs, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("a pipe for the command: %w", err), stdout.Close(), out.Close())
	}
	p := &Process{stdout: stdout, stderr: stderr, said: newLines(log),
		ended: make(chan struct{}), quiet: make(chan struct{})}
	cmd := exec.Command("/bin/sh", "-c", line)
	cmd.Stdout, cmd.Stderr, cmd.Env = out, errs, environment()
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
	go p.listen()
	return p, nil
}

// environment is this process's, without what belongs to its service manager:
// a command must not speak for the daemon.
func environment() []string {
	return slices.DeleteFunc(os.Environ(), func(e string) bool {
		name, _, _ := strings.Cut(e, "=")
		switch name {
		case "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES":
			return true
		}
		return false
	})
}

// run starts the command and waits for its end, all on one thread: the kernel
// sends the death signal when the thread that started the process ends, not
// the whole program.
func (p *Process) run(cmd *exec.Cmd, started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := cmd.Start(); err != nil {
		started <- err
		return
	}
	p.pid = cmd.Process.Pid
	started <- nil
	// Until it is reaped, the leader holds the group's number: what is left of
	// the group is killed before another one can have it.
	for {
		err := unix.Waitid(unix.P_PID, p.pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if !errors.Is(err, unix.EINTR) {
			break
		}
	}
	p.reaping.Lock()
	defer p.reaping.Unlock()
	_ = unix.Kill(-p.pid, unix.SIGKILL) // nobody left is no fault
	_ = cmd.Wait()                      // its error is the state
	p.state = cmd.ProcessState.String()
	close(p.ended)
}

// listen reads standard error until it ends or Close closes it.
func (p *Process) listen() {
	defer close(p.quiet)
	_, _ = io.Copy(p.said, p.stderr)
	p.said.end()
}

// Read reads from standard output. At its end the error matches io.EOF and
// tells how the command ended.
func (p *Process) Read(b []byte) (int, error) {
	n, err := p.stdout.Read(b)
	if errors.Is(err, io.EOF) {
		err = p.farewell()
	}
	return n, err
}

// Interrupt makes the Read under way and all later ones fail, from any
// goroutine.
func (p *Process) Interrupt() {
	_ = p.stdout.SetReadDeadline(time.Now()) // of a closed pipe: nothing is read there
}

// farewell says why there is no more output.
func (p *Process) farewell() error {
	if !within(goodbye, p.ended) {
		return fmt.Errorf("the command closed its standard output: %w%s", io.EOF, p.said.tail())
	}
	within(goodbye, p.quiet) // for its last words
	return fmt.Errorf("the command ended (%s): %w%s", p.state, io.EOF, p.said.tail())
}

// Close ends the command with everything in its group, and waits for that.
func (p *Process) Close() error {
	p.signal(unix.SIGTERM)
	var err error
	if !within(grace, p.ended) {
		p.signal(unix.SIGKILL)
		if !within(deathbed, p.ended) {
			err = fmt.Errorf("%w: process %d", ErrImmortal, p.pid)
		}
	}
	err = errors.Join(err, p.stdout.Close(), p.stderr.Close())
	<-p.quiet
	return err
}

// signal reaches the whole group. Once the leader is reaped there is none.
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
