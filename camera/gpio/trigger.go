package gpio

import (
	"context"
	"sync"
	"time"

	periph "periph.io/x/conn/v3/gpio"

	"edgeclr/camera/wait"
)

// patience is how long an edge is waited for at a time. Halt does not reliably
// end a wait, and periph's character devices take a negative timeout for one
// that has passed (periph/host issue 78), so waits are short. Each also
// looks at the level, which finds an edge that the kernel's queue had no room for.
const patience = 250 * time.Millisecond

// trigger turns the level of an input into a window of time.
type trigger struct {
	pin      periph.PinIO
	edge     string
	debounce time.Duration
	hold     time.Duration
	bounced  time.Time // the last edge; only look uses it

	mu    sync.Mutex
	level periph.Level // the last that rested
	until time.Time    // the window closes then, unless the level is active
}

// newTrigger configures the pin. Both edges are asked for, whichever opens:
// the other one tells when the hold begins.
func newTrigger(pin periph.PinIO, o TriggerOptions) (*trigger, error) {
	pull := periph.PullNoChange
	switch o.Pull {
	case PullUp:
		pull = periph.PullUp
	case PullDown:
		pull = periph.PullDown
	}
	if err := pin.In(pull, periph.BothEdges); err != nil {
		return nil, explain(pin, err)
	}
	return &trigger{pin: pin, edge: o.Edge, debounce: o.Debounce, hold: o.Hold, level: pin.Read()}, nil
}

// open tells whether the window is open.
func (t *trigger) open(now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.active() || now.Before(t.until)
}

// active tells whether the level alone keeps the window open.
func (t *trigger) active() bool {
	switch t.edge {
	case Both:
		return false
	case Falling:
		return t.level == periph.Low
	}
	return t.level == periph.High
}

// look waits for an edge, for the end of the bounces or of the window, or until
// patience ends, and takes account of what it finds.
func (t *trigger) look(ctx context.Context) {
	edge := t.wait(ctx, t.timeout(time.Now()))
	now := time.Now()
	if edge && t.debounce > 0 {
		t.bounced = now
	}
	if now.Sub(t.bounced) < t.debounce {
		return
	}
	level := t.pin.Read()
	t.mu.Lock()
	defer t.mu.Unlock()
	// An edge that left the level as it was is a pulse that is over already;
	// with a debounce, noise.
	if level != t.level || edge && t.debounce == 0 {
		t.level, t.until = level, now.Add(t.hold)
	}
}

// timeout is how long to wait at most; above 0, which would be for ever.
func (t *trigger) timeout(now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	wait := patience
	for _, due := range []time.Time{t.until, t.bounced.Add(t.debounce)} {
		if left := due.Sub(now); left > 0 {
			wait = min(wait, left)
		}
	}
	return wait
}

// wait reports whether there was an edge within d. A pin that cannot wait
// (a USB expander that was pulled out) says no at once; the rest is slept.
func (t *trigger) wait(ctx context.Context, d time.Duration) bool {
	begin := time.Now()
	if t.pin.WaitForEdge(d) {
		return true
	}
	if left := d - time.Since(begin); left > 0 {
		wait.For(ctx, left)
	}
	return false
}
