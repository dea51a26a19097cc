package daemon

import (
	"context"
	"time"

	"edgeclr/daemon/heartbeat"
)

// storeBeatEvery is how often the store's disk has to take a write.
const storeBeatEvery = 30 * time.Second

// beatStore ticks as long as the store can be written. It makes a transaction of
// its own when nobody else has made one since the last tick. A disk that is full
// or broken answers, and the status tells of it. A disk that hangs does not answer.
func (s *Service) beatStore(ctx context.Context, every, allowance time.Duration) {
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
