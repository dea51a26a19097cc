package daemon

import (
	"context"

	"edgeclr/daemon/learn"
)

// Learn starts the learner.
func (s *Service) Learn() { s.learner.Start(s.lifetime) }

// Train learns once from files: see [learn.Learner.Train].
func (s *Service) Train(ctx context.Context, o learn.TrainOptions) (learn.TrainReport, error) {
	return s.learner.Train(ctx, o)
}
