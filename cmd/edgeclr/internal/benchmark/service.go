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
	"edgeclr/daemon/replay"
)

// service is a learner made of the daemon's parts, with a store of its own in a
// temporary folder.
//
// It remembers frames by package replay and learns from them by
// [daemon.Service.Train], which promotes what it made: what a variant says of
// gate and probe has no effect yet.
type service struct {
	folder  string // temporary, for everything
	options daemon.Options
	open    *daemon.Service
	buffer  *replay.Buffer
	next    uint64 // number of the next frame
}

// framesQuality is that of live frames as a store keeps them, or better.
const framesQuality = 95

// OpenService opens a learner as the configuration and the opening have it.
func OpenService(ctx context.Context, cfg config.Config, log *slog.Logger, o Opening) (Learner, error) {
	folder, err := os.MkdirTemp("", "edgeclr-bench-*")
	if err != nil {
		return nil, fmt.Errorf("no temporary folder for the benchmark's store; $TMPDIR may name another place: %w", err)
	}
	cfg.Data = filepath.Join(folder, "store")
	cfg.Model.Seed = o.Seed
	cfg.Store.MinFree = 0 // it is small, and gone in a moment
	s := &service{folder: folder, options: daemon.Options{Config: cfg, Command: "edgeclr bench", Log: log}}
	if err := s.begin(ctx, o); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *service) begin(ctx context.Context, o Opening) error {
	if err := os.Mkdir(filepath.Join(s.folder, "frames"), 0o700); err != nil {
		return err
	}
	buffer := replay.Options{Capacity: o.Buffer, Policy: o.Variant.Policy, Seed: o.Seed}
	if o.Variant.OneBatch {
		buffer.Capacity = s.options.Config.Learn.Batch
	}
	var err error
	if s.buffer, err = replay.New(buffer); err != nil {
		return err
	}
	s.open, err = daemon.Open(ctx, s.options)
	return err
}

// Feed implements [Learner].
func (s *service) Feed(_ context.Context, frames []camera.Frame) error {
	for _, f := range frames {
		data, err := f.Image.JPEG(framesQuality)
		if err != nil {
			return err
		}
		id := s.next
		s.next++
		if err := os.WriteFile(s.path(id), data, 0o600); err != nil {
			return err
		}
		for _, gone := range s.buffer.Add(replay.Entry{ID: id, Source: f.Source, Time: f.Time, Live: true}) {
			if err := os.Remove(s.path(gone)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *service) path(id uint64) string {
	return filepath.Join(s.folder, "frames", fmt.Sprintf("%09d.jpg", id))
}

// Learn implements [Learner].
func (s *service) Learn(ctx context.Context, b Budget) (int, error) {
	if b.Steps == 0 {
		b.Steps = math.MaxInt32
	}
	if s.options.Config.Learn.Steps != b.Steps {
		s.options.Config.Learn.Steps = b.Steps
		if err := s.reopen(ctx); err != nil {
			return 0, err
		}
	}
	var files []string
	for _, e := range s.buffer.Entries() {
		files = append(files, s.path(e.ID))
	}
	report, err := s.open.Train(ctx, daemon.TrainOptions{Files: files, Limit: b.Limit})
	return report.Steps, err
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
