package daemon

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"edgeclr/augment"
	"edgeclr/camera/rgb"
	"edgeclr/daemon/client"
	"edgeclr/daemon/governor"
	"edgeclr/daemon/heartbeat"
	"edgeclr/daemon/probe"
	"edgeclr/model"
	"edgeclr/model/weights"
	"edgeclr/storage"
)

const (
	learnPoll  = time.Second     // between looks at the number of frames
	learnRetry = 5 * time.Minute // after a round that failed
)

// learner trains on the replay buffer, round after round. What each arrives at is
// judged on the probe set, and serves if it is better.
type learner struct {
	s        *Service
	governor *governor.Governor

	limit time.Duration // of a round; 0: none
	least atomic.Int64  // frames before a round; 0: as learn.min_frames says

	mu       sync.Mutex
	state    string
	progress Progress
	verdict  string // on the last candidate
	failure  error
	paused   bool
	resumed  chan struct{} // closed when a pause ends

	stop    context.CancelFunc
	running sync.WaitGroup
	rounds  chan RoundEnd // for those who wait for a round; never blocks the learner
}

// RoundEnd says how a round of the daemon ended.
type RoundEnd struct {
	Candidate storage.CheckpointID // "" when it was dropped
	Promoted  bool                 // it serves
	Verdict   probe.Verdict
	Progress  Progress
	Err       error
}

// newLearner shows, until it runs, where the last process was interrupted.
func newLearner(ctx context.Context, s *Service) (*learner, error) {
	g, err := newGovernor(s.config(), s.log)
	if err != nil {
		return nil, err
	}
	l := &learner{s: s, governor: g, state: client.LearnOff, rounds: make(chan RoundEnd, 1)}
	point, _, err := l.saved(ctx)
	l.progress = Progress{Step: point.Step, Steps: point.Steps, Loss: point.Loss}
	return l, err
}

// Learn starts the learner.
func (s *Service) Learn() {
	ctx, stop := context.WithCancel(s.lifetime)
	s.learner.stop = stop
	s.learner.set(client.LearnWaiting, nil)
	beat := s.opt.Heart.Beat("learning", heartbeat.LoopTime)
	s.learner.running.Go(func() {
		defer beat.Stop()
		s.learner.run(heartbeat.With(ctx, beat))
	})
}

// enough is how many frames a round needs.
func (l *learner) enough() int {
	if n := l.least.Load(); n > 0 {
		return int(n)
	}
	return l.s.config().Learn.MinFrames
}

// run makes rounds whenever there is enough to learn from.
func (l *learner) run(ctx context.Context) {
	tick := time.NewTicker(learnPoll)
	defer tick.Stop()
	wait := time.Duration(0)
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		heartbeat.Allow(ctx, heartbeat.LoopTime)
		if wait -= learnPoll; wait > 0 {
			continue
		}
		heartbeat.Allow(ctx, heartbeat.WorkTime)
		end, ran, err := l.roundIfDue(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			wait = learnRetry
			l.set(client.LearnFailed, err)
			l.s.events.Publish(storage.Event{
				Kind: storage.EventLearn,
				Text: fmt.Sprintf("a round of training failed and is tried again in %v: %v", learnRetry, err),
				Data: map[string]any{"error": err.Error(), "retry_s": learnRetry.Seconds()},
			})
			end.Err = err
		case !ran:
			l.set(client.LearnWaiting, nil)
			continue
		}
		l.s.metrics.round(end)
		select {
		case l.rounds <- end:
		default:
		}
	}
}

// roundIfDue continues an interrupted round, or begins one when there are
// enough frames, and enough new ones since the last.
func (l *learner) roundIfDue(ctx context.Context) (RoundEnd, bool, error) {
	point, tensors, err := l.saved(ctx)
	if err != nil {
		return RoundEnd{}, false, err
	}
	if point.Promote != "" {
		return RoundEnd{}, false, l.settle(ctx, point)
	}
	if !point.Active {
		learn, stored := l.s.config().Learn, l.s.store.Counters().Stored
		new := point.Round == 0 || point.Again || stored-point.Stored >= uint64(learn.MinNew)<<point.Longer
		if pictures := l.s.corpus.buffer.Len(); !new || pictures < 2 || pictures+l.s.corpus.probe.Len() < l.enough() {
			return RoundEnd{}, false, nil
		}
		if point, err = l.next(point, learn.Steps<<point.Longer); err != nil {
			return RoundEnd{}, false, err
		}
	}
	end, err := l.round(ctx, point, tensors)
	return end, true, err
}

// once makes a round of that many steps, whatever there is to learn from.
func (l *learner) once(ctx context.Context, steps int) (RoundEnd, error) {
	point, _, err := l.saved(ctx)
	if err != nil {
		return RoundEnd{}, err
	}
	if l.s.corpus.buffer.Len() < 2 {
		return RoundEnd{}, fmt.Errorf("%w; the replay buffer has %d, and with store.frames: none it stays empty", ErrNoPictures, l.s.corpus.buffer.Len())
	}
	if point, err = l.next(point, steps); err != nil {
		return RoundEnd{}, err
	}
	return l.round(ctx, point, nil)
}

