package daemon

import (
	"context"

	"edgeclr/camera"
)

// Feed takes frames in as if a source had sent them, and returns when they are
// committed. It is for benchmarks, which decide themselves when what happens.
func (s *Service) Feed(ctx context.Context, frames []camera.Frame) ([]Outcome, error) {
	return s.ingest.commit(ctx, frames)
}

// Round makes one round of learning of that many steps from what is stored now,
// judges what it arrived at, and returns when that serves or is dropped. It waits
// for no frames. Learn must not have been called.
func (s *Service) Round(ctx context.Context, steps int) (RoundEnd, error) {
	return s.learner.once(ctx, steps)
}
