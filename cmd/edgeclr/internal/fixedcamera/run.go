package fixedcamera

import (
	"context"
	"errors"
	"fmt"
	"time"

	"edgeclr/cmd/edgeclr/internal/session"
	"edgeclr/config"
	"edgeclr/storage"
)

// Run is what the daemon did with one seed.
type Run struct {
	Seed uint64 `json:"seed"`
	session.Record
}

// runSeed runs the daemon, and measures all checkpoints that served.
func (b *bench) runSeed(ctx context.Context, seed uint64) (err error) {
	cfg := b.Config
	cfg.Model.Seed, cfg.Serve.CropMode = seed, config.CropModeOf(b.squash)
	limit := time.Duration(b.Minutes * float64(time.Minute))
	s, err := session.Open(ctx, session.Options{Config: cfg, Command: "edgeclr bench", Log: b.Log, OnTick: func(learned time.Duration) {
		b.progress(fmt.Sprintf("seed %d, the daemon runs", seed), float64(learned)/float64(limit))
	}})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	run := Run{Seed: seed}
	if run.Record, err = b.live(ctx, s, limit); err != nil {
		return err
	}
	served, dropped, err := b.measureRun(ctx, s, run)
	if err != nil {
		return err
	}
	b.report.Runs = append(b.report.Runs, run)
	b.report.Served, b.report.Dropped = append(b.report.Served, served...), append(b.report.Dropped, dropped...)
	return nil
}

// live lets the daemon learn from the camera.
func (b *bench) live(ctx context.Context, s *session.Session, limit time.Duration) (_ session.Record, err error) {
	source := b.Clip.source
	if source == "" {
		p, err := play(len(b.Clip.Frames), b.Clip.Rate, func(ctx context.Context, i int) ([]byte, error) { return jpegOf(ctx, b, i) })
		if err != nil {
			return session.Record{}, err
		}
		defer func() { err = errors.Join(err, p.Close()) }()
		source = p.URI()
	}
	return s.Learn(ctx, limit, config.SourcesOf(source))
}

// measureRun evaluates what served and, with All, what the judge dropped.
func (b *bench) measureRun(ctx context.Context, s *session.Session, run Run) (served, dropped []Served, err error) {
	done := map[storage.CheckpointID]Served{}
	for i, record := range run.Served {
		one, ok := done[record.Checkpoint]
		if !ok {
			if one, err = b.measure(ctx, s, run.Seed, record.Checkpoint); err != nil {
				return nil, nil, err
			}
			done[record.Checkpoint] = one
		}
		one.At, one.Last = record.FromS, i == len(run.Served)-1
		served = append(served, one)
	}
	for _, round := range run.Rounds {
		if _, ok := done[round.Candidate]; ok || round.Candidate == "" || !b.All {
			continue
		}
		one, err := b.measure(ctx, s, run.Seed, round.Candidate)
		if err != nil {
			return nil, nil, err
		}
		one.At, one.Verdict = round.AtS, round.Verdict.Reason
		dropped = append(dropped, one)
	}
	return served, dropped, nil
}
