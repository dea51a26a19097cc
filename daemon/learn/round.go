package learn

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"edgeclr/augment"
	"edgeclr/camera/rgb"
	"edgeclr/config"
	"edgeclr/daemon/client"
	"edgeclr/daemon/heartbeat"
	"edgeclr/model"
	"edgeclr/model/arch"
	"edgeclr/model/weights"
	"edgeclr/storage"
)

// round is the current round of the learner. It draws from the corpus and reports its
// progress.
type round struct {
	*Learner
	point  resumePoint
	parent storage.Checkpoint
	cfg    config.Config // stays the same for the whole round; a reload does not change it
	arch   *arch.Architecture
	state  model.State // to start from

	batch, fresh int // frames of a step, and how many of them are taken because they were not learned from yet
	positives    func(step int) (neighbours, error)
	temporal     *temporal
	load         func(ctx context.Context, id uint64) (*rgb.Image, error)
	change       func(id uint64, m *rgb.Image) *augment.Change

	stepBegan time.Time
	allowance time.Duration // of the heartbeat for a step
}

// trainRound trains one round, judges its result and ends it. Tensors are the saved
// state of an interrupted round; nil for a new round.
func (l *Learner) trainRound(ctx context.Context, point resumePoint, tensors weights.Set) (RoundEnd, error) {
	if err := l.begin(ctx); err != nil {
		return RoundEnd{}, err
	}
	r, err := l.prepare(ctx, point, tensors)
	if r == nil || err != nil {
		return RoundEnd{}, err
	}
	state, progress, err := r.train(ctx)
	if err != nil {
		return RoundEnd{}, err
	}
	r.load = nil // frees its cache, since judging needs the memory
	// Judging takes a while. When it is interrupted, the next process judges this
	// state again without training.
	point.Step, point.Steps, point.Loss = progress.Step, progress.Step, progress.Loss
	if err := l.save(ctx, point, state); err != nil {
		return RoundEnd{}, err
	}
	return l.finish(ctx, point, r.parent, state, progress)
}

// begin waits until a step is allowed, so that a round that is held back takes no memory.
// Then it loads TensorFlow, whose memory chunkFor must count.
func (l *Learner) begin(ctx context.Context) error {
	l.set(client.LearnActive, nil)
	heartbeat.Allow(ctx, heartbeat.LoopTime)
	if err := l.untilAllowed(ctx); err != nil {
		return err
	}
	heartbeat.Allow(ctx, heartbeat.WorkTime)
	return model.Load()
}

// prepare loads what the round at a point needs. It gives the round up when its
// saved state cannot be used, or when there is too little to learn from. In the
// second case the round is nil.
func (l *Learner) prepare(ctx context.Context, point resumePoint, tensors weights.Set) (*round, error) {
	r := &round{Learner: l, point: point, cfg: l.opt.Config(), allowance: heartbeat.WorkTime}
	var err error
	if r.parent, err = l.opt.Store.Checkpoint(point.Parent); err != nil {
		return nil, err
	}
	if r.arch, r.state, err = l.startingPoint(ctx, r.parent, r.cfg.Learn.Loss, point.Seed); err != nil {
		return nil, err
	}
	if r.batch = min(r.cfg.Learn.Batch, l.opt.Corpus.buffer.Len()); r.batch < 2 {
		_, err := l.giveUp(ctx, point, fmt.Errorf("there are %d pictures to learn from, and learning needs 2", r.batch))
		return nil, err
	}
	if len(tensors) == 0 {
		err = l.opt.Store.SaveState(ctx, resumeName, point, nil)
	} else if r.state, err = unflatten(tensors, r.arch, r.cfg.Learn.Loss, point.Seed); err != nil {
		_, upErr := l.giveUp(ctx, point, err)
		err = errors.Join(fmt.Errorf("the learner's saved state: %w", err), upErr)
	}
	if err != nil {
		return nil, err
	}
	return r, r.configure(ctx)
}

