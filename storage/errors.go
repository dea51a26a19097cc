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

// These errors can be returned by Open, Compact and Holder.
var (
	// ErrInUse says that another process owns the store. The error is an
	// *InUseError, which names that process.
	ErrInUse = errors.New("store in use")

	// ErrLost says that the folder has a store's id but not its data, or the
	// data of another store: creating an empty store there would hide a loss.
	ErrLost = errors.New("store lost")

	// ErrNewerSchema says that a newer release of EdgeCLR wrote the store.
	ErrNewerSchema = errors.New("store written by a newer release")
)

// These errors can be returned by every call.
var (
	// ErrCorrupt says that stored bytes are not the ones that were written.
	// The error is a *CorruptError, which names the place.
	ErrCorrupt = errors.New("store is damaged")

	// ErrNotFound says that what was asked for is not in the store.
	ErrNotFound = errors.New("not found")

	// ErrClosed says that the store was closed.
	ErrClosed = errors.New("store is closed")
)

// These errors can be returned by calls that write.
var (
	// ErrFull says that the disk, the quota or Options.MaxSize is exhausted.
	// Nothing was changed; the same call can succeed once there is room.
	ErrFull = errors.New("disk full")

	// ErrUnwritable says that permissions or a read-only file system forbid
	// reading or writing the store.
	ErrUnwritable = errors.New("store not accessible")

	// ErrReadOnly says that the store was opened with Options.ReadOnly.
	ErrReadOnly = errors.New("store is opened for reading")

	// ErrProtected says that a checkpoint cannot be deleted since it serves,
	// since it is the pretrained one, or since it is the root of another.
	ErrProtected = errors.New("checkpoint is protected")

	// ErrInvalid says that an argument cannot be stored.
	ErrInvalid = errors.New("invalid argument")

	// ErrUnsafe says that an earlier write failed in a way that leaves the
	// state of the file unknown (an I/O error of the disk, or damage met in the
	// middle of a commit). Reading goes on; writing needs the store reopened.
	ErrUnsafe = errors.New("store needs to be reopened")
)

// Error is a failed operation on a store, for a person to read.
type Error struct {
	Op   string // what was tried, such as "open store"
	Path string // the file or folder
	Err  error  // the cause; matches one of the sentinels above where it applies
	Hint string // what mends it; empty when nothing general can be said
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

// CorruptError names the damaged place. It matches ErrCorrupt.
type CorruptError struct {
	Bucket string // empty when the damage is in the file's structure
	Key    string // readable form of the key; empty as above
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

// fileDamage makes damage of the file's structure a *CorruptError.
func fileDamage(err error) error {
	var damage boltfile.DamageError
	if errors.As(err, &damage) {
		return &CorruptError{Detail: damage.Error()}
	}
	return err
}

// InUseError names the process that owns a store. It matches ErrInUse.
type InUseError struct {
	Dir     string
	PID     int    // 0 when unknown: the holders only read
	Command string // empty when unknown
	Started string // RFC 3339; empty when unknown
}

func (e *InUseError) Error() string {
	if e.PID == 0 {
		return fmt.Sprintf("%v: %s is held by another edgeclr process; try again in a moment", ErrInUse, e.Dir)
	}
	return fmt.Sprintf("%v: %s is held by process %d (%s)", ErrInUse, e.Dir, e.PID, e.Command)
}

// Is makes errors.Is(err, ErrInUse) true.
func (e *InUseError) Is(target error) bool { return target == ErrInUse }

const (
	hintFull       = "free some space, or lower store.max_bytes; a move to a larger disk is --data DIR"
	hintUnwritable = "give the folder to the user who runs edgeclr (sudo chown -R USER DIR), or choose another with --data DIR"
	hintCorrupt    = "keep the file, look with `edgeclr check`, and restore a backup, or move the folder away to start anew"
	hintUnsafe     = "restart edgeclr; if it happens again, check the disk (dmesg, smartctl)"
)

// classify gives err its sentinel, operation, path and hint. nil stays nil,
// cancellation and errors that already carry all this are returned as they are.
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

// isFull recognises a full disk, also inside bbolt's messages: it formats the
// cause of a failed resize with %s, which loses the errno.
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
