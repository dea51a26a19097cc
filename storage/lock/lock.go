// Package lock gives a folder to one process that writes, or to several that
// only read.
//
// The lock is flock on a file. It ends with its process, however that one ends.
// The owner also writes a [Note] into the file that tells people who it is. The
// note decides nothing: a killed process leaves its note and no lock.
//
// flock is for local file systems. It is not trustworthy over NFS.
package lock

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// ErrHeld is returned by Acquire when other processes have the lock. Holder
// tells who owns it.
var ErrHeld = errors.New("lock is held")

const pollInterval = 20 * time.Millisecond

// Note tells who owns a lock.
type Note struct {
	PID     int       `json:"pid"`
	Command string    `json:"command"`
	Started time.Time `json:"started"`
}

// Options say how to take a lock.
type Options struct {
	// Shared takes the lock together with others that share it, and writes no
	// note.
	Shared bool

	// Wait is how long to wait for another process. 0: not at all.
	Wait time.Duration

	// Command is for the note. Empty: the program and its arguments.
	Command string

	// Started is for the note.
	Started time.Time
}

// Lock is a held lock.
type Lock struct {
	file   *os.File // nil: see Acquire
	shared bool
}

// Acquire takes the lock at path and makes the file if it is missing. A shared
// lock needs no permission to write: where the file is missing and cannot be
// made, as on a read-only medium, Acquire succeeds without one. Errors: ErrHeld,
// that of ctx, or that of the file.
func Acquire(ctx context.Context, path string, opt Options) (*Lock, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_CLOEXEC, 0o600)
	if err != nil && opt.Shared {
		file, err = os.OpenFile(path, os.O_RDONLY|syscall.O_CLOEXEC, 0)
		if errors.Is(err, fs.ErrNotExist) {
			return &Lock{shared: true}, nil
		}
	}
	if err != nil {
		return nil, err
	}
	l := &Lock{file: file, shared: opt.Shared}
	if err := l.wait(ctx, opt.Wait); err != nil {
		file.Close()
		return nil, err
	}
	if !opt.Shared {
		if err := l.writeNote(opt); err != nil && !isFull(err) {
			l.Release()
			return nil, err
		}
	}
	return l, nil
}

func (l *Lock) wait(ctx context.Context, timeout time.Duration) error {
	how := syscall.LOCK_EX
	if l.shared {
		how = syscall.LOCK_SH
	}
	deadline := time.NewTimer(timeout)
	defer deadline.Stop()
	poll := time.NewTicker(pollInterval)
	defer poll.Stop()
	for {
		err := flock(l.file, how)
		if err == nil {
			return nil
		}
		if err != syscall.EWOULDBLOCK {
			return &os.PathError{Op: "flock", Path: l.file.Name(), Err: err}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-deadline.C:
			return ErrHeld
		case <-poll.C:
		}
	}
}

func (l *Lock) writeNote(opt Options) error {
	command := opt.Command
	if command == "" {
		command = strings.Join(append([]string{filepath.Base(os.Args[0])}, os.Args[1:]...), " ")
	}
	text, err := json.Marshal(Note{PID: os.Getpid(), Command: command, Started: opt.Started.UTC()})
	if err != nil {
		return err
	}
	n, err := l.file.WriteAt(append(text, '\n'), 0)
	if err != nil {
		return err
	}
	return l.file.Truncate(int64(n)) // cuts off what a killed process left
}

// isFull reports that there is no room for a note, which is no reason to refuse
// the lock.
func isFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG)
}

// Release gives the lock back and clears the note. The file stays: without it
// two processes could lock two files of the same name.
func (l *Lock) Release() error {
	if l.file == nil {
		return nil
	}
	if !l.shared {
		_ = l.file.Truncate(0) // the note is only for people
	}
	return l.file.Close()
}

// Holder returns the note of the process that owns the lock at path. held is
// false when nobody owns it: those that share it do not count. The note is zero
// when it cannot be read.
func Holder(path string) (n Note, held bool) {
	file, err := os.Open(path)
	if err != nil {
		return Note{}, false
	}
	defer file.Close()
	if flock(file, syscall.LOCK_SH) != syscall.EWOULDBLOCK {
		return Note{}, false
	}
	text := make([]byte, 64<<10)
	size, _ := file.ReadAt(text, 0)
	if err := json.Unmarshal(text[:size], &n); err != nil {
		return Note{}, true
	}
	return n, true
}

// flock locks without waiting. The lock ends with the file's last descriptor.
func flock(file *os.File, how int) error {
	for {
		err := syscall.Flock(int(file.Fd()), how|syscall.LOCK_NB)
		if err != syscall.EINTR {
			return err
		}
	}
}
