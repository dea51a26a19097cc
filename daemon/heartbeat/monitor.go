package heartbeat

import (
	"fmt"
	"slices"
	"sync"
	"time"
)

// Monitor holds the beats of a program. The zero value is ready to use. A nil monitor
// watches nothing.
type Monitor struct {
	mu    sync.Mutex
	beats []*Beat // in the order they began
}

// Beat begins to watch a loop. The loop is late when it does not tick within the
// allowance. The caller stops the beat when the loop ends.
func (m *Monitor) Beat(name string, allowance time.Duration) *Beat {
	if m == nil {
		return nil
	}
	b := &Beat{monitor: m, name: name, allowance: allowance, last: time.Now()}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.beats = append(m.beats, b)
	return b
}

// Check returns a *LateError for the beat that is longest overdue, nil when none is.
func (m *Monitor) Check() error {
	if m == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	var worst *LateError
	for _, b := range m.beats {
		if late, is := b.late(now); is && (worst == nil || late.Silent-late.Allowed > worst.Silent-worst.Allowed) {
			worst = late
		}
	}
	if worst == nil {
		return nil
	}
	return worst
}

func (m *Monitor) remove(b *Beat) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.beats = slices.DeleteFunc(m.beats, func(other *Beat) bool { return other == b })
}

// Beat records the ticks of one loop. The methods of a nil beat do nothing.
type Beat struct {
	monitor *Monitor
	name    string

	mu        sync.Mutex
	allowance time.Duration
	last      time.Time // of the last tick
}

// Tick notes that the loop is alive.
func (b *Beat) Tick() {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.last = time.Now()
}

// Allow ticks, and sets how long may pass between ticks from now on.
func (b *Beat) Allow(d time.Duration) {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.last, b.allowance = time.Now(), d
}

// Stop removes the beat from its monitor, because the loop has ended.
func (b *Beat) Stop() {
	if b != nil {
		b.monitor.remove(b)
	}
}

// late tells whether the beat is overdue. The error describes it in both cases.
func (b *Beat) late(now time.Time) (*LateError, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	silent := now.Sub(b.last)
	return &LateError{Name: b.name, Silent: silent, Allowed: b.allowance}, silent > b.allowance
}

// LateError says which loop has not ticked in time.
type LateError struct {
	Name    string
	Silent  time.Duration // since its last tick
	Allowed time.Duration
}

func (e *LateError) Error() string {
	return fmt.Sprintf("%s hangs: no sign of life for %v, and %v are allowed", e.Name, e.Silent.Round(time.Second), e.Allowed.Round(time.Second))
}
