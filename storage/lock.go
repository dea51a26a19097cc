package storage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"edgeclr/storage/lock"
)

// InUseError names the process that owns a store. It matches ErrInUse.
type InUseError struct {
	Dir     string
	PID     int    // 0 if unknown, because the holders only read
	Command string // empty if unknown
	Started string // RFC 3339; empty if unknown
}

func (e *InUseError) Error() string {
	if e.PID == 0 {
		return fmt.Sprintf("%v: %s is held by another edgeclr process; try again in a moment", ErrInUse, e.Dir)
	}
	return fmt.Sprintf("%v: %s is held by process %d (%s)", ErrInUse, e.Dir, e.PID, e.Command)
}

// Is makes errors.Is(err, ErrInUse) true.
func (e *InUseError) Is(target error) bool { return target == ErrInUse }

// acquireLock takes the lock of the store in dir, shared if the store is only
// read. It waits up to opt.Wait.
func acquireLock(ctx context.Context, dir string, opt Options) (*lock.Lock, error) {
	l, err := lock.Acquire(ctx, filepath.Join(dir, fileLock), lock.Options{
		Shared: opt.ReadOnly, Wait: opt.Wait, Command: opt.Command, Started: opt.Now(),
	})
	if errors.Is(err, lock.ErrHeld) {
		if owner, held := Holder(dir); held {
			return nil, owner
		}
		return nil, &InUseError{Dir: dir} // those that hold it only read
	}
	return l, err
}

// Holder tells who owns the store in dir without opening it. held is false if
// nobody owns it or if there is no store.
func Holder(dir string) (owner *InUseError, held bool) {
	note, held := lock.Holder(filepath.Join(dir, fileLock))
	if !held {
		return nil, false
	}
	owner = &InUseError{Dir: dir, PID: note.PID, Command: note.Command}
	if note.PID != 0 {
		owner.Started = note.Started.Format(time.RFC3339)
	}
	return owner, true
}

// Inaccessible reports whether the store in dir belongs to another user: its lock
// file is there and cannot be read.
func Inaccessible(dir string) bool {
	file, err := os.Open(filepath.Join(dir, fileLock))
	if err == nil {
		file.Close()
	}
	return errors.Is(err, fs.ErrPermission)
}
