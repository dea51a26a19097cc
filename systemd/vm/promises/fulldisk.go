package promises

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// proveFullDisk fills the file system of the store to its last block.
func proveFullDisk(ctx context.Context, b *Bench) error {
	before, s, err := b.now(ctx)
	if err != nil {
		return err
	}
	fill := `cd ` + dataFolder + ` && fallocate -l $(($(stat -f -c '%a*%S' .))) ballast 2>/dev/null || true
		dd if=/dev/zero bs=4k of=` + dataFolder + `/rest 2>/dev/null || true; sync; df --output=avail ` + dataFolder + ` | tail -n 1`
	free, err := b.Run(ctx, fill)
	if err != nil {
		return err
	}
	b.o.Log("%s blocks are free", free)
	err = until(ctx, 4*time.Minute, "ingestion pauses", func(ctx context.Context) (any, bool, error) {
		now, err := b.api.status(ctx)
		return now, now.Ingest.Paused, err
	})
	if err != nil {
		return err
	}
	paused, err := b.api.status(ctx)
	if err != nil {
		return err
	}
	err = stays(ctx, 25*time.Second, func(ctx context.Context) error { // longer than the watchdog's time
		found, err := b.api.query(ctx, 1)
		if err != nil {
			return err
		}
		if found == 0 {
			return errors.New("a query on a full disk finds nothing")
		}
		return b.same(ctx, before)
	})
	if err != nil {
		return err
	}
	if _, err := b.Run(ctx, "rm "+dataFolder+"/ballast "+dataFolder+"/rest"); err != nil {
		return err
	}
	if err := b.flows(ctx, paused, 3); err != nil {
		return err
	}
	after, err := b.api.status(ctx)
	if err != nil {
		return err
	}
	if after.Ingest.Paused || after.Store.Frames < s.Store.Frames {
		return fmt.Errorf("before %+v, after %+v", s, after)
	}
	return b.same(ctx, before)
}
