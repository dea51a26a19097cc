package governor

import (
	"fmt"
	"log/slog"
	"runtime"
	"time"
)

// Options say when learning is allowed. The zero value allows it always.
type Options struct {
	// Duty is the share of the time spent on steps, above 0 to 1; 0 means 1.
	Duty float64

	// Windows are the daily times of learning; none means always.
	Windows []Window

	// MaxTemperature is that of the hottest thermal zone, in degrees Celsius;
	// 0 means no limit.
	MaxTemperature float64

	// MaxLoad is the load average over a minute that other programs may cause
	// per core; 0 means no limit.
	MaxLoad float64

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

// check refuses values out of range.
func (o Options) check() error {
	switch {
	case !(o.Duty >= 0 && o.Duty <= 1):
		return fmt.Errorf("learn.duty is %v: write a share of the time above 0 and up to 1", o.Duty)
	case !(o.MaxTemperature >= 0 && o.MaxTemperature <= hottest):
		return fmt.Errorf("learn.max_temperature is %v: write degrees Celsius up to %d, or 0 for no limit", o.MaxTemperature, hottest)
	case !(o.MaxLoad >= 0 && o.MaxLoad <= maxLoad):
		return fmt.Errorf("learn.max_load is %v: write a load per core up to %d, or 0 for no limit", o.MaxLoad, maxLoad)
	}
	for _, w := range o.Windows {
		if err := w.check(); err != nil {
			return fmt.Errorf("learn.windows: %w", err)
		}
	}
	return nil
}

// withDefaults replaces zeros.
func (o Options) withDefaults() Options {
	if o.Duty == 0 {
		o.Duty = 1
	}
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
