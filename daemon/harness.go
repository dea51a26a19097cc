package daemon

import (
	"context"
	"time"

	"edgeclr/camera"
	"edgeclr/daemon/client"
	"edgeclr/daemon/learn"
)

// Harness drives a service step by step. It is for benchmarks, demonstrations and
// tests that decide what happens when. The service does not use it.
type Harness struct {
	s *Service
}

// Harness returns the harness of the service.
func (s *Service) Harness() Harness { return Harness{s} }

// Feed takes frames in as if a source had sent them. It returns when they are
// committed, with one outcome for each frame, in the same order.
func (h Harness) Feed(ctx context.Context, frames []camera.Frame) ([]client.Outcome, error) {
	return h.s.ingest.Commit(ctx, frames)
}

// Round runs one round of that many training steps on the frames that are stored
// now, and judges the result. It returns when the result serves or is dropped. It
// does not wait for frames: with fewer than 2 pictures the error is
// learn.ErrNoPictures. Learn must not have been called.
func (h Harness) Round(ctx context.Context, steps int) (learn.RoundEnd, error) {
	return h.s.learner.Round(ctx, steps)
}

// Rounds returns a channel that delivers the end of each round. An end is dropped
// when the one before was not received.
func (h Harness) Rounds() <-chan learn.RoundEnd { return h.s.learner.Rounds() }

// Training says what the learner does. It reads nothing of the store.
func (h Harness) Training() client.TrainStatus { return h.s.learning() }

// StopLearning ends the learner, in the middle of a round if it takes one. It waits for
// the current step. The checkpoint that serves stays.
func (h Harness) StopLearning() { h.s.learner.Stop() }

// LimitRounds bounds the time of each round. The cosine schedule of the learning
// rate ends at that time too. It is called before Learn.
func (h Harness) LimitRounds(limit time.Duration) { h.s.learner.LimitRounds(limit) }

// LearnFrom sets how many frames a round needs to begin, in place of
// learn.min_frames.
func (h Harness) LearnFrom(frames int) { h.s.learner.LearnFrom(frames) }

// Retain applies the limits of the store now. The service does so once a minute.
// The learn.min_frames newest frames stay.
func (h Harness) Retain(ctx context.Context) error { return h.s.retainOnce(ctx) }
