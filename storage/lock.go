package storage

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"edgeclr/storage/lock"
)

// The files of a store.
const (
	fileDB   = "edgeclr.db"
	fileID   = "edgeclr.id"
	fileLock = "edgeclr.lock"
)

// acquireLock waits up to opt.Wait for the store's lock: exclusive to write,
// shared to read.
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

// Holder tells who owns the store in dir, without opening it. held is false when
// nobody owns it or there is no store.
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

// Inaccessible reports whether the store in dir belongs to another user: this
// one can see its lock file but not read it.
func Inaccessible(dir string) bool {
	file, err := os.Open(filepath.Join(dir, fileLock))
	if err == nil {
		file.Close()
	}
	return errors.Is(err, fs.ErrPermission)
}
