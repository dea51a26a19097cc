package camera

import "time"

const (
	firstPause = time.Second      // after a first failure
	lastPause  = 30 * time.Second // the longest
	proven     = 10 * time.Second // of pictures, after which a failure is a first one again
)

// pauses are the waits before a camera is opened again: 1, 2, 4, 8, 16, then
// 30 seconds for as long as it takes. A camera that was live for ten seconds
// begins at 1 again; one that answers and breaks at once does not.
type pauses struct {
	first, last time.Duration
	next        time.Duration // 0: first
}

// after returns the wait after a connection that gave pictures for so long.
func (p *pauses) after(lived time.Duration) time.Duration {
	if p.next == 0 || lived >= proven {
		p.next = p.first
	}
	pause := p.next
	p.next = min(2*p.next, p.last)
	return pause
}
