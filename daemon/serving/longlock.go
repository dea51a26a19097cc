package serving

import (
	"context"

	"edgeclr/daemon/heartbeat"
)

// longLock is a mutex that may be held for hours. While a caller waits for it, lock
// ticks the heartbeat of the caller's context, and returns when that context ends.
type longLock chan struct{} // holds a value while the lock is free

func newLongLock() longLock {
	l := make(longLock, 1)
	l.unlock()
	return l
}

// lock waits for the lock. When it returns no error, the caller must unlock.
func (l longLock) lock(ctx context.Context) error { return heartbeat.Wait(ctx, l) }

func (l longLock) unlock() { l <- struct{}{} }
