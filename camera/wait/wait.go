// Package wait lets the loops of cameras and pins rest without missing that they
// are to end.
package wait

import (
	"context"
	"time"
)

// For waits for that time; it reports false when ctx ended before.
func For(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
