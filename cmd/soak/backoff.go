package main

import "time"

// backoff says, as the documentation does, how long the daemon waits before it
// opens a camera again: 1, 2, 4, 8, 16, 30, 30 ... seconds, and 1 again after
// ten seconds of pictures.
type backoff struct {
	last time.Duration // 0: none yet
}

const (
	shortestPause = time.Second
	longestPause  = 30 * time.Second
	provenAfter   = 10 * time.Second
)

// after is the pause after a connection that gave pictures for so long.
func (b *backoff) after(lived time.Duration) time.Duration {
	if b.last == 0 || lived >= provenAfter {
		b.last = shortestPause
	} else {
		b.last = min(2*b.last, longestPause)
	}
	return b.last
}

// through gives the number and the sum of the pauses from a failure to the
// first attempt that succeeds, when attempts fail for so long.
func (b *backoff) through(lived, outage time.Duration) (attempts int, sum time.Duration) {
	for {
		attempts, sum = attempts+1, sum+b.after(lived)
		if sum >= outage {
			return attempts, sum
		}
		lived = 0
	}
}
