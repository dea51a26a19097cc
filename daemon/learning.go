package daemon

import (
	"context"

	"edgeclr/daemon/learn"
)

// Learn starts the learner.
func (s *Service) Learn() { s.learner.Start(s.lifetime) }

// Pause holds the learner before its next step. Ingestion and queries go on.
func (s *Service) Pause() { s.learner.Pause() }

// Resume lets the learner go on.
func (s *Service) Resume() { s.learner.Resume() }

// Train learns once from files: see [learn.Learner.Train].
func (s *Service) Train(ctx context.Context, o learn.TrainOptions) (learn.TrainReport, error) {
	return s.learner.Train(ctx, o)
}
