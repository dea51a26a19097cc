package camera

import (
	"errors"
	"fmt"
	"time"
)

// Defaults of live sources.
const (
	// DefaultFPS is the rate of a source that names none: frames that follow
	// faster mostly show the same.
	DefaultFPS = 5.0

	// DefaultStall is how long a source may be silent that names no time.
	DefaultStall = 10 * time.Second
)

// Bounds of the options of live sources.
const (
	MinFPS   = 0.001 // one frame in 17 minutes
	MaxFPS   = 120.0
	MinStall = time.Second
	MaxStall = 24 * time.Hour
)

// stallFrames is how many frames at the wanted rate a silence must span at
// least to be one.
const stallFrames = 3

// LiveOptions are the settings of one live source. The zero value works.
type LiveOptions struct {
	View

	// FPS is the most frames a second that are used; those beyond are dropped
	// before they are decoded. 0 means DefaultFPS.
	FPS float64

	// Stall is how long the camera may be silent before it counts as stalled
	// and is opened again. 0 means DefaultStall, or the time of three frames
	// where that is longer.
	Stall time.Duration
}

// Check says what is wrong with the options, one error a key, each
// "KEY: what is wrong and what is allowed".
func (o LiveOptions) Check() error {
	errs := []error{o.View.check()}
	if o.FPS != 0 && !(o.FPS >= MinFPS && o.FPS <= MaxFPS) {
		errs = append(errs, fmt.Errorf("fps: %v is not allowed: give %v to %v frames a second", o.FPS, MinFPS, MaxFPS))
	} else if o.Stall != 0 {
		least := max(MinStall, min(o.span(), MaxStall))
		if o.Stall < least || o.Stall > MaxStall {
			errs = append(errs, fmt.Errorf("stall: %v is not allowed: give %v (1s, and the time of %d frames) to %v", o.Stall, least, stallFrames, MaxStall))
		}
	}
	return errors.Join(errs...)
}

// Zero reports whether nothing is set.
func (o LiveOptions) Zero() bool { return o.plain() && o.FPS == 0 && o.Stall == 0 }

// withDefaults replaces zeros.
func (o LiveOptions) withDefaults() LiveOptions {
	if o.FPS == 0 {
		o.FPS = DefaultFPS
	}
	if o.Stall == 0 {
		o.Stall = max(DefaultStall, o.span())
	}
	return o
}

// period is the time between two frames.
func (o LiveOptions) period() time.Duration {
	return time.Duration(float64(time.Second) / o.withRate())
}

func (o LiveOptions) withRate() float64 {
	if o.FPS == 0 {
		return DefaultFPS
	}
	return o.FPS
}

// span is the time of the frames that a silence must be longer than.
func (o LiveOptions) span() time.Duration { return stallFrames * o.period() }
