package camera

import (
	"errors"
	"fmt"
	"time"
)

// Defaults of live sources.
const (
	// DefaultFPS is the rate of a source that sets none, in frames a second. At
	// a higher rate consecutive frames mostly show the same.
	DefaultFPS = 5.0

	// DefaultStall is how long a source that sets no time may be silent.
	DefaultStall = 10 * time.Second
)

// Bounds of the options of live sources.
const (
	MinFPS   = 0.001 // one frame in 17 minutes
	MaxFPS   = 120.0
	MinStall = time.Second
	MaxStall = 24 * time.Hour
)

// stallFrames is how many frames at the wanted rate must be missing at least
// before a camera counts as stalled.
const stallFrames = 3

// LiveOptions are the options of one live source. The zero value works.
type LiveOptions struct {
	View

	// FPS is the largest number of frames that are used in a second. The source
	// drops the others before it decodes them. 0 means DefaultFPS.
	FPS float64

	// Stall is how long the camera may be silent. After that it counts as
	// stalled and is opened again. 0 means DefaultStall, or the time of three
	// frames where that is longer.
	Stall time.Duration
}

// Check says what is wrong with the options. Its error joins one error for each
// wrong key: "KEY: what is wrong and what is allowed".
func (o LiveOptions) Check() error {
	errs := []error{o.View.check()}
	if o.FPS != 0 && !(o.FPS >= MinFPS && o.FPS <= MaxFPS) {
		errs = append(errs, fmt.Errorf("fps: %v is not allowed: give %v to %v frames a second", o.FPS, MinFPS, MaxFPS))
	} else if o.Stall != 0 {
		least := max(MinStall, min(o.leastStall(), MaxStall))
		if o.Stall < least || o.Stall > MaxStall {
			errs = append(errs, fmt.Errorf("stall: %v is not allowed: give %v (1s, and the time of %d frames) to %v", o.Stall, least, stallFrames, MaxStall))
		}
	}
	return errors.Join(errs...)
}

// Zero reports whether nothing is set.
func (o LiveOptions) Zero() bool { return o.KeepsAll() && o.FPS == 0 && o.Stall == 0 }

// WithDefaults returns o with its zeros replaced.
func (o LiveOptions) WithDefaults() LiveOptions {
	if o.FPS == 0 {
		o.FPS = DefaultFPS
	}
	if o.Stall == 0 {
		o.Stall = max(DefaultStall, o.leastStall())
	}
	return o
}

// Period returns the time between two frames.
func (o LiveOptions) Period() time.Duration {
	fps := o.FPS
	if fps == 0 {
		fps = DefaultFPS
	}
	return time.Duration(float64(time.Second) / fps)
}

// leastStall returns the time that stallFrames frames take.
func (o LiveOptions) leastStall() time.Duration { return stallFrames * o.Period() }
