package heartbeat

import (
	"context"
	"time"
)

// Every is how often a loop that waits ticks.
const Every = 5 * time.Second

// Wait waits until done gives a value or is closed, ticking the beat of ctx. It
// returns the error of ctx when that ends first.
func Wait[T any](ctx context.Context, done <-chan T) error {
	Tick(ctx) // also where the wait is shorter
	tick := time.NewTicker(Every)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
			Tick(ctx)
		}
	}
}

// Sleep waits for that time, ticking the beat of ctx. It returns the error of
// ctx when that ends first.
func Sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	return Wait(ctx, timer.C)
}
