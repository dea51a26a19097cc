package promises

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// proveBadConfiguration restarts the service with a file that is not good. It is
// watched for three times RestartSec.
func proveBadConfiguration(ctx context.Context, b *Bench) error {
	if err := b.configure(ctx, broken); err != nil {
		return err
	}
	// systemctl waits for READY=1 or the end, and tells the latter by its exit code.
	if _, err := b.Run(ctx, "systemctl restart edgeclr"); err == nil {
		return errors.New("it started with a bad configuration")
	}
	before, err := b.unit(ctx)
	if err != nil {
		return err
	}
	if before.Active != "failed" || before.Result != "exit-code" || before.Status != 78 {
		return fmt.Errorf("it ended as %+v, want exit code 78", before)
	}
	if err := stays(ctx, 15*time.Second, func(ctx context.Context) error { return b.same(ctx, before) }); err != nil {
		return err
	}
	if err := b.configure(ctx, configuration); err != nil {
		return err
	}
	_, err = b.restart(ctx)
	return err
}
