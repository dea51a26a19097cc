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
	"edgeclr/daemon/client"
)

// service is a learner that is the daemon itself, with a store of its own in a
// temporary folder. Its sources and rounds do not run by themselves: frames come
// and rounds are made when the benchmark says so.
type service struct {
	folder string // temporary, for everything
	open   *daemon.Service
}

// OpenService opens a learner as the configuration and the opening have it.
func OpenService(ctx context.Context, cfg config.Config, log *slog.Logger, o Opening) (Learner, error) {
	folder, err := os.MkdirTemp("", "edgeclr-bench-*")
	if err != nil {
		return nil, fmt.Errorf("no temporary folder for the benchmark's store; $TMPDIR may name another place: %w", err)
	}
	cfg = settings(cfg, o)
	cfg.Data = filepath.Join(folder, "store")
	s := &service{folder: folder}
	s.open, err = daemon.Open(ctx, daemon.Options{Config: cfg, Command: "edgeclr bench", Log: log, Unjudged: !o.Variant.Probe})
	if err != nil {
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
	return end.Progress.Step, nil
}

// Embed implements [Learner].
func (s *service) Embed(ctx context.Context, pictures [][]byte) ([][]float32, error) {
	sent := make([]client.Picture, len(pictures))
	for i, data := range pictures {
		sent[i] = client.Picture{Data: data}
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
