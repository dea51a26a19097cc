package daemon

import (
	"context"
	"time"

	"edgeclr/daemon/heartbeat"
)

// storeBeatEvery is how often beatStore checks that the store's disk takes writes.
const storeBeatEvery = 30 * time.Second

// beatStore ticks as long as writes to the store return. It writes by itself when
// nobody else has written since the last tick. On a full or broken disk a write
// returns an error, which the status shows. On a disk that hangs it does not
// return, and the beat is late.
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
