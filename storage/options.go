package storage

import (
	"log/slog"
	"time"
)

// Options are the ways to open a store. The zero value opens it for writing and
// creates it when the folder has none.
type Options struct {
	// ReadOnly shares the store with other readers. It never creates one, and
	// needs no write permission.
	ReadOnly bool

	// Command is what the lock file tells others about this process, such as
	// "edgeclr run". Empty: the program's arguments.
	Command string

	// MaxSize bounds the size of the database file in bytes; a write that would
	// pass it fails with ErrFull. 0: no bound but the disk.
	MaxSize int64

	// Wait is how long to wait for a store that another process holds for a
	// moment. 0: one second.
	Wait time.Duration

	// Log receives what the store mends by itself. nil: discarded.
	Log *slog.Logger

	// OnEvent is called with each event that the store adds by itself (see
	// SetServing and Rollback), after it is committed. nil: nobody is told.
	OnEvent func(Event)

	// Now is the clock. nil: time.Now.
	Now func() time.Time

	// NoSync leaves out fsync: fast, and a crash may lose the store. For tests.
	NoSync bool
}

func (o Options) withDefaults() Options {
	if o.Wait <= 0 {
		o.Wait = time.Second
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}
