package check

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"

	"edgeclr/daemon/heartbeat"
	"edgeclr/model/weights"
	"edgeclr/systemd"
)

// command is the argument that makes the program a child.
const command = "try-encoder"

// header is what the parent sends first, as gob. Weights follow as a .safetensors file:
// gob would need a second copy of them in memory.
type header struct {
	Request     *Request     // without weights
	Calibration *Calibration // without weights
	Weights     bool         // a .safetensors file follows
}

// Run carries out a request in a child process. The heartbeat of ctx ticks meanwhile.
// Errors: a *CrashError when the child ended without an answer, the error of ctx, and
// what the child says: LiteRT, the file or TensorFlow failed. The errors of package litert
// stay what they are.
func Run(ctx context.Context, r Request) (Result, error) {
	if err := r.check(); err != nil {
		return Result{}, err
	}
	h, set := header{Request: &r}, weights.Set(nil)
	if r.Reference != nil {
		reference := *r.Reference
		set, reference.Weights = reference.Weights, nil
		r.Reference, h.Weights = &reference, true
	}
	a, err := exchange(ctx, h, set, cmp.Or(r.Timeout, DefaultTimeout))
	return a.Result, err
}

// exchange starts a child, sends it what to do and waits for its answer.
func exchange(ctx context.Context, h header, set weights.Set, limit time.Duration) (answer, error) {
	if isChild() { // a child starts no other
		return answer{}, errors.New("this process is a child that tries an encoder, and its main function does not call check.Child")
	}
	within, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	c := &child{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.run(within, h, set)
	}()
	_ = heartbeat.Wait(context.WithoutCancel(ctx), done) // within ends the child
	switch {
	case ctx.Err() != nil:
		return answer{}, ctx.Err()
	case c.err != nil && within.Err() == nil:
		return answer{}, c.err
	case c.err != nil:
		return answer{}, &CrashError{How: limit.String(), Timed: true}
	case c.replied == nil && c.reply.Err == "":
		return c.reply, nil
	case c.replied == nil:
		return answer{}, c.reply.error()
	}
	crash := &CrashError{How: c.state, Said: c.stderr.String()}
	if within.Err() != nil {
		crash.How, crash.Timed = limit.String(), true
	}
	return answer{}, crash
}

// child is a running child process.
type child struct {
	reply   answer
	replied error // why reply is not valid
	state   string
	stderr  head
	err     error // the child did not start
}

// run starts the child and waits for its end on one thread: the kernel sends the death
// signal when the thread that started the process ends.
func (c *child) run(ctx context.Context, h header, set weights.Set) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	replies, out, err := os.Pipe()
	if err != nil {
		c.err = fmt.Errorf("a pipe for the child process: %w", err)
		return
	}
	defer replies.Close()
	// The link finds this program also after an upgrade has replaced its file.
	cmd := exec.CommandContext(ctx, "/proc/self/exe", command)
	cmd.Args[0] = os.Args[0]
	cmd.Env = systemd.ChildEnvironment()
	cmd.ExtraFiles = []*os.File{out}
	cmd.Stdout, cmd.Stderr = &c.stderr, &c.stderr // libraries write to both
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.WaitDelay = 5 * time.Second
	send, receive := io.Pipe()
	cmd.Stdin = send
	written := make(chan struct{})
	go func() {
		defer close(written)
		receive.CloseWithError(write(receive, h, set))
	}()
	err = cmd.Start()
	out.Close()
	if err != nil {
		send.Close()
		<-written
		c.err = fmt.Errorf("starting a child process to try the encoder: %w", err)
		return
	}
	c.replied = gob.NewDecoder(bufio.NewReader(replies)).Decode(&c.reply)
	_ = cmd.Wait() // its error is in the state
	send.Close()   // a child that has crashed reads no more
	<-written
	c.state = cmd.ProcessState.String()
}

// write sends what to do.
func write(w io.Writer, h header, set weights.Set) error {
	b := bufio.NewWriterSize(w, 1<<16)
	if err := gob.NewEncoder(b).Encode(h); err != nil {
		return err
	}
	if h.Weights {
		if err := weights.WriteSafetensors(b, set, nil); err != nil {
			return err
		}
	}
	return b.Flush()
}

// head keeps the beginning of what is written to it. A crash is named there; the stacks
// of the goroutines follow.
type head struct{ text []byte }

// headBytes is how much of it.
const headBytes = 300

func (h *head) Write(p []byte) (int, error) {
	h.text = append(h.text, p[:min(len(p), headBytes-len(h.text))]...)
	return len(p), nil
}

// String is the beginning in one line.
func (h *head) String() string { return string(bytes.Join(bytes.Fields(h.text), []byte(" "))) }
