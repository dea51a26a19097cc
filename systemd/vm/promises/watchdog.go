package promises

import (
	"context"
	"fmt"
)

// shortenWatchdog gives the watchdog 20 seconds instead of the unit's 60, from the
// next start of the service on. It is never reset, so the watchdog also notices a loop that
// does not tick during the later promises.
func (b *Bench) shortenWatchdog(ctx context.Context) error {
	return b.dropIn(ctx, "watchdog", "[Service]\nWatchdogSec=20\nTimeoutAbortSec=5\n")
}

// proveWatchdog stops the process with a signal that no process can catch. To
// systemd that looks like any other hang.
func proveWatchdog(ctx context.Context, b *Bench) error {
	if err := b.shortenWatchdog(ctx); err != nil {
		return err
	}
	s, err := b.restart(ctx)
	if err != nil {
		return err
	}
	if err := b.flows(ctx, s, 3); err != nil {
		return err
	}
	before, s, err := b.now(ctx)
	if err != nil {
		return err
	}
	const label = "before the hang"
	if err := b.api.label(ctx, 1, label); err != nil {
		return err
	}
	if _, err := b.Runf(ctx, "kill -STOP %d", before.PID); err != nil {
		return err
	}
	err = until(ctx, stepTimeout, "systemd restarts a process that hangs", func(ctx context.Context) (any, bool, error) {
		u, err := b.unit(ctx)
		return u, u.Restarts == before.Restarts+1, err
	})
	if err != nil {
		return err
	}
	if _, err := b.Run(ctx, "journalctl -u edgeclr --no-pager | grep -q 'Watchdog timeout'"); err != nil {
		return fmt.Errorf("systemd restarted it, but not for the watchdog: %w", err)
	}
	after, err := b.ready(ctx)
	if err != nil {
		return err
	}
	if after.PID == s.PID || after.Store.ID != s.Store.ID || after.Store.Frames < s.Store.Frames {
		return fmt.Errorf("before the hang %+v, after it %+v", s, after)
	}
	f, err := b.api.frame(ctx, 1)
	if err != nil {
		return err
	}
	if f.Label != label {
		return fmt.Errorf("the label of the first frame is %q", f.Label)
	}
	return b.flows(ctx, after, 3)
}
