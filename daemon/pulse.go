package daemon

import (
	"context"
	"time"

	"edgeclr/daemon/heartbeat"
)

// How long a loop of the service may give no sign of life before it counts as
// hanging. They are generous: boards and SD cards are slow, and the watchdog that
// follows ends the whole service.
const (
	turnTime  = time.Minute      // for a turn in which nothing long is to do; loops that wait tick oftener
	workTime  = 10 * time.Minute // for work whose length is not known before: loading, the first step, judging a part
	leastTime = 2 * time.Minute  // for work that was done before
	slowdown  = 20               // as many times as long as the last time, work that was done before may take
)

// patience is how long work may take that took so long the last time.
func patience(last time.Duration) time.Duration { return max(leastTime, slowdown*last) }

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
