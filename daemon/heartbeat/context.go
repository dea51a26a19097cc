package heartbeat

import (
	"context"
	"time"
)

type contextKey struct{}

// With gives a context that carries the beat of the loop that works under it.
func With(ctx context.Context, b *Beat) context.Context {
	return context.WithValue(ctx, contextKey{}, b)
}

// From is the beat of the loop that ctx belongs to, nil for none.
func From(ctx context.Context) *Beat {
	b, _ := ctx.Value(contextKey{}).(*Beat)
	return b
}

// Tick says that the loop which ctx belongs to turns.
func Tick(ctx context.Context) { From(ctx).Tick() }

// Allow ticks for the loop that ctx belongs to, and sets how long may pass from
// each of its ticks to the next from now on.
func Allow(ctx context.Context, d time.Duration) { From(ctx).Allow(d) }
