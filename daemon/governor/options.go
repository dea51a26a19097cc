package governor

import (
	"fmt"
	"log/slog"
	"runtime"
	"time"

	"edgeclr/config"
)

// Options configure a governor. The zero value allows learning always.
type Options struct {
	Limits

	// Threads is how many threads a step keeps busy; 0 means one per core.
	Threads int

	// Cores is how many cores the board has; 0 means runtime.NumCPU.
	Cores int

	// Root is the folder that has sys and proc; "" means "/".
	Root string

	// Now returns the wall clock time, in local time; nil means time.Now.
	Now func() time.Time

	// Log receives messages for the operator; nil discards them.
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

// Limits say when learning is allowed. The zero value allows it always.
type Limits struct {
	// Duty is the largest share of the time that is spent on steps, above 0 and up to
	// 1; 0 means 1.
	Duty float64

	// Windows are the daily times of learning; none means always.
	Windows []config.Window

	// MaxTemperature is the limit for the hottest thermal zone, in degrees Celsius, up
	// to 150; 0 means no limit.
	MaxTemperature float64

	// MaxLoad is the limit for the load average over a minute that other programs
	// cause, per core; 0 means no limit.
	MaxLoad float64
}

// check refuses values out of range.
func (l Limits) check() error {
	switch {
	case !(l.Duty >= 0 && l.Duty <= 1):
		return fmt.Errorf("learn.duty is %v: write a share of the time above 0 and up to 1", l.Duty)
	case !(l.MaxTemperature >= 0 && l.MaxTemperature <= hottest):
		return fmt.Errorf("learn.max_temperature is %v: write degrees Celsius up to %d, or 0 for no limit", l.MaxTemperature, hottest)
	case !(l.MaxLoad >= 0 && l.MaxLoad <= maxLoad):
		return fmt.Errorf("learn.max_load is %v: write a load per core up to %d, or 0 for no limit", l.MaxLoad, maxLoad)
	}
	for _, w := range l.Windows {
		if err := w.Check(); err != nil {
			return fmt.Errorf("learn.windows: %w", err)
		}
	}
	return nil
}

// withDefaults replaces zeros.
func (l Limits) withDefaults() Limits {
	if l.Duty == 0 {
		l.Duty = 1
	}
	return l
}
