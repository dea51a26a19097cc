package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"edgeclr/camera"
	"edgeclr/config"
	"edgeclr/daemon"
	"edgeclr/daemon/client"
	"edgeclr/daemon/learn"
	"edgeclr/daemon/probe"
	"edgeclr/internal/process"
	"edgeclr/storage"
)

// Options say how the daemon runs.
type Options struct {
	Config  config.Config // its Data is replaced by a temporary folder
	Command string        // the command that opens the store
	Log     *slog.Logger

	// ByCPU counts the time of learning by half of the processor time of this process, as
	// if it had two cores for itself. Then other programs only delay a run. The time in
	// which the learner waits for frames counts as it is.
	ByCPU bool

	// OnTick is called several times a second while the daemon learns, with the time that
	// it has learned. Optional.
	OnTick func(learned time.Duration)
}

// Session is a daemon with a temporary store.
type Session struct {
	opt    Options
	folder string
	daemon *daemon.Service
	root   storage.CheckpointID
	record Record
}

// Open opens the daemon with an empty store. It does not learn yet.
func Open(ctx context.Context, o Options) (*Session, error) {
	folder, err := os.MkdirTemp("", "edgeclr-bench-*")
	if err != nil {
		return nil, fmt.Errorf("no temporary folder for the benchmark's store; $TMPDIR may name another place: %w", err)
	}
	s := &Session{opt: o, folder: folder}
	cfg := unattended(o.Config)
	cfg.Data = filepath.Join(folder, "store")
	s.daemon, err = daemon.Open(ctx, daemon.Options{Config: cfg, Command: o.Command, Log: o.Log, KeepDropped: true})
	if err == nil {
		s.root, err = s.daemon.Store().Serving()
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Root is the checkpoint that learning begins from.
func (s *Session) Root() storage.CheckpointID { return s.root }

// unattended lets the daemon learn at any time, and keep every checkpoint.
func unattended(cfg config.Config) config.Config {
	cfg.Learn.Enabled, cfg.Learn.Promote = true, true
	cfg.Learn.Windows, cfg.Learn.MaxLoad = nil, 0
	cfg.Store.MinFree, cfg.Store.KeepCheckpoints = 0, 1000
	cfg.Listen = ""
	return cfg
}

// feedFrames is how many frames a store commits together.
const feedFrames = 16

// Feed stores frames before the daemon learns. Its time does not count as learning. The
// error names the first frame that could not be stored.
func (s *Session) Feed(ctx context.Context, frames []camera.Frame) error {
	begin := time.Now()
	for first := 0; first < len(frames); first += feedFrames {
		part := frames[first:min(first+feedFrames, len(frames))]
		outcomes, err := s.daemon.Harness().Feed(ctx, part)
		if err != nil {
			return err
		}
		for i, o := range outcomes {
			if o.Error != "" { // a near-duplicate has a reason and no error
				return fmt.Errorf("%s: %s: %s", part[i].Path, o.Reason, o.Error)
			}
		}
	}
	s.record.FeedSeconds += time.Since(begin).Seconds()
	return nil
}

// Learn lets the daemon learn, round after round, until the time is over, and watch the
// sources meanwhile. A round that is unfinished then is lost. Without sources, a round
// needs no more pictures than the frames that were fed gave, in place of
// learn.min_frames. Learn is called once.
func (s *Session) Learn(ctx context.Context, limit time.Duration, sources []config.Source) (Record, error) {
	h := s.daemon.Harness()
	r := &s.record
	r.Served = []Served{{Checkpoint: s.root}}
	if len(sources) == 0 {
		st, err := s.daemon.Status()
		if err != nil {
			return *r, err
		}
		h.LearnFrom(max(min(s.opt.Config.Learn.MinFrames, st.Train.Replay+st.Train.Probe), 2))
	}
	begin, busy := time.Now(), process.CPUTime()
	if len(sources) > 0 {
		if err := s.daemon.Ingest(sources); err != nil {
			return *r, err
		}
	}
	s.daemon.Learn()
	failed := s.follow(ctx, begin, limit)
	h.StopLearning()
	r.Seconds, r.CPUSeconds = time.Since(begin).Seconds(), (process.CPUTime() - busy).Seconds()
	s.drain(begin) // a round that ended in the last moment
	r.Frames = s.daemon.Store().CountFrames()
	r.sum()
	if err := s.checkServing(); err != nil {
		return *r, err
	}
	return *r, failed
}

// follow records the rounds until the time is over.
func (s *Session) follow(ctx context.Context, begin time.Time, limit time.Duration) error {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	clock := learningClock{byCPU: s.opt.ByCPU, at: begin, busy: process.CPUTime()}
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case end := <-s.daemon.Harness().Rounds():
			s.note(end, begin)
		case <-tick.C:
			learned := clock.tick(s.daemon.Harness())
			if s.opt.OnTick != nil {
				s.opt.OnTick(min(learned, limit))
			}
			if learned >= limit {
				return nil
			}
			if waited := time.Since(begin); waited > longestWait*limit+time.Minute {
				return fmt.Errorf("%v of learning took %v: the learner does nothing, or other programs have the processor", learned.Round(time.Second), waited.Round(time.Second))
			}
		}
	}
}

