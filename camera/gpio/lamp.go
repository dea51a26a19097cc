package gpio

import (
	"sync"
	"time"
)

// lamp lights what the camera sees.
type lamp struct {
	warmup time.Duration

	mu    sync.Mutex
	out   *output
	since time.Time // when it was switched on; zero: it is off
}

// light switches the lamp, if it is not so already. One that cannot be switched
// on counts as lit: frames in the dark are better than none.
func (l *lamp) light(on bool, now time.Time) {
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

// lit tells whether the lamp is on.
func (l *lamp) lit() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.since.IsZero()
}

// warm tells whether frames count.
func (l *lamp) warm(now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.since.IsZero() && now.Sub(l.since) >= l.warmup
}
