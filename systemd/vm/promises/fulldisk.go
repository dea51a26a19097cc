package promises

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"time"
)

// proveFullDisk fills the file system of the store to its last block, and then the free
// pages inside the store. Ingestion must pause, and resume when there is space again.
func proveFullDisk(ctx context.Context, b *Bench) error {
	before, s, err := b.now(ctx)
	if err != nil {
		return err
	}
	fill := `cd ` + dataFolder + ` && fallocate -l $(($(stat -f -c '%a*%S' .))) ballast 2>/dev/null || true
		dd if=/dev/zero bs=4k of=` + dataFolder + `/rest 2>/dev/null || true; sync; df --output=avail ` + dataFolder + ` | tail -n 1`
	// Also after a failure: a full disk would make the next promises fail.
	const empty = "rm -f " + dataFolder + "/ballast " + dataFolder + "/rest"
	defer func() { _, _ = b.Run(context.WithoutCancel(ctx), empty) }()
	free, err := b.Run(ctx, fill)
	if err != nil {
		return err
	}
	b.o.Log("%s blocks are free", free)
	if err := b.fillStore(ctx); err != nil {
		return err
	}
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
	if _, err := b.Run(ctx, empty); err != nil {
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

// fillStore uploads pictures of noise, ever smaller ones, until no picture fits. Otherwise
// the camera's frames would fit for hours into the pages that the learner's states left
// free.
func (b *Bench) fillStore(ctx context.Context) error {
	sent := 0
	for _, side := range []int{1200, 500, 200, 64} { // 4.3 MB to 12 kB
		for {
			m := image.NewNRGBA(image.Rect(0, 0, side, side))
			for i := range m.Pix {
				m.Pix[i] = uint8(b.rng.Uint32()) | 0xff*uint8(i%4/3) // opaque
			}
			var picture bytes.Buffer
			if err := png.Encode(&picture, m); err != nil {
				return err
			}
			err := b.api.store(ctx, fmt.Sprintf("noise-%d.png", sent), picture.Bytes())
			if errors.Is(err, errFull) {
				break
			}
			if err != nil {
				return err
			}
			sent++
		}
	}
	b.o.Log("%d pictures filled the store", sent)
	return nil
}
