package storage

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

const (
	fileDB   = "edgeclr.db"
	fileID   = "edgeclr.id"
	fileLock = "edgeclr.lock"

	lockPoll = 20 * time.Millisecond
)

// holder is the note in the lock file. The flock decides, the note only tells.
type holder struct {
	PID     int       `json:"pid"`
	Command string    `json:"command"`
	Started time.Time `json:"started"`
}

// dirLock is a held lock on a store's folder.
type dirLock struct {
	file      *os.File // nil: a reader of a folder it cannot write to, without a lock file
	exclusive bool
}

// acquireLock waits up to opt.Wait for the store's lock: exclusive to write,
// shared to read.
func acquireLock(ctx context.Context, dir string, opt Options) (*dirLock, error) {
	path := filepath.Join(dir, fileLock)
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_CLOEXEC, 0o600)
	if err != nil && opt.ReadOnly {
		file, err = os.OpenFile(path, os.O_RDONLY|syscall.O_CLOEXEC, 0)
		if errors.Is(err, fs.ErrNotExist) {
			// A read-only medium without a lock file: bbolt's own shared flock remains.
			return &dirLock{}, nil
		}
	}
	if err != nil {
		return nil, err
	}
	how := syscall.LOCK_EX
	if opt.ReadOnly {
		how = syscall.LOCK_SH
	}
	deadline := time.NewTimer(opt.Wait)
	defer deadline.Stop()
	poll := time.NewTicker(lockPoll)
	defer poll.Stop()
	for {
		err := flock(file, how)
		if err == nil {
			break
		}
		if err != syscall.EWOULDBLOCK {
			file.Close()
			return nil, &os.PathError{Op: "flock", Path: path, Err: err}
		}
		select {
		case <-ctx.Done():
			file.Close()
			return nil, ctx.Err()
		case <-deadline.C:
			defer file.Close()
			return nil, inUse(dir, file)
		case <-poll.C:
		}
	}
	l := &dirLock{file: file, exclusive: !opt.ReadOnly}
	if l.exclusive {
		// The note is only for people: a full disk is no reason to refuse queries.
		if err := l.note(opt); err != nil && !isFull(err) {
			l.release()
			return nil, err
		}
	}
	return l, nil
}

// note writes who holds the lock.
func (l *dirLock) note(opt Options) error {
	command := opt.Command
	if command == "" {
		command = strings.Join(append([]string{filepath.Base(os.Args[0])}, os.Args[1:]...), " ")
	}
	text, err := json.Marshal(holder{PID: os.Getpid(), Command: command, Started: opt.Now().UTC()})
	if err != nil {
		return err
	}
	n, err := l.file.WriteAt(append(text, '\n'), 0)
	if err != nil {
		return err
	}
	return l.file.Truncate(int64(n)) // of what a killed process left
}

// release gives the lock back. The file stays: removing it would let two
// processes lock two files of the same name.
func (l *dirLock) release() error {
	if l.file == nil {
		return nil
	}
	if l.exclusive {
		_ = l.file.Truncate(0) // the note is only for people
	}
	return l.file.Close()
}

// Holder tells who owns the store in dir, without opening it. false: nobody, or
// there is no store.
func Holder(dir string) (*InUseError, bool) {
	file, err := os.Open(filepath.Join(dir, fileLock))
	if err != nil {
		return nil, false
	}
	defer file.Close()
	if flock(file, syscall.LOCK_SH) != syscall.EWOULDBLOCK {
		return nil, false
	}
	return inUse(dir, file), true
}

// Inaccessible reports whether the store in dir is that of another user: this one may
// see its lock file and not read it.
func Inaccessible(dir string) bool {
	file, err := os.Open(filepath.Join(dir, fileLock))
	if err == nil {
		file.Close()
	}
	return errors.Is(err, fs.ErrPermission)
}

// inUse reads the note of the process that holds file's lock.
func inUse(dir string, file *os.File) *InUseError {
	e := &InUseError{Dir: dir}
	if flock(file, syscall.LOCK_SH) == nil {
		return e // only readers hold it, and they leave no note
	}
	var h holder
	text := make([]byte, 64<<10)
	n, _ := file.ReadAt(text, 0)
	if json.Unmarshal(text[:n], &h) == nil {
		e.PID, e.Command, e.Started = h.PID, h.Command, h.Started.Format(time.RFC3339)
	}
	return e
}

// flock locks without waiting; the lock goes with the file's last descriptor.
func flock(file *os.File, how int) error {
	for {
		err := syscall.Flock(int(file.Fd()), how|syscall.LOCK_NB)
		if err != syscall.EINTR {
			return err
		}
	}
}
