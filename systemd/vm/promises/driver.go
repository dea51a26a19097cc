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
	out, err := b.Runf(ctx, "set -e; cd /tmp; export EDGECLR_TEST_GUEST=1; for test in /payload/%s; do timeout 300 $test -test.run Vivid; done 2>&1", PayloadTests)
	if err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	if _, err := b.Run(ctx, "systemctl start edgeclr"); err != nil {
		return err
	}
	_, err = b.ready(ctx)
	return err
}
