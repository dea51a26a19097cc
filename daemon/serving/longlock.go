package serving

import (
	"context"

	"edgeclr/daemon/heartbeat"
)

// longLock is a mutex that may be held for hours. Whoever waits for it ticks its
// heartbeat, and gives up with its context.
type longLock chan struct{} // holds a value while the lock is free

func newLongLock() longLock {
	l := make(longLock, 1)
	l.unlock()
	return l
}

// lock waits for the lock. A caller that gets no error unlocks it.
func (l longLock) lock(ctx context.Context) error { return heartbeat.Wait(ctx, l) }

func (l longLock) unlock() { l <- struct{}{} }
