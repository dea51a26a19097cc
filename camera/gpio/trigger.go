package gpio

import (
	"context"
	"sync"
	"time"

	periph "periph.io/x/conn/v3/gpio"

	"edgeclr/camera/wait"
)

// pollInterval is the longest single wait for an edge. Halt does not reliably end a
// wait, and periph's character devices treat a negative timeout as expired (periph/host
// issue 78), so waits are short. After each the trigger also reads the level, which
// finds an edge that did not fit into the kernel's queue.
const pollInterval = 250 * time.Millisecond

// trigger turns the level of an input into a window of time.
type trigger struct {
	pin      periph.PinIO
	edge     string
	debounce time.Duration
	hold     time.Duration
	bounced  time.Time // the last edge; used by poll only

	mu    sync.Mutex
	level periph.Level // the last stable one
	until time.Time    // when the window closes, unless the level is active
}

// newTrigger configures the pin for both edges: one opens the window, the other one
// begins the hold.
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

// open reports whether the window is open.
func (t *trigger) open(now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.active() || now.Before(t.until)
}

// active reports whether the level keeps the window open.
func (t *trigger) active() bool {
	switch t.edge {
	case Both:
		return false
	case Falling:
		return t.level == periph.Low
	}
	return t.level == periph.High
}

// poll waits for an edge, the end of the bouncing, the end of the window, or
// pollInterval. Then it reads the level and updates the window.
func (t *trigger) poll(ctx context.Context) {
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
	// An edge without a change of level is a pulse that is over already, or noise when
	// there is a debounce.
	if level != t.level || edge && t.debounce == 0 {
		t.level, t.until = level, now.Add(t.hold)
	}
}

// timeout returns how long to wait at most. It is above 0, since 0 would be for ever.
func (t *trigger) timeout(now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	wait := pollInterval
	for _, due := range []time.Time{t.until, t.bounced.Add(t.debounce)} {
		if left := due.Sub(now); left > 0 {
			wait = min(wait, left)
		}
	}
	return wait
}

// wait reports whether there was an edge within d. A pin that cannot wait (a USB expander
// that was unplugged) returns at once; then wait sleeps for the rest.
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
