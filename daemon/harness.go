package daemon

import (
	"context"
	"time"

	"edgeclr/camera"
	"edgeclr/daemon/client"
	"edgeclr/daemon/learn"
)

// Harness drives a service step by step. It is for benchmarks, demonstrations and
// tests, which decide themselves what happens when. The service does not use it.
type Harness struct {
	s *Service
}

// Harness gives the means to drive the service.
func (s *Service) Harness() Harness { return Harness{s} }

// Feed takes frames in as if a source had sent them. It returns when they are
// committed.
func (h Harness) Feed(ctx context.Context, frames []camera.Frame) ([]client.Outcome, error) {
	return h.s.ingest.Commit(ctx, frames)
}

// Round makes one round of learning of that many steps from what is stored now,
// and judges the result. It returns when the result serves or is dropped. It waits
// for no frames: with fewer than 2 pictures the error is learn.ErrNoPictures. Learn must
// not have been called.
func (h Harness) Round(ctx context.Context, steps int) (learn.RoundEnd, error) {
	return h.s.learner.Round(ctx, steps)
}

// Rounds delivers the end of each round to whoever listens. Ends that nobody took
// are forgotten.
func (h Harness) Rounds() <-chan learn.RoundEnd { return h.s.learner.Rounds() }

// LimitRounds ends each round after that time, with its cosine, if the steps have
// not ended it. It is called before Learn.
func (h Harness) LimitRounds(limit time.Duration) { h.s.learner.LimitRounds(limit) }

// LearnFrom lets a round begin with that many frames, whatever learn.min_frames
// says.
func (h Harness) LearnFrom(frames int) { h.s.learner.LearnFrom(frames) }

// Retain applies the limits of the store now. The service does so once a minute.
// The learn.min_frames newest frames stay.
func (h Harness) Retain(ctx context.Context) error { return h.s.retainOnce(ctx) }
