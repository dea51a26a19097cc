package storage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
)

// Long work is cut into slices. A long read transaction keeps deleted pages from
// being used again, and a long write transaction keeps other writers waiting.
const (
	pageRows = 100     // records read in one transaction
	pageKeys = 2000    // keys, or small records, read in one transaction
	txBytes  = 4 << 20 // payload written in one transaction
)

// pages reads the records of a bucket in the order of their keys, each page in
// its own read transaction. Records that are added meanwhile are read, too.
type pages[T any] struct {
	bucket []byte
	prefix []byte // of the keys; nil: all
	after  []byte // begin after this key; nil: at the first
	size   int    // records in a page

	// decode reads one record inside the transaction. It leaves the record out if
	// keep is false. The key and the raw value end with the transaction.
	decode func(t txn, key, raw []byte) (value T, keep bool, err error)

	// before is called before each transaction begins. nil: nothing is called.
	before func()
}

// each calls fn for each record, outside of any transaction: fn may take its time
// and call the store. An error of fn ends the walk and is returned as it is.
// Damaged records are left out and reported when the walk is done.
func (p pages[T]) each(ctx context.Context, s *Store, op string, fn func(T) error) error {
	return p.eachPage(ctx, s, op, func(page []T) error {
		for _, v := range page {
			if err := fn(v); err != nil {
				return err
			}
		}
		return nil
	})
}

// eachPage is each with a page at a time. The page is valid until fn returns.
func (p pages[T]) eachPage(ctx context.Context, s *Store, op string, fn func(page []T) error) error {
	var damaged damagedRecords
	var page []T
	for more := true; more; more = p.after != nil {
		if err := ctx.Err(); err != nil {
			return err
		}
		if p.before != nil {
			p.before()
		}
		page = page[:0]
		err := s.view(op, func(t txn) (err error) {
			p.after, err = t.scan(p.bucket, p.prefix, p.after, p.size, func(key, raw []byte) error {
				v, keep, err := p.decode(t, key, raw)
				if err == nil && keep {
					page = append(page, v)
				}
				return damaged.skip(err)
			})
			return err
		})
		if err != nil {
			return err
		}
		if err := fn(page); err != nil {
			return err
		}
	}
	return classify(op, s.path, damaged.err())
}

// scan calls fn for up to limit keys of a bucket that have the prefix, from the
// first one after the given key (nil: from the first). limit -1 is no limit. scan
// returns the last key seen, or nil if there are no more. fn gets the raw value
// and may verify it. It must keep neither slice.
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

// damagedRecords collects the damage that a walk leaves out.
type damagedRecords struct {
	first error
	count int
}

// skip keeps damage for later and returns every other error.
func (d *damagedRecords) skip(err error) error {
	if err == nil || !errors.Is(err, ErrCorrupt) {
		return err
	}
	if d.count++; d.first == nil {
		d.first = err
	}
	return nil
}

func (d *damagedRecords) err() error {
	if d.count > 1 {
		return fmt.Errorf("%d damaged records were left out, the first: %w", d.count, d.first)
	}
	return d.first
}
