package benchmark

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"path/filepath"

	"edgeclr/camera"
	"edgeclr/config"
	"edgeclr/daemon"
)

// service is a learner that is the daemon itself, with a store of its own in a
// temporary folder. Its sources and rounds do not run by themselves: frames come
// and rounds are made when the benchmark says so.
type service struct {
	folder  string // temporary, for everything
	variant Variant
	options daemon.Options
	open    *daemon.Service

	taken int  // steps of all rounds
	warm  bool // the rounds of one batch have no steps for the head alone any more
}

// OpenService opens a learner as the configuration and the opening have it.
func OpenService(ctx context.Context, cfg config.Config, log *slog.Logger, o Opening) (Learner, error) {
	folder, err := os.MkdirTemp("", "edgeclr-bench-*")
	if err != nil {
		return nil, fmt.Errorf("no temporary folder for the benchmark's store; $TMPDIR may name another place: %w", err)
	}
	cfg = settings(cfg, o)
	cfg.Data = filepath.Join(folder, "store")
	s := &service{folder: folder, variant: o.Variant,
		options: daemon.Options{Config: cfg, Command: "edgeclr bench", Log: log, Unjudged: !o.Variant.Probe}}
	if s.open, err = daemon.Open(ctx, s.options); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Feed implements [Learner].
func (s *service) Feed(ctx context.Context, frames []camera.Frame) error {
	outcomes, err := s.open.Feed(ctx, frames)
	if err != nil {
		return err
	}
	for i, o := range outcomes {
		if o.Error != "" { // a near-duplicate is none
			return fmt.Errorf("%s: %s: %s", frames[i].Path, o.Reason, o.Error)
		}
	}
	return nil
}

// Learn implements [Learner] by one round.
func (s *service) Learn(ctx context.Context, b Budget) (int, error) {
	if b.Steps == 0 {
		b.Steps = math.MaxInt32
	}
	if err := s.open.Retain(ctx); err != nil {
		return 0, err
	}
	s.open.LimitRounds(b.Limit)
	end, err := s.open.Round(ctx, b.Steps)
	if errors.Is(err, daemon.ErrNoPictures) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	s.taken += end.Progress.Step
	return end.Progress.Step, s.warmUp(ctx)
}

// warmUp ends the time in which the head learns alone, where rounds are a few
// steps each: such a round would else never come to the encoder. The head goes
// on from the checkpoint that serves.
func (s *service) warmUp(ctx context.Context) error {
	learn := &s.options.Config.Learn
	if s.warm || !s.variant.OneBatch || s.taken < learn.HeadSteps {
		return nil
	}
	s.warm = true
	learn.HeadSteps, learn.Ramp = 0, 0
	return s.reopen(ctx)
}

// reopen lets the service see another configuration.
func (s *service) reopen(ctx context.Context) error {
	if err := s.open.Close(); err != nil {
		return err
	}
	var err error
	s.open, err = daemon.Open(ctx, s.options)
	return err
}

// Embed implements [Learner].
func (s *service) Embed(ctx context.Context, pictures [][]byte) ([][]float32, error) {
	sent := make([]daemon.Picture, len(pictures))
	for i, data := range pictures {
		sent[i] = daemon.Picture{Data: data}
	}
	answer, err := s.open.Client().Vectors(ctx, sent, "serving", "", 0)
	if err != nil {
		return nil, err
	}
	vectors := make([][]float32, len(answer.Vectors))
	for i, one := range answer.Vectors {
		if one.Reason != "" {
			return nil, fmt.Errorf("picture %d: %s: %s", i, one.Reason, one.Error)
		}
		vectors[i] = one.Vector
	}
	return vectors, nil
}

// Close implements [Learner].
func (s *service) Close() error {
	var err error
	if s.open != nil {
		err = s.open.Close()
	}
	return errors.Join(err, os.RemoveAll(s.folder))
}
