package stream

import (
	"errors"
	"fmt"
	"time"
)

// Options describe a stream. The zero value is a valid one: see each field.
type Options struct {
	Seed     uint64
	Repeats  int  // frames of each picture; 0 means 5
	Shuffled bool // the same frames in random order

	// Side bounds the shorter side of a frame, in pixels. Larger pictures are reduced,
	// as by a camera of that resolution. 0 means 256.
	Side int

	Change Change // between the frames of one picture

	// Drift is the change of the light: over the stream, the factor of brightness
	// falls evenly from 1 + Drift to 1 - Drift. 0 means 0.25, negative none.
	Drift float64

	// Source is the URI of the frames; "" means "bench:stream".
	Source string

	// Start is the time of the first frame; zero means 2026-01-01, 00:00 UTC.
	Start time.Time

	// Interval is the time between two frames of a picture; 0 means 1 s. Pause is the
	// additional time before the next picture; 0 means 30 s, which is longer than
	// replay.moment. With a shorter pause, frames of two pictures of one class could
	// count as the same moment, and the times would reveal the class.
	Interval, Pause time.Duration
}

func (o Options) withDefaults() (Options, error) {
	if o.Repeats == 0 {
		o.Repeats = 5
	}
	if o.Side == 0 {
		o.Side = 256
	}
	if o.Drift == 0 {
		o.Drift = 0.25
	}
	o.Drift = max(o.Drift, 0)
	if o.Source == "" {
		o.Source = "bench:stream"
	}
	if o.Start.IsZero() {
		o.Start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	if o.Interval == 0 {
		o.Interval = time.Second
	}
	if o.Pause == 0 {
		o.Pause = 30 * time.Second
	}
	o.Change = o.Change.withDefaults()
	var errs []error
	check := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf("stream: "+format, args...))
		}
	}
	check(o.Repeats > 0, "%d repeats; it must be 1 or more", o.Repeats)
	check(o.Side >= 8, "a side of %d pixels; it must be 8 or more", o.Side)
	check(o.Drift < 1, "a drift of %v; it must be below 1", o.Drift)
	check(o.Interval > 0 && o.Pause >= 0, "an interval of %v and a pause of %v; time goes forward", o.Interval, o.Pause)
	check(o.Change.Shift < 0.5 && o.Change.Light < 1 && o.Change.Noise < 64, "changes of %+v are no small ones", o.Change)
	return o, errors.Join(errs...)
}

// light returns the light at a place in the stream, from 0 (first frame) to 1 (last).
func (o Options) light(place float64) float64 { return 1 + o.Drift*(1-2*place) }
