package governor

import (
	"log/slog"
	"runtime"
	"time"
)

// Options configure a governor. The zero value allows learning always.
type Options struct {
	Limits

	// Threads are those that a step keeps busy; 0 means one a core.
	Threads int

	// Cores of the board; 0 means those that Go sees.
	Cores int

	// Root is the folder that sys and proc are in; "" means "/".
	Root string

	// Now is the clock on the wall, in local time; nil means time.Now.
	Now func() time.Time

	// Log receives what an operator may want to know; nil discards.
	Log *slog.Logger
}

// withDefaults replaces zeros.
func (o Options) withDefaults() Options {
	o.Limits = o.Limits.withDefaults()
	if o.Cores <= 0 {
		o.Cores = runtime.NumCPU()
	}
	if o.Threads <= 0 {
		o.Threads = o.Cores
	}
	if o.Root == "" {
		o.Root = "/"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}
