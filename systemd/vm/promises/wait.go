package promises

import (
	"context"
	"fmt"
	"time"
)

// pause lies between two looks at a condition. Under emulation a look costs the
// guest some tens of milliseconds.
const pause = time.Second

// lookLimit is how long one look may take.
const lookLimit = 30 * time.Second

// until waits for a condition. It looks until look reports true, and gives an
// error when limit or the context's deadline passes first: what was waited for,
// and what the last look saw or failed with. A look may fail for a while, as one
// at a service that starts does.
func until(ctx context.Context, limit time.Duration, what string, look func(context.Context) (seen any, ok bool, err error)) error {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("waited %v in vain until %s", limit, what))
	defer cancel()
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		looking, done := context.WithTimeoutCause(ctx, lookLimit, fmt.Errorf("no answer within %v", lookLimit))
		seen, ok, err := look(looking)
		done()
		if ok && err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			if err != nil {
				return fmt.Errorf("%w; last: %w", context.Cause(ctx), err)
			}
			return fmt.Errorf("%w; last seen: %+v", context.Cause(ctx), seen)
		}
	}
}

// stays looks for that long and gives an error as soon as look does.
func stays(ctx context.Context, length time.Duration, look func(context.Context) error) error {
	end := time.After(length)
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		if err := look(ctx); err != nil {
			return err
		}
		select {
		case <-tick.C:
		case <-end:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// sleep waits a moment and reports whether the context goes on.
func sleep(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(pause / 2):
		return true
	}
}
