package promises

import (
	"context"
	"fmt"
	"time"
)

// proveClock moves the clock like that of a board without a battery, or of one that reaches
// a time server after a long time. The configuration keeps frames for 7 days, and
// retention runs every minute. No frame may be deleted: none is older than this test,
// whatever the clock says.
func proveClock(ctx context.Context, b *Bench) error {
	before, s, err := b.now(ctx)
	if err != nil {
		return err
	}
	for _, jump := range []string{"-1 year", "+1 year +1 day"} {
		if _, err := b.Runf(ctx, "date -s '%s'", jump); err != nil {
			return err
		}
		if err := b.flows(ctx, s, 3); err != nil {
			return fmt.Errorf("after a jump by %s: %w", jump, err)
		}
		least := s.Store.Frames
		// Longer than the watchdog's time and than the pause between two runs of retention.
		err := stays(ctx, 65*time.Second, func(ctx context.Context) error {
			now, err := b.api.status(ctx)
			if err != nil {
				return err
			}
			if now.Store.Frames < least {
				return fmt.Errorf("%d frames were stored, %d are left", least, now.Store.Frames)
			}
			least = now.Store.Frames
			return b.same(ctx, before)
		})
		if err != nil {
			return fmt.Errorf("after a jump by %s: %w", jump, err)
		}
		if s, err = b.api.status(ctx); err != nil {
			return err
		}
	}
	if _, err := b.Run(ctx, "date -s '-1 day'"); err != nil {
		return err
	}
	if err := b.flows(ctx, s, 3); err != nil {
		return err
	}
	if _, err := b.api.frame(ctx, 1); err != nil { // the oldest
		return err
	}
	return b.same(ctx, before)
}