// configure completes the round's configuration with what depends on the resume point,
// and makes the functions that its steps use.
func (r *round) configure(ctx context.Context) (err error) {
	learn := &r.cfg.Learn
	learn.Steps = r.point.Steps
	learn.LR = math.Ldexp(r.cfg.LearningRate(), -r.point.RateHalvings)
	if learn.Chunk, err = chunkFor(r.cfg, r.arch, r.batch); err != nil {
		return err
	}
	r.fresh = int(r.cfg.Replay.Fresh * float64(r.batch))
	r.positives = whenMoving(learn.HeadSteps, func() (neighbours, error) { return r.neighbours(ctx, r.point, learn.Neighbours) })
	served, err := r.opt.Store.Encoders(r.point.Serving)
	if err != nil {
		return err
	}
	cp, err := r.opt.Store.Checkpoint(r.point.Serving)
	if err != nil && !errors.Is(err, storage.ErrNotFound) { // it may have been deleted since
		return err
	}
	r.temporal = &temporal{share: learn.Temporal, seed: r.point.Seed, vector: func(id uint64) ([]float32, error) {
		return r.opt.Store.Vector(served, cp.Share, storage.FrameID(id))
	}}
	r.load = newPictureCache(cacheBytes).cached(r.opt.Corpus.picture(r.opt.Decoder))
	if r.cfg.Augment.Focus > 0 {
		r.change, err = r.opt.Corpus.changes(ctx, r.load)
	}
	return err
}

// train runs the steps of the round. When training diverges, it gives the round up,
// since the same steps from the same state would diverge again.
func (r *round) train(ctx context.Context) (model.State, Progress, error) {
	loop := &trainingLoop{
		Config: r.cfg, Arch: r.arch, Seed: r.point.Seed, State: r.state, Start: r.point.Step, Loss: r.point.Loss,
		Batch: r.batch, Limit: r.limit,
		Choose: r.choose, Load: r.load, Change: r.change, NotNegatives: r.notNegatives, Observe: r.opt.Corpus.observe,
		Before: r.beforeStep, OnStep: func(p Progress) { r.afterStep(ctx, p) },
		SaveEvery: time.Duration(r.cfg.Learn.CheckpointEvery),
		Save: func(state model.State, p Progress) error {
			saved := r.point
			saved.Step, saved.Loss = p.Step, p.Loss
			return r.save(ctx, saved, state)
		},
	}
	r.state = model.State{} // the loop has it and frees it
	state, progress, err := loop.run(ctx)
	if errors.Is(err, model.ErrDiverged) {
		point := r.point
		point.course = point.after(point.diverged())
		_, upErr := r.abandon(ctx, point, err)
		err = errors.Join(err, upErr)
	}
	return state, progress, err
}

// choose draws the frames of a step. For some of them, the second view shows another
// frame: one of the same moment, or else a neighbour.
func (r *round) choose(step int) ([]augment.Pick, error) {
	drawn := r.point.StepsBefore + step
	picks, err := r.opt.Corpus.choose(drawn, r.batch, r.fresh)
	r.temporal.pair(r.opt.Corpus, drawn, picks)
	near, nearErr := r.positives(step)
	near.pair(r.point.Seed, drawn, picks, r.opt.Corpus.buffer.Contains)
	return picks, errors.Join(err, nearErr)
}

func (r *round) notNegatives(step int, picks []augment.Pick) []bool {
	near, _ := r.positives(step) // choose has returned the error
	return r.opt.Corpus.notNegatives(picks, near)
}

// beforeStep waits until a step is allowed. It allows the heartbeat the time that the
// step before leads to expect.
func (r *round) beforeStep(ctx context.Context) error {
	heartbeat.Allow(ctx, heartbeat.LoopTime)
	if err := r.untilAllowed(ctx); err != nil {
		return err
	}
	heartbeat.Allow(ctx, r.allowance)
	r.stepBegan = time.Now()
	return nil
}

func (r *round) afterStep(ctx context.Context, p Progress) {
	took := time.Since(r.stepBegan)
	r.allowance = heartbeat.KnownTime(took)
	heartbeat.Allow(ctx, heartbeat.WorkTime) // the state may be saved now
	r.governor.After(took)
	r.report(p)
	r.opt.OnStep()
}
