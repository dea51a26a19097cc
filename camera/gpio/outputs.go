package gpio

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	periph "periph.io/x/conn/v3/gpio"

	"edgeclr/camera/wait"
)

// output is a pin that is on or off. It is not safe for concurrent use.
type output struct {
	name      string // "gpio.lamp"
	pin       periph.PinIO
	activeLow bool
	log       *slog.Logger
	failing   bool // the last attempt failed, and that was logged
}

// set switches the pin. It logs only the first failure of a series, so that an LED does
// not fill the log.
func (o *output) set(on bool) {
	err := o.pin.Out(periph.Level(on != o.activeLow))
	if err != nil && !o.failing {
		o.log.Warn("the output cannot be switched", "output", o.name, "pin", o.pin.Name(), "error", err)
	}
	o.failing = err != nil
}

// lamp lights the scene in front of the camera.
type lamp struct {
	warmup time.Duration

	mu    sync.Mutex
	out   *output
	since time.Time // when it was switched on; zero: it is off
}

// set switches the lamp on or off if necessary. A lamp that cannot be switched on counts
// as lit: dark frames are better than none.
func (l *lamp) set(on bool, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if on == !l.since.IsZero() {
		return
	}
	l.out.set(on)
	l.since = time.Time{}
	if on {
		l.since = now
	}
}

// lit reports whether the lamp is on.
func (l *lamp) lit() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.since.IsZero()
}

// warm reports whether the lamp has been on for the warm-up time.
func (l *lamp) warm(now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.since.IsZero() && now.Sub(l.since) >= l.warmup
}

// led shows the state of the daemon by a pattern of flashes.
type led struct {
	out   *output
	state func() State
	shown atomic.Int32 // the State that is shown now
}

// run plays patterns until ctx ends. The pattern of a new state begins when the current
// one ends, after 2 s at most.
func (l *led) run(ctx context.Context) {
	for {
		state := l.state()
		l.shown.Store(int32(state))
		for _, p := range state.pattern() {
			l.out.set(p.on)
			if !wait.For(ctx, p.length) {
				return
			}
		}
	}
}

// State is what the LED shows.
type State int

// States, in the order of docs/configuration.md.
const (
	Live     State = iota // sources are watched
	Learning              // sources are watched, and a round of learning is under way
	Fault                 // something needs a person
)

// String returns the word that status shows.
func (s State) String() string {
	switch s {
	case Learning:
		return "learning"
	case Fault:
		return "fault"
	}
	return "live"
}

// phase is a part of a pattern.
type phase struct {
	on     bool
	length time.Duration
}

// pattern returns the phases that the LED repeats. Live is a flash and not a steady
// light: a line may keep its level after the process that set it has ended.
func (s State) pattern() []phase {
	switch s {
	case Learning:
		return []phase{{true, time.Second}, {false, time.Second}}
	case Fault:
		return []phase{{true, 125 * time.Millisecond}, {false, 125 * time.Millisecond}}
	}
	return []phase{{true, 100 * time.Millisecond}, {false, 1900 * time.Millisecond}}
}
