package heartbeat

import (
	"sync"
	"time"
)

// Beat is that of one loop. A nil beat is one that nobody watches.
type Beat struct {
	monitor *Monitor
	name    string

	mu        sync.Mutex
	allowance time.Duration
	last      time.Time // of the last tick
}

// Tick says that the loop turns.
func (b *Beat) Tick() {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.last = time.Now()
}

// Allow ticks, and sets how long may pass from each tick to the next from now on.
func (b *Beat) Allow(d time.Duration) {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.last, b.allowance = time.Now(), d
}

// Stop ends the beat: its loop has ended and is not missed.
func (b *Beat) Stop() {
	if b != nil {
		b.monitor.remove(b)
	}
}

// late tells how the beat is overdue, if it is.
func (b *Beat) late(now time.Time) (*LateError, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	silent := now.Sub(b.last)
	return &LateError{Name: b.name, Silent: silent, Allowed: b.allowance}, silent > b.allowance
}
