package storage

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"

	"go.etcd.io/bbolt"

	"edgeclr/storage/record"
)

// txn is one transaction. Nothing that it returns may be used after it ends:
// callers copy what they keep.
type txn struct {
	tx *bbolt.Tx
	st *state // becomes the committed state; nil in a read transaction
}

func (t txn) bucket(name []byte) (*bbolt.Bucket, error) {
	if b := t.tx.Bucket(name); b != nil {
		return b, nil
	}
	return nil, corrupt(name, nil, "the bucket is missing")
}

// get returns the verified payload of a value, or nil if there is none.
func (t txn) get(bucket, key []byte) ([]byte, error) {
	b, err := t.bucket(bucket)
	if err != nil {
		return nil, err
	}
	v := b.Get(key)
	if v == nil {
		return nil, nil
	}
	return unseal(bucket, key, v)
}

// has reports whether there is a value, without verifying it.
func (t txn) has(bucket, key []byte) (bool, error) {
	b, err := t.bucket(bucket)
	return err == nil && b.Get(key) != nil, err
}

// unseal verifies a value at its place and returns its payload, which aliases
// value.
func unseal(bucket, key, value []byte) ([]byte, error) {
	payload, err := record.Unseal(bucket, key, value)
	if err != nil {
		return nil, corrupt(bucket, key, "%v", err)
	}
	return payload, nil
}

// put stores a copy of a payload.
func (t txn) put(bucket, key, payload []byte) error {
	return t.putReserved(bucket, key, append(record.Reserve(len(payload)), payload...))
}

// putReserved stores a value that was made with record.Reserve, without a copy.
func (t txn) putReserved(bucket, key, value []byte) error {
	if len(value) > record.MaxValue {
		return fmt.Errorf("%w: value of %d bytes in %s, at most %d", ErrInvalid, len(value), bucket, record.MaxValue)
	}
	b, err := t.bucket(bucket)
	if err != nil {
		return err
	}
	b.FillPercent = 0.9 // keys mostly grow, so full pages are better than half empty ones
	return b.Put(key, record.Seal(bucket, key, value))
}

func (t txn) del(bucket []byte, keys ...[]byte) error {
	b, err := t.bucket(bucket)
	if err != nil {
		return err
	}
	for _, key := range keys {
		if err := b.Delete(key); err != nil {
			return err
		}
	}
	return nil
}

// view runs fn in a read transaction. Damage that makes bbolt panic and faults of
// the memory map become a *CorruptError.
func (s *Store) view(op string, fn func(txn) error) (err error) {
	defer func() { err = classify(op, s.path, err) }()
	defer catch(&err)()
	return s.db.View(func(tx *bbolt.Tx) error { return fn(txn{tx: tx}) })
}

// update runs fn in a write transaction, all of it or nothing. Pending changes
// and the state in txn.st are stored in the same transaction. The state becomes
// the committed one when the commit succeeds.
func (s *Store) update(ctx context.Context, op string, fn func(txn) error) (err error) {
	defer func() { err = classify(op, s.path, err) }()
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.opt.ReadOnly {
		return ErrReadOnly
	}
	s.writeMu.Lock()
	defer s.writeMu.Unlock()
	if cause := s.unsafe.Load(); cause != nil {
		return fmt.Errorf("%w: an earlier write failed: %w", ErrUnsafe, *cause)
	}

	committing := false
	defer func() {
		// A damaged record that is read before the commit leaves the file as it was.
		if err != nil && (errors.Is(err, errFault) || committing && errors.Is(err, syscall.EIO)) {
			cause := err
			s.unsafe.Store(&cause)
		}
	}()
	defer catch(&err)()
	tx, err := s.db.Begin(true)
	if err != nil {
		return err
	}
	defer func() {
		if tx.DB() != nil {
			_ = tx.Rollback() // only after a failure, whose error is the one to return
		}
	}()
	t, included, err := s.prepare(tx)
	if err != nil {
		return err
	}
	if err := fn(t); err != nil {
		return err
	}
	if err := putState(t); err != nil {
		return err
	}
	committing = true
	if err := tx.Commit(); err != nil {
		return err
	}
	st := tx.Stats()
	s.written.Add(uint64(st.GetPageAlloc()) + uint64(s.pageSize))
	s.schema.Store(schemaVersion)
	s.state.commit(t.st, included)
	return nil
}

// prepare reads the state, upgrades an older store and applies the pending
// changes, which it returns. The state comes from the file, not from memory: after
// a commit whose last sync failed the file may be ahead.
func (s *Store) prepare(tx *bbolt.Tx) (t txn, included pending, err error) {
	t = txn{tx: tx}
	if t.st, err = getState(t); err != nil {
		return t, pending{}, err
	}
	included = s.state.snapshot()
	if from := int(s.schema.Load()); from < schemaVersion {
		if err := t.migrate(from); err != nil {
			return t, pending{}, err
		}
	}
	return t, included, t.apply(included)
}

// errFault marks damage that showed itself as a panic.
var errFault = errors.New("unexpected structure")

// catch turns a panic that damage caused into an error. This includes the fault
// of a memory map that was cut short, which otherwise ends the process. Use it as
// `defer catch(&err)()`. It covers the calling goroutine alone.
func catch(err *error) func() {
	old := debug.SetPanicOnFault(true)
	return func() {
		debug.SetPanicOnFault(old)
		r := recover()
		if r == nil {
			return
		}
		// A mistake in this program must not pass for damage on the disk.
		if _, fault := r.(interface{ Addr() uintptr }); !fault && !panicFromBolt() {
			panic(r)
		}
		*err = fmt.Errorf("%w: %w", errFault, &CorruptError{Detail: fmt.Sprint(r)})
	}
}

// panicFromBolt reports whether the panic that is being recovered began in bbolt.
func panicFromBolt() bool {
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	panicking := false
	for {
		f, more := frames.Next()
		inRuntime := strings.HasPrefix(f.Function, "runtime.")
		if panicking && !inRuntime {
			return strings.HasPrefix(f.Function, "go.etcd.io/bbolt")
		}
		panicking = panicking || f.Function == "runtime.gopanic"
		if !more {
			return false
		}
	}
}
