package storage

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"

	"go.etcd.io/bbolt"
)

// Backup writes a copy of the database as of now, and returns its size. The store
// stays in use meanwhile. To use the copy, put it into an empty folder as
// edgeclr.db; `edgeclr check` there verifies it.
func (s *Store) Backup(ctx context.Context, w io.Writer) (int64, error) {
	const op = "back up store"
	if !s.opt.ReadOnly {
		if err := s.Flush(ctx); err != nil {
			return 0, err
		}
	}
	var n int64
	err := s.view(op, func(t txn) (err error) {
		n, err = t.tx.WriteTo(contextWriter{ctx, w})
		return err
	})
	if ctx.Err() != nil {
		return n, ctx.Err() // bbolt's message hides it
	}
	return n, err
}

// contextWriter ends a long copy when its context ends.
type contextWriter struct {
	ctx context.Context
	w   io.Writer
}

func (c contextWriter) Write(b []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.w.Write(b)
}

// Compact rewrites an idle store without its unused pages, and returns the size
// of the file before and after. It verifies every value on the way, and leaves a
// damaged store as it is. The new file replaces the old one in one step, so the
// disk needs room for both. Errors: ErrInUse, ErrCorrupt, ErrFull, ErrNotFound.
func Compact(ctx context.Context, dir string) (before, after int64, err error) {
	const op = "compact store"
	if isEmptyDir(dir) {
		return 0, 0, noStoreError(dir)
	}
	s, err := Open(ctx, dir, Options{})
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = classify(op, dir, errors.Join(err, s.Close())) }()
	if _, before, err = s.Usage(); err != nil {
		return 0, 0, err
	}
	tmp := s.path + ".tmp"
	if err := s.copyTo(ctx, tmp); err != nil {
		_ = os.Remove(tmp)
		return before, before, err
	}
	info, err := os.Stat(tmp)
	if err != nil {
		return before, before, err
	}
	// s still holds the lock, and its map of the old file stays valid.
	if err := replaceFile(tmp, s.path); err != nil {
		_ = os.Remove(tmp)
		return before, before, err
	}
	return before, info.Size(), nil
}

// copyTo writes all values to a new database at path and syncs it.
func (s *Store) copyTo(ctx context.Context, path string) error {
	to, err := newBolt(path)
	if err != nil {
		return err
	}
	to.AllocSize = 1 << 20 // the purpose is a small file
	to.NoSync = true       // synced once, at the end
	err = s.copyBuckets(ctx, to)
	if err == nil {
		err = to.Sync()
	}
	if cerr := to.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return verifyFile(path, slog.New(slog.DiscardHandler))
}

func (s *Store) copyBuckets(ctx context.Context, to *bbolt.DB) error {
	for _, name := range s.buckets() {
		err := to.Update(func(tx *bbolt.Tx) error {
			_, err := tx.CreateBucket(name)
			return err
		})
		if err != nil {
			return err
		}
		for after, more := []byte(nil), true; more; {
			if err := ctx.Err(); err != nil {
				return err
			}
			err := s.view("compact store", func(t txn) error {
				return to.Update(func(tx *bbolt.Tx) (err error) {
					after, err = t.copyValues(txn{tx: tx}, name, after)
					return err
				})
			})
			if err != nil {
				return err
			}
			more = after != nil
		}
	}
	return nil
}

// errSliceDone ends a scan early.
var errSliceDone = errors.New("slice done")

// copyValues verifies and copies up to txBytes of values after a key. It returns
// the last key, or nil if there are no more.
func (t txn) copyValues(to txn, bucket, after []byte) ([]byte, error) {
	b, err := to.bucket(bucket)
	if err != nil {
		return nil, err
	}
	b.FillPercent = 1
	room := txBytes
	var last []byte
	_, err = t.scan(bucket, nil, after, -1, func(key, raw []byte) error {
		if room <= 0 {
			return errSliceDone
		}
		if _, err := unseal(bucket, key, raw); err != nil {
			return err
		}
		room -= len(key) + len(raw)
		last = append(last[:0], key...)
		return b.Put(key, raw) // raw stays valid: both transactions end together
	})
	if errors.Is(err, errSliceDone) {
		return last, nil
	}
	return nil, err
}
