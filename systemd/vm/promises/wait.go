package promises

import (
	"context"
	"fmt"
	"time"
)

// pause is the time between two checks of a condition. Under emulation a check costs the
// guest some tens of milliseconds.
const pause = time.Second

// lookLimit is how long one check may take.
const lookLimit = 30 * time.Second

// until waits for a condition. It calls look until look returns ok without an error. It
// returns an error when limit or the context's deadline passes first. That error holds what
// until waited for, and the last result or error of look. look may fail for a while, like a
// request to a service that is starting.
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

// stays calls look again and again for that long. It returns the first error of look.
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

// sleep waits for half a pause. It returns false when the context ends.
func sleep(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(pause / 2):
		return true
	}
}
