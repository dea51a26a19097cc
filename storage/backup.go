package storage

import (
	"context"
	"io"
)

// Backup writes a copy of the database as of now, a valid edgeclr.db, and
// returns its size. The store stays in use meanwhile. Put it into an empty
// folder as edgeclr.db to use it; `edgeclr check` there verifies it.
func (s *Store) Backup(ctx context.Context, w io.Writer) (int64, error) {
	const op = "back up store"
	if !s.opt.ReadOnly {
		if err := s.Flush(ctx); err != nil {
			return 0, err
		}
	}
	var n int64
	err := s.view(op, func(t txn) (err error) {
		n, err = t.tx.WriteTo(ctxWriter{ctx, w})
		return err
	})
	if ctx.Err() != nil {
		return n, ctx.Err() // bbolt's message hides it
	}
	return n, err
}

// ctxWriter ends a long copy when ctx ends.
type ctxWriter struct {
	ctx context.Context
	w   io.Writer
}

func (c ctxWriter) Write(b []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.w.Write(b)
}