// round trains one round and stores its candidate.
func (l *learner) round(ctx context.Context, point resumePoint, tensors weights.Set) (RoundEnd, error) {
	parent, err := l.s.store.Checkpoint(point.Parent)
	if err != nil {
		return RoundEnd{}, err
	}
	cfg := l.s.config() // of the whole round
	a, state, err := l.s.startingPoint(ctx, parent, cfg.Learn.Loss, point.Seed)
	if err != nil {
		return RoundEnd{}, err
	}
	corpus := l.s.corpus
	batch := min(cfg.Learn.Batch, corpus.buffer.Len())
	if batch < 2 {
		_, err := l.giveUp(ctx, point, fmt.Errorf("there are %d pictures to learn from, and learning needs 2", batch))
		return RoundEnd{}, err
	}
	if len(tensors) > 0 {
		if state, err = unflatten(tensors, a, cfg.Learn.Loss, point.Seed); err != nil {
			_, upErr := l.giveUp(ctx, point, err)
			return RoundEnd{}, errors.Join(fmt.Errorf("the learner's saved state: %w", err), upErr)
		}
	} else if err := l.s.store.SaveState(ctx, resumeName, point, nil); err != nil {
		return RoundEnd{}, err
	}
	cfg.Learn.Steps, cfg.Model.Size = point.Steps, parent.Size
	cfg.Learn.LR = math.Ldexp(cfg.Learn.LR, -point.Slower)
	if cfg.Learn.Chunk, err = l.chunk(cfg, a, batch); err != nil {
		return RoundEnd{}, err
	}
	fresh := int(cfg.Replay.Fresh * float64(batch))
	pictures := newPictureCache(cacheBytes)
	load := corpus.picture(l.s.decoder)
	near := whenMoving(cfg.Learn.HeadSteps, func() (neighbours, error) { return l.neighbours(ctx, point, cfg.Learn.Neighbours) })
	times := &temporal{share: cfg.Learn.Temporal, seed: point.Seed,
		vector: func(id uint64) ([]float32, error) { return l.s.store.Vector(point.Sees, storage.FrameID(id)) }}
	var begun time.Time            // of the step under way
	expected := heartbeat.WorkTime // for a step: at first nobody knows
	r := &round{
		Config: cfg, Arch: a, Seed: point.Seed, State: state, Start: point.Step, Loss: point.Loss,
		Batch: batch, Limit: l.limit,
		Choose: func(step int) ([]augment.Pick, error) {
			picks, err := corpus.choose(point.Before+step, batch, fresh)
			times.mix(corpus, point.Before+step, picks)
			found, nearErr := near(step)
			found.mix(point.Seed, point.Before+step, picks, corpus.buffer.Contains)
			return picks, errors.Join(err, nearErr)
		},
		Together: func(step int, picks []augment.Pick) []bool {
			found, _ := near(step) // its error came when the step's pictures were chosen
			return corpus.together(picks, found)
		},
		Observe: corpus.observe,
		Load: func(ctx context.Context, id uint64) (*rgb.Image, error) {
			return pictures.through(id, func() (*rgb.Image, error) { return load(ctx, id) })
		},
		Before: func(ctx context.Context) error {
			heartbeat.Allow(ctx, heartbeat.LoopTime)
			if err := l.mayStep(ctx); err != nil {
				return err
			}
			heartbeat.Allow(ctx, expected)
			begun = time.Now()
			return nil
		},
		OnStep: func(p Progress) {
			took := time.Since(begun)
			expected = heartbeat.KnownTime(took)
			heartbeat.Allow(ctx, heartbeat.WorkTime) // the state may be saved now
			l.governor.After(took)
			l.report(p)
			l.s.metrics.steps.Inc()
		},
		SaveEvery: time.Duration(cfg.Learn.CheckpointEvery),
		Save: func(state model.State, p Progress) error {
			saved := point
			saved.Step, saved.Loss = p.Step, p.Loss
			return l.save(ctx, saved, state)
		},
	}
	l.set(client.LearnActive, nil)
	state, progress, err := r.run(ctx)
	if errors.Is(err, model.ErrDiverged) {
		// The same steps from the same state would diverge again.
		point.Slower = min(point.Slower+1, slowest)
		_, upErr := l.giveUp(ctx, point, err)
		return RoundEnd{}, errors.Join(err, upErr)
	}
	if err != nil {
		return RoundEnd{}, err
	}
	// Judging takes a while; whoever interrupts it need not train again.
	point.Step, point.Steps, point.Loss = progress.Step, progress.Step, progress.Loss
	if err := l.save(ctx, point, state); err != nil {
		return RoundEnd{}, err
	}
	return l.finish(ctx, point, parent, state, progress)
}

// lastSave bounds how long an interrupted round may write its state: the
// service must end in time. What was saved before stays when it is too slow.
const lastSave = 3 * time.Second

// save keeps the state of the round under way. A full disk costs the save, not
// the round.
func (l *learner) save(ctx context.Context, point resumePoint, state model.State) error {
	if ctx.Err() != nil { // the round was interrupted; its state is kept all the same
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), lastSave)
		defer cancel()
	}
	err := l.s.corpus.save(ctx)
	if err == nil {
		err = l.s.store.SaveState(ctx, resumeName, point, flatten(state, true))
	}
	if err == nil {
		return nil
	}
	l.s.log.Warn("the learner's state was not saved; after a restart it goes on from the save before", "step", point.Step, "error", err)
	if errors.Is(err, storage.ErrFull) {
		return nil
	}
	return err
}

func (l *learner) report(p Progress) {
	l.mu.Lock()
	l.progress = p
	l.mu.Unlock()
}

func (l *learner) set(state string, failure error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.state, l.failure = state, failure
}

// halt stops the learner after the step under way and its save.
func (l *learner) halt() error {
	if l.stop == nil {
		return nil
	}
	l.stop()
	l.running.Wait()
	return nil
}
