package heartbeat

import (
	"context"
	"time"
)

type contextKey struct{}

// With returns a context that carries the beat of a loop. A nil beat is allowed.
func With(ctx context.Context, b *Beat) context.Context {
	return context.WithValue(ctx, contextKey{}, b)
}

// from returns the beat that ctx carries, nil for none.
func from(ctx context.Context) *Beat {
	b, _ := ctx.Value(contextKey{}).(*Beat)
	return b
}

// Tick ticks the beat of ctx.
func Tick(ctx context.Context) { from(ctx).Tick() }

// Allow ticks the beat of ctx, and sets how long may pass between its ticks from now
// on.
func Allow(ctx context.Context, d time.Duration) { from(ctx).Allow(d) }

// Every is the time between the ticks of a loop that waits.
const Every = 5 * time.Second

// Wait waits until done gives a value or is closed, and ticks the beat of ctx
// meanwhile. It returns the error of ctx when that ends first.
func Wait[T any](ctx context.Context, done <-chan T) error {
	Tick(ctx) // also for a wait that is shorter than Every
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

// Sleep waits for that time, and ticks the beat of ctx meanwhile. It returns the
// error of ctx when that ends first.
func Sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	return Wait(ctx, timer.C)
}
