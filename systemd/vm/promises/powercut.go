package promises

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"
)

const (
	cuts           = 5
	cutFrames      = 12               // frames that are acknowledged before each cut, at least
	leastPending   = 8                // so many unflushed sectors show that a write is under way
	pendingTimeout = 30 * time.Second // longest wait for them
)

// provePowerCut cuts the power while the service writes frames, labels and checkpoints.
// After each boot it checks that everything that was acknowledged so far is still there.
// Before the service starts, storecheck verifies every value of the store. The first cut
// loses all that was not flushed, each later one a random half.
func provePowerCut(ctx context.Context, b *Bench) error {
	if err := b.shortenWatchdog(ctx); err != nil {
		return err
	}
	// storecheck runs as the service's user and in the service's sandbox, so it also checks that they may read the store.
	if err := b.dropIn(ctx, "storecheck", "[Unit]\nRequiresMountsFor=/payload\n[Service]\nExecStartPre=/payload/storecheck "+dataFolder+"\n"); err != nil {
		return err
	}
	l := newLedger()
	for round := 1; round <= cuts; round++ {
		if err := b.cutWhileWriting(ctx, l, round); err != nil {
			return fmt.Errorf("round %d: %w", round, err)
		}
		if err := b.boot(ctx); err != nil {
			return fmt.Errorf("boot after cut %d: %w", round, err)
		}
		if _, err := b.ready(ctx); err != nil {
			return fmt.Errorf("after cut %d: %w", round, err)
		}
		if err := l.verify(ctx, b.api); err != nil {
			return fmt.Errorf("after cut %d: %w", round, err)
		}
		frames, labels, checkpoints := l.size()
		b.o.Log("after cut %d: %d acknowledged frames, %d labels and %d checkpoints are there", round, frames, labels, checkpoints)
	}
	return b.dropIn(ctx, "storecheck", "")
}

// cutWhileWriting notes what is acknowledged until there is enough of it, then cuts
// the power.
func (b *Bench) cutWhileWriting(ctx context.Context, l *ledger, round int) error {
	s, err := b.api.status(ctx)
	if err != nil {
		return err
	}
	l.setOver(false)
	work, writing := errgroup.WithContext(ctx)
	frames, labels, checkpoints := l.size()
	work.Go(func() error { return l.watchFrames(writing, b.api, uint64(s.Frames.Stored)+1) })
	work.Go(func() error { return l.setLabels(writing, b.api, round) })
	work.Go(func() error { return l.watchCheckpoints(writing, b.api) })
	err = until(writing, startTimeout, "enough is acknowledged", func(context.Context) (any, bool, error) {
		f, n, c := l.size()
		seen := fmt.Sprintf("%d frames, %d labels, %d checkpoints", f-frames, n-labels, c-checkpoints)
		// Do not wait for a checkpoint: under emulation a round of learning takes minutes. The learner writes its state
		// during a round anyway.
		return seen, f >= frames+cutFrames && n > labels, nil
	})
	keep := 0.5
	if round == 1 {
		keep = 0
	}
	b.amidWrites(writing)
	l.setOver(true) // the writers go on until their requests fail
	return errors.Join(err, b.cut(keep), work.Wait())
}

// amidWrites waits until the disk holds sectors that are not flushed: the service is
// between the writes of a transaction and its flush. A random delay before that chooses the
// transaction.
func (b *Bench) amidWrites(ctx context.Context) {
	begin := time.After(time.Duration(b.rng.Int64N(int64(3 * time.Second))))
	select {
	case <-begin:
	case <-ctx.Done():
	}
	end := time.After(pendingTimeout)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for b.disk.Pending() < leastPending {
		select {
		case <-tick.C:
		case <-end: // a quiet disk may be cut too
			return
		case <-ctx.Done():
			return
		}
	}
}
