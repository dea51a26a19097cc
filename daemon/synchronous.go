package daemon

import (
	"context"

	"edgeclr/camera"
	"edgeclr/daemon/client"
)

// Feed takes frames in as if a source had sent them, and returns when they are
// committed. It is for benchmarks, which decide themselves when what happens.
func (s *Service) Feed(ctx context.Context, frames []camera.Frame) ([]client.Outcome, error) {
	return s.ingest.Commit(ctx, frames)
}

// Round makes one round of learning of that many steps from what is stored now,
// judges what it arrived at, and returns when that serves or is dropped. It waits
// for no frames: with fewer than 2 pictures the error is ErrNoPictures. Learn must
// not have been called.
func (s *Service) Round(ctx context.Context, steps int) (RoundEnd, error) {
	return s.learner.once(ctx, steps)
}

// Retain applies the limits of the store now, as it is done once a minute. Those
// bounds keep the learn.min_frames newest frames.
func (s *Service) Retain(ctx context.Context) error { return s.retainOnce(ctx) }
