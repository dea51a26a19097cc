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
	"edgeclr/daemon/learn"
)

// service is the daemon as a [Learner], with a store in a temporary folder. It runs
// no sources, and no rounds by itself: the benchmark feeds frames and starts rounds.
type service struct {
	folder string // temporary folder with all its files
	open   *daemon.Service
}

// OpenService opens the daemon as a learner, with the user's configuration
// changed for the variant.
func OpenService(ctx context.Context, cfg config.Config, log *slog.Logger, o LearnerOptions) (Learner, error) {
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
	outcomes, err := s.open.Harness().Feed(ctx, frames)
	if err != nil {
		return err
	}
	for i, o := range outcomes {
		if o.Error != "" { // a near-duplicate has a reason and no error
			return fmt.Errorf("%s: %s: %s", frames[i].Path, o.Reason, o.Error)
		}
	}
	return nil
}

// Learn implements [Learner]. It runs one round.
func (s *service) Learn(ctx context.Context, b Budget) (int, error) {
	if b.Steps == 0 {
		b.Steps = math.MaxInt32
	}
	if err := s.open.Harness().Retain(ctx); err != nil {
		return 0, err
	}
	s.open.Harness().LimitRounds(b.Limit)
	end, err := s.open.Harness().Round(ctx, b.Steps)
	if errors.Is(err, learn.ErrNoPictures) {
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
	answer, err := s.open.Client().Vectors(ctx, sent, client.VectorOptions{})
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

// settings changes the user's configuration for a variant. The other settings (learn,
// augment, serve) are the same for all variants without Published.
func settings(cfg config.Config, o LearnerOptions) config.Config {
	v := o.Variant
	cfg.Model.Seed = o.Seed
	cfg.Gate.Enabled = v.Gate
	cfg.Replay.Policy, cfg.Replay.Capacity = v.Policy, o.Buffer
	if v.OneBatch {
		cfg.Replay.Capacity = cfg.Learn.Batch
	}
	if !v.Neighbours {
		cfg.Learn.Neighbours = 0
	}
	if v.Published {
		cfg = published(cfg)
	}
	if !v.Probe {
		cfg.Probe.Every = math.MaxInt32 // holds back no frame: a benchmark has fewer frames
	}
	return unattended(cfg)
}

// publishedRate is the learning rate of the stream experiments of Purushwalkam et
// al. (2022) and CLIMB (2026). Their rate is constant. Here the rate falls to 0 within
// each round.
const publishedRate = 0.01

// published trains encoder, head and batch norm together from the first step, and
// serves the trained encoder (Chen et al. 2020, section 2.1).
func published(cfg config.Config) config.Config {
	learn := &cfg.Learn
	learn.BatchNorm, learn.Chunk, learn.LR = config.BatchNormTrain, 0, publishedRate
	learn.HeadSteps, learn.Ramp, learn.Stages, learn.StageDecay, learn.Align = 0, 0, 0, 1, 0
	cfg.Serve.Blend = config.BlendNone
	return cfg
}

// unattended changes the configuration for a short-lived store. Its learner waits for
// no frames, time or load, and promotes every result by itself.
func unattended(cfg config.Config) config.Config {
	cfg.Learn.Promote, cfg.Learn.CheckpointEvery = true, 0
	cfg.Learn.Windows, cfg.Learn.Duty, cfg.Learn.MaxLoad = nil, 1, 0
	cfg.Store.MinFree, cfg.Store.MaxAge, cfg.Store.MaxBytes = 0, 0, 0
	if cfg.Replay.Policy == policyFIFO {
		// When a result begins to serve, all stored frames are embedded. Frames
		// older than the buffer are never used again, so the store drops them.
		cfg.Store.MaxBytes, cfg.Learn.MinFrames = 1, cfg.Replay.Capacity
	}
	return cfg
}