// learningClock counts how long the daemon has learned: see Options.ByCPU.
type learningClock struct {
	byCPU   bool
	at      time.Time     // of the last tick
	busy    time.Duration // processor time of this process at the last tick
	learned time.Duration
}

// longestWait is how many times its limit a run may take by the clock.
const longestWait = 20

// countedCores are the cores that the clock takes for busy.
const countedCores = 2

func (c *learningClock) tick(h daemon.Harness) time.Duration {
	at, busy := time.Now(), process.CPUTime()
	step := at.Sub(c.at)
	if c.byCPU && h.Training().State == client.LearnActive {
		step = (busy - c.busy) / countedCores
	}
	c.at, c.busy, c.learned = at, busy, c.learned+step
	return c.learned
}

func (s *Session) drain(begin time.Time) {
	select {
	case end := <-s.daemon.Harness().Rounds():
		s.note(end, begin)
	default:
	}
}

// note records the end of a round.
func (s *Session) note(end learn.RoundEnd, begin time.Time) {
	at := time.Since(begin).Seconds()
	round := Round{AtS: at, Steps: end.Progress.Step, Loss: end.Progress.Loss, ViewsPerS: end.Progress.ViewsPerS,
		Candidate: end.Candidate, Promoted: end.Promoted, Verdict: writable(end.Verdict), Harmed: end.Harmed}
	if end.Err != nil {
		round.Error = end.Err.Error()
	}
	s.record.Rounds = append(s.record.Rounds, round)
	if end.Promoted && end.Err == nil {
		s.record.Served = append(s.record.Served, Served{Checkpoint: end.Candidate, FromS: at})
	}
}

// writable is the verdict, or only its reason when a number of it is not finite: JSON
// cannot hold it, and the rest of the record would be lost.
func writable(v probe.Verdict) probe.Verdict {
	if _, err := json.Marshal(v); err != nil {
		return probe.Verdict{Promote: v.Promote, Collapsed: v.Collapsed, Worse: v.Worse, Braked: v.Braked, Undecided: v.Undecided, Against: v.Against, Reason: v.Reason}
	}
	return v
}

// checkServing adds the checkpoint that serves now if no round told of it: its promotion
// was tried again after a failure.
func (s *Session) checkServing() error {
	id, err := s.daemon.Store().Serving()
	if err == nil && s.record.Served[len(s.record.Served)-1].Checkpoint != id {
		s.record.Served = append(s.record.Served, Served{Checkpoint: id, FromS: s.record.Seconds})
	}
	return err
}

// Close ends the daemon and deletes its store.
func (s *Session) Close() error {
	var err error
	if s.daemon != nil {
		err = s.daemon.Close()
	}
	return errors.Join(err, os.RemoveAll(s.folder))
}
