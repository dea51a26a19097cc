package daemon

import (
	"context"
	"time"

	"edgeclr/daemon/heartbeat"
)

// proveEvery is how often the store's disk has to take a write.
const proveEvery = 30 * time.Second

// prove ticks as long as the store can be written: at least one transaction
// every so often, an own one when nobody else made any. A disk that is full or
// broken answers, and the status tells of it; a disk that hangs does not.
func (s *Service) prove(ctx context.Context, every, allowance time.Duration) {
	beat := s.opt.Heart.Beat("storage", allowance)
	defer beat.Stop()
	ctx = heartbeat.With(ctx, beat)
	written := s.store.BytesWritten()
	for heartbeat.Sleep(ctx, every) == nil {
		if now := s.store.BytesWritten(); now != written {
			written = now
		} else if err := s.store.Heartbeat(ctx); err != nil && ctx.Err() == nil {
			s.log.Debug("the store takes no write", "error", err)
		}
		beat.Tick()
	}
}
