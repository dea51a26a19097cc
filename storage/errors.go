package storage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"

	berrors "go.etcd.io/bbolt/errors"

	"edgeclr/storage/boltfile"
)

// These errors are returned by Open and Compact.
var (
	// ErrInUse is returned when another process owns the store. The error is an
	// *InUseError, which names that process.
	ErrInUse = errors.New("store in use")

	// ErrLost is returned when the folder has a store's id but not its data, or
	// has the data of another store. An empty store there would hide the loss.
	ErrLost = errors.New("store lost")

	// ErrNewerSchema is returned when a newer release of EdgeCLR wrote the store.
	ErrNewerSchema = errors.New("store written by a newer release")
)

// These errors are returned by any call.
var (
	// ErrCorrupt is returned when stored bytes are not those that were written.
	// The error is a *CorruptError, which names the place.
	ErrCorrupt = errors.New("store is damaged")

	// ErrNotFound is returned when what was asked for is not in the store.
	ErrNotFound = errors.New("not found")

	// ErrClosed is returned when the store was closed.
	ErrClosed = errors.New("store is closed")
)

// These errors are returned by calls that write.
var (
	// ErrFull is returned when the disk, the quota or Options.MaxBytes is
	// exhausted. Nothing was changed, and the same call can succeed once there
	// is room.
	ErrFull = errors.New("disk full")

	// ErrUnwritable is returned when permissions or a read-only file system
	// forbid access to the store. Open returns it, too.
	ErrUnwritable = errors.New("store not accessible")

	// ErrReadOnly is returned when the store was opened with Options.ReadOnly.
	ErrReadOnly = errors.New("store is opened for reading")

	// ErrProtected is returned for a checkpoint that must not be deleted: it
	// serves, it is the pretrained one, or it is the root of another.
	ErrProtected = errors.New("checkpoint is protected")

	// ErrInvalid is returned when an argument cannot be stored.
	ErrInvalid = errors.New("invalid argument")

	// ErrUnsafe is returned after a write that failed in a way that leaves the
	// state of the file unknown: an I/O error of the disk, or damage met in the
	// middle of a commit. Reading goes on. Writing needs the store reopened.
	ErrUnsafe = errors.New("store needs to be reopened")
)

// Error is a failed operation on a store, with all that a person needs to know.
type Error struct {
	Op   string // what was tried, such as "open store"
	Path string // the file or folder
	Err  error  // the cause; it matches one of the errors above where one applies
	Hint string // how to mend it; may be empty
}

func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: %v", e.Op, e.Path, e.Err)
	if e.Hint != "" {
		b.WriteString("; ")
		b.WriteString(e.Hint)
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }

// CorruptError names a damaged place. It matches ErrCorrupt.
type CorruptError struct {
	Bucket string // empty if the structure of the file is damaged
	Key    string // in readable form; may be empty, too
	Detail string // what is wrong
}

func (e *CorruptError) Error() string {
	switch {
	case e.Bucket == "":
		return fmt.Sprintf("%v: %s", ErrCorrupt, e.Detail)
	case e.Key == "":
		return fmt.Sprintf("%v: %s: %s", ErrCorrupt, e.Bucket, e.Detail)
	}
	return fmt.Sprintf("%v: %s %s: %s", ErrCorrupt, e.Bucket, e.Key, e.Detail)
}

// Is makes errors.Is(err, ErrCorrupt) true.
func (e *CorruptError) Is(target error) bool { return target == ErrCorrupt }

// corrupt returns a *CorruptError for a value.
func corrupt(bucket, key []byte, format string, args ...any) error {
	return &CorruptError{Bucket: string(bucket), Key: keyText(bucket, key), Detail: fmt.Sprintf(format, args...)}
}

// fileDamage turns damage to the structure of the file into a *CorruptError.
func fileDamage(err error) error {
	var damage boltfile.DamageError
	if errors.As(err, &damage) {
		return &CorruptError{Detail: damage.Error()}
	}
	return err
}

const (
	hintFull       = "free some space, lower store.max_bytes, or move to a larger disk with --data DIR"
	hintUnwritable = "give the folder to the user who runs edgeclr (sudo chown -R USER DIR), or choose another with --data DIR"
	hintCorrupt    = "keep the file, look at it with `edgeclr check`, and restore a backup, or move the folder away to start with an empty store"
	hintUnsafe     = "restart edgeclr; if it happens again, check the disk (dmesg, smartctl)"
)

// classify returns err as an *Error with its sentinel, operation, path and hint.
// It leaves alone nil, cancellation, and errors that already have all this.
func classify(op, path string, err error) error {
	var done *Error
	var used *InUseError
	switch {
	case err == nil, errors.As(err, &done), errors.As(err, &used),
		errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	}
	wrap := func(sentinel error, hint string) error {
		if !errors.Is(err, sentinel) {
			err = fmt.Errorf("%w: %w", sentinel, err)
		}
		return &Error{Op: op, Path: path, Err: err, Hint: hint}
	}
	switch {
	case errors.Is(err, ErrFull) || isFull(err):
		return wrap(ErrFull, hintFull)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return wrap(ErrUnwritable, hintUnwritable)
	case errors.Is(err, berrors.ErrDatabaseNotOpen):
		return wrap(ErrClosed, "")
	case errors.Is(err, ErrCorrupt), errors.Is(err, berrors.ErrInvalid),
		errors.Is(err, berrors.ErrChecksum), errors.Is(err, berrors.ErrVersionMismatch):
		return wrap(ErrCorrupt, hintCorrupt)
	case errors.Is(err, ErrUnsafe):
		return wrap(ErrUnsafe, hintUnsafe)
	}
	return &Error{Op: op, Path: path, Err: err}
}

// isFull reports a full disk. It also looks into bbolt's messages, because bbolt
// formats the cause of a failed resize with %s and so loses the errno.
func isFull(err error) bool {
	for _, errno := range []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG} {
		if errors.Is(err, errno) {
			return true
		}
		if m := err.Error(); strings.Contains(m, "file resize error") && strings.Contains(m, errno.Error()) {
			return true
		}
	}
	return errors.Is(err, berrors.ErrMaxSizeReached)
}
