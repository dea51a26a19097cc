package storage

import (
	"bytes"
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

const (
	maxChunk = 128 << 10 // bytes of a chunk of a tensor
	pageRows = 100       // records read in one transaction
	pageKeys = 2000      // keys read in one transaction
	txBytes  = 4 << 20   // payload written in one transaction where work is sliced
)

// txn is one transaction. Nothing it returns may be used after the transaction:
// what leaves is copied.
type txn struct {
	tx *bbolt.Tx
	st *state // the state to become current at commit; nil in a read transaction
}

func (t txn) bucket(name []byte) (*bbolt.Bucket, error) {
	if b := t.tx.Bucket(name); b != nil {
		return b, nil
	}
	return nil, corrupt(name, nil, "the bucket is missing")
}

// get returns the verified payload, or nil when there is none.
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

// put stores a payload.
func (t txn) put(bucket, key, payload []byte) error {
	return t.putReserved(bucket, key, append(record.Reserve(len(payload)), payload...))
}

// putReserved stores a value made with reserve, without a copy.
func (t txn) putReserved(bucket, key, value []byte) error {
	if len(value) > record.MaxValue {
		return fmt.Errorf("%w: value of %d bytes in %s, at most %d", ErrInvalid, len(value), bucket, record.MaxValue)
	}
	b, err := t.bucket(bucket)
	if err != nil {
		return err
	}
	// Keys mostly grow, so full pages are better than half empty ones.
	b.FillPercent = 0.9
	return b.Put(key, record.Seal(bucket, key, value))
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

func (t txn) del(bucket, key []byte) error {
	b, err := t.bucket(bucket)
	if err != nil {
		return err
	}
	return b.Delete(key)
}

// scan calls fn for at most limit keys of a bucket with the given prefix, from
// the first key after the given one (nil: from the first), and returns the last
// key seen; nil says that there are no more. fn gets the raw value: verifying is its
// choice, and neither slice may be kept.
func (t txn) scan(bucket, prefix, after []byte, limit int, fn func(key, raw []byte) error) ([]byte, error) {
	b, err := t.bucket(bucket)
	if err != nil {
		return nil, err
	}
	c := b.Cursor()
	start := prefix
	if after != nil {
		start = after
	}
	k, v := c.Seek(start)
	if after != nil && bytes.Equal(k, after) {
		k, v = c.Next()
	}
	var last []byte
	for ; k != nil && bytes.HasPrefix(k, prefix); k, v = c.Next() {
		if limit == 0 {
			return bytes.Clone(last), nil
		}
		limit--
		if err := fn(k, v); err != nil {
			return nil, err
		}
		last = k
	}
	return nil, nil
}

// view runs fn in a read transaction. Damage that makes bbolt panic, and faults
// of the memory map, become a *CorruptError.
func (s *Store) view(op string, fn func(txn) error) (err error) {
	defer func() { err = classify(op, s.path, err) }()
	defer catch(&err)()
	return s.db.View(func(tx *bbolt.Tx) error { return fn(txn{tx: tx}) })
}

// update runs fn in a write transaction: all of it, or nothing. The state that
// fn changes through txn.st is stored in the same transaction and becomes
// current when the commit succeeded.
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
		// Reading a damaged record before the commit left the file as it was.
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
			_ = tx.Rollback() // only after a failure, whose error is the one to tell
		}
	}()

	// The state comes from the file, not from memory: after a commit whose last
	// sync failed the file may be ahead.
	next, err := getState(txn{tx: tx})
	if err != nil {
		return err
	}
	waits := s.state.waiting()
	t := txn{tx: tx, st: next}
	if from := int(s.schema.Load()); from < schemaVersion {
		if err := t.migrate(from); err != nil {
			return err
		}
	}
	if err := s.carryOut(t, waits); err != nil {
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
	s.state.commit(next, waits)
	return nil
}

// errFault marks damage that surfaced as a panic.
var errFault = errors.New("unexpected structure")

// catch turns a panic that damage caused into an error, also the fault of a
// memory map cut short, which Go otherwise treats as fatal. Use it as
// `defer catch(&err)()`. It covers the calling goroutine only.
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

// panicFromBolt says whether the panic being recovered started inside bbolt.
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
