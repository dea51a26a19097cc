package storage

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"
)

// Compact rewrites an idle store without its unused pages and returns the
// file's size before and after. Every value is verified on the way: a damaged
// store is left as it is. The new file replaces the old one in one step, so the
// disk needs room for both. Errors: ErrInUse, ErrCorrupt, ErrFull, ErrNotFound.
func Compact(ctx context.Context, dir string) (before, after int64, err error) {
	const op = "compact store"
	if _, err := os.Stat(filepath.Join(dir, fileDB)); errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(filepath.Join(dir, fileID)); errors.Is(err, fs.ErrNotExist) {
			return 0, 0, noStore(dir)
		}
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
	return preflight(path, slog.New(slog.DiscardHandler))
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
					after, err = t.copyPage(txn{tx: tx}, name, after)
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

// errPageFull ends a scan early.
var errPageFull = errors.New("page full")

// copyPage copies some verified values after a key, and returns the last key;
// nil: no more.
func (t txn) copyPage(to txn, name, after []byte) ([]byte, error) {
	b, err := to.bucket(name)
	if err != nil {
		return nil, err
	}
	b.FillPercent = 1
	room := txBytes
	var last []byte
	_, err = t.scan(name, nil, after, -1, func(key, raw []byte) error {
		if room <= 0 {
			return errPageFull
		}
		if _, err := unseal(name, key, raw); err != nil {
			return err
		}
		room -= len(key) + len(raw)
		last = append(last[:0], key...)
		return b.Put(key, raw) // raw stays valid: both transactions end together
	})
	if errors.Is(err, errPageFull) {
		return last, nil
	}
	return nil, err
}
