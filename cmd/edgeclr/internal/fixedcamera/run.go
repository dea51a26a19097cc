package fixedcamera

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"edgeclr/config"
	"edgeclr/daemon"
	"edgeclr/storage"
)

// trained reports whether the checkpoint has learned. The first of a store has not.
func (s Served) trained() bool { return s.Kind == storage.CheckpointTrained }

// runSeed runs the daemon, and measures all checkpoints that served.
func (b *bench) runSeed(ctx context.Context, seed uint64) (err error) {
	folder, err := os.MkdirTemp("", "edgeclr-bench-*")
	if err != nil {
		return fmt.Errorf("no temporary folder for the daemon's store; $TMPDIR may name another place: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	cfg := b.daemonConfig(filepath.Join(folder, "store"), seed)
	run, served, err := b.live(ctx, cfg)
	if err != nil {
		return err
	}
	if served, err = b.measureServed(ctx, cfg, served); err != nil {
		return err
	}
	b.report.Runs, b.report.Served = append(b.report.Runs, run), append(b.report.Served, served...)
	return nil
}

// daemonConfig is the user's configuration with a store of its own that keeps every
// checkpoint. It does not watch the disk, whose space other programs decide.
func (b *bench) daemonConfig(store string, seed uint64) config.Config {
	cfg := b.Config
	cfg.Data, cfg.Listen, cfg.Model.Seed = store, "", seed
	cfg.Store.KeepCheckpoints, cfg.Store.MinFree = keepCheckpoints, 0
	return cfg
}

const (
	// keepCheckpoints is more than any run trains.
	keepCheckpoints = 10_000

	// lookEvery is how often the checkpoint that serves is asked for. A round takes much
	// longer.
	lookEvery = 200 * time.Millisecond
)

// live runs the daemon on the looped clip for the time of a run. It returns what served,
// in time; the scores are still missing.
func (b *bench) live(ctx context.Context, cfg config.Config) (run Run, served []Served, err error) {
	run.Seed = cfg.Model.Seed
	source := b.Clip.source
	if source == "" {
		p, err := play(len(b.Clip.Frames), b.Clip.Rate, func(ctx context.Context, i int) ([]byte, error) { return jpegOf(ctx, b, i) })
		if err != nil {
			return run, nil, err
		}
		defer func() { err = errors.Join(err, p.Close()) }()
		source = p.URI()
	}
	s, err := daemon.Open(ctx, daemon.Options{Config: cfg, Command: "edgeclr bench", Log: b.Log})
	if err != nil {
		return run, nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := s.Ingest(config.SourcesOf(source)); err != nil {
		return run, nil, err
	}
	s.Learn()
	begun := time.Now()
	if served, err = b.watch(ctx, s, run.Seed, begun); err != nil {
		return run, nil, err
	}
	run.Seconds = time.Since(begun).Seconds()
	counters := s.Store().Counters()
	run.Seen, run.Stored = counters.Seen, counters.Stored
	run.Events, err = learnerEvents(ctx, s.Store(), begun)
	return run, served, err
}

// watch notes which checkpoints serve until the time is over.
func (b *bench) watch(ctx context.Context, s *daemon.Service, seed uint64, begun time.Time) (served []Served, err error) {
	limit := time.Duration(b.Minutes * float64(time.Minute))
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		serving, err := s.Store().Serving()
		if err != nil {
			return nil, err
		}
		id, at := string(serving), time.Since(begun)
		if n := len(served); n == 0 || served[n-1].Checkpoint != id {
			served = append(served, Served{Seed: seed, Checkpoint: id, At: at.Seconds()})
		}
		if at >= limit {
			served[len(served)-1].Last = true
			return served, nil
		}
		b.progress(fmt.Sprintf("seed %d, %s serves", seed, id), float64(at)/float64(limit))
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-tick.C:
		}
	}
}

// learnerEvents are the events that say what became of each round.
func learnerEvents(ctx context.Context, st *storage.Store, begun time.Time) (notes []Note, err error) {
	all, err := st.Events(ctx, 0)
	if err != nil {
		return nil, err
	}
	kinds := []string{storage.EventLearn, storage.EventCandidate, storage.EventReject, storage.EventPromote, storage.EventRollback}
	notes = []Note{}
	for _, e := range all {
		if slices.Contains(kinds, e.Kind) {
			notes = append(notes, Note{At: e.Time.Sub(begun).Seconds(), Kind: e.Kind, Text: e.Text, Data: e.Data})
		}
	}
	return notes, nil
}
