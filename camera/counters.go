package camera

import (
	"sync"
	"time"
)

// Counters tell what a live source did since it was opened.
type Counters struct {
	Frames     uint64 // handed over
	Damaged    uint64 // cut or broken pictures, left out
	Skipped    uint64 // beyond the rate, left out before decoding
	Reconnects uint64 // times that the camera was opened again, or tried to be

	// LastFrame is how long ago a picture came, used or skipped; negative when
	// none has. It follows the monotonic clock.
	LastFrame time.Duration
}

// tally is Counters while they are counted, safe for concurrent use.
type tally struct {
	mu       sync.Mutex
	counters Counters
	last     time.Time
}

// Counters returns the numbers as they are now.
func (t *tally) Counters() Counters {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.counters
	c.LastFrame = -1
	if !t.last.IsZero() {
		c.LastFrame = time.Since(t.last)
	}
	return c
}

// count changes the numbers; alive says that a picture came just now.
func (t *tally) count(alive bool, change func(c *Counters)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	change(&t.counters)
	if alive {
		t.last = time.Now()
	}
}
