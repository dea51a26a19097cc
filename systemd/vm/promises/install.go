package promises

import (
	"context"
	"fmt"
)

// proveInstall installs the package with dpkg, as an administrator does who
// has put the configuration there before.
func proveInstall(ctx context.Context, b *Bench) error {
	if err := b.configure(ctx, configuration); err != nil {
		return err
	}
	if _, err := b.Run(ctx, "DEBIAN_FRONTEND=noninteractive dpkg --force-confold -i /payload/"+PayloadPackage); err != nil {
		return err
	}
	b.o.Log("installed")
	s, err := b.ready(ctx)
	if err != nil {
		return err
	}
	user, err := b.Runf(ctx, "ps -o user= -p %d", s.PID)
	if err != nil {
		return err
	}
	if user != "edgeclr" {
		return fmt.Errorf("it runs as %q", user)
	}
	// A score of 2.0: the threshold is in tenths.
	if out, err := b.Run(ctx, "systemd-analyze security --threshold=20 --no-pager edgeclr"); err != nil {
		return fmt.Errorf("the sandbox: %s: %w", out, err)
	}
	if _, err := b.Run(ctx, "systemctl is-enabled edgeclr"); err != nil {
		return err
	}
	if err := b.flows(ctx, s, 3); err != nil {
		return err
	}
	if err := b.learned(ctx, 1); err != nil {
		return err
	}
	_, err = b.Run(ctx, "edgeclr status")
	return err
}

// learned waits until there are that many trained checkpoints.
func (b *Bench) learned(ctx context.Context, want int) error {
	return until(ctx, starts, fmt.Sprintf("%d rounds of learning have left a checkpoint", want), func(ctx context.Context) (any, bool, error) {
		all, err := b.api.checkpoints(ctx)
		if err != nil {
			return nil, false, err
		}
		s, err := b.api.status(ctx)
		return fmt.Sprintf("%d checkpoints, %+v", len(all)-1, s), len(all) > want, err // one is the pretrained one
	})
}
