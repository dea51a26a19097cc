package governor

import (
	"fmt"

	"edgeclr/config"
)

// Limits say when learning is allowed. The zero value allows it always.
type Limits struct {
	// Duty is the share of the time spent on steps, above 0 to 1; 0 means 1.
	Duty float64

	// Windows are the daily times of learning; none means always.
	Windows []config.Window

	// MaxTemperature is that of the hottest thermal zone, in degrees Celsius;
	// 0 means no limit.
	MaxTemperature float64

	// MaxLoad is the load average over a minute that other programs may cause
	// per core; 0 means no limit.
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
