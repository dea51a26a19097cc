package promises

import (
	"context"
	"fmt"
)

// proveDriver runs the Go tests that need a camera of the kernel's. They want it
// for themselves.
func proveDriver(ctx context.Context, b *Bench) error {
	if _, err := b.Run(ctx, "systemctl stop edgeclr"); err != nil {
		return err
	}
	out, err := b.Runf(ctx, "cd /tmp && EDGECLR_GUEST=1 timeout 300 /payload/%s -test.run Vivid -test.v 2>&1 | tail -n 100; exit ${PIPESTATUS[0]}", PayloadDriver)
	if err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	b.o.Log("%s", out)
	if _, err := b.Run(ctx, "systemctl start edgeclr"); err != nil {
		return err
	}
	_, err = b.ready(ctx)
	return err
}
