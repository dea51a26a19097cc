package promises

import (
	"context"
	"fmt"
	"strings"
)

// proveBadReload reloads a file that is not good under the running service, then
// a good one.
func proveBadReload(ctx context.Context, b *Bench) error {
	before, s, err := b.now(ctx)
	if err != nil {
		return err
	}
	if err := b.reload(ctx, broken); err != nil {
		return err
	}
	err = until(ctx, steps, "the status names what is wrong with the file", func(ctx context.Context) (any, bool, error) {
		now, err := b.api.status(ctx)
		return now.Config, strings.Contains(now.Config.Error, "log.level"), err
	})
	if err != nil {
		return err
	}
	if err := b.flows(ctx, s, 3); err != nil {
		return fmt.Errorf("after a bad reload: %w", err)
	}
	if err := b.reload(ctx, configuration); err != nil {
		return err
	}
	err = until(ctx, steps, "the status says that the file is in force", func(ctx context.Context) (any, bool, error) {
		now, err := b.api.status(ctx)
		return now.Config, now.Config.Error == "", err
	})
	if err != nil {
		return err
	}
	return b.same(ctx, before)
}

func (b *Bench) reload(ctx context.Context, text string) error {
	if err := b.configure(ctx, text); err != nil {
		return err
	}
	_, err := b.Run(ctx, "systemctl reload edgeclr")
	return err
}
