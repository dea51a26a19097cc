package camera

import (
	"context"
	"log/slog"
	"time"
)

// Source delivers frames.
type Source interface {
	// URI identifies the source in the store and in reports: what Open was
	// given, with paths made absolute.
	URI() string

	// Run delivers frames until ctx ends, the source has no more, or something
	// happens that it cannot mend; the first two give nil. It calls emit from
	// one goroutine and waits for it; an error of emit ends Run with that
	// error. When Run returns, everything it started has ended. It is called
	// once.
	Run(ctx context.Context, emit func(context.Context, Frame) error) error

	// State says how the source is: one of the State constants, and in err
	// what is wrong or, while live, what does not work as well as it should.
	// Safe to call at any time from any goroutine.
	State() (state string, err error)
}

// OpenOptions configure a source. The zero value works.
type OpenOptions struct {
	// Cursor tells a directory what is done. Nil: the source remembers by
	// itself until Run ends.
	Cursor Cursor

	// Limits bound the files that are read.
	Limits Limits

	// Decoder reads the pictures of a live source that has a View; nil is one
	// with these Limits.
	Decoder *Decoder

	// Live are the settings of a live source. Folders and rendered scenes
	// refuse any.
	Live LiveOptions

	// Changed is told every new state of the source, and the error that belongs
	// to it, by the goroutine of Run; nil tells nobody.
	Changed func(state string, err error)

	// Log receives what an operator may want to know; nil discards.
	Log *slog.Logger

	// Seed drives a synthetic scene whose URI has no seed of its own.
	Seed uint64

	// Now is the clock for time stamps and ages; nil means time.Now.
	Now func() time.Time

	// Settle is how long a file must rest before it is read; 0 means 500 ms.
	Settle time.Duration

	// Rescan is the time between two full walks of a directory; 0 means 60 s.
	Rescan time.Duration
}

const (
	defaultSettle = 500 * time.Millisecond
	defaultRescan = 60 * time.Second
)

// withDefaults replaces zeros.
func (o OpenOptions) withDefaults() OpenOptions {
	o.Limits = o.Limits.withDefaults()
	if o.Decoder == nil {
		o.Decoder = &Decoder{Limits: o.Limits}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Settle <= 0 {
		o.Settle = defaultSettle
	}
	if o.Rescan <= 0 {
		o.Rescan = defaultRescan
	}
	return o
}
