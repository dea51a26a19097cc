package learn

import (
	"context"
	"errors"
	"fmt"
	"time"

	"edgeclr/augment"
	"edgeclr/camera/rgb"
	"edgeclr/config"
	"edgeclr/model"
	"edgeclr/model/arch"
	"edgeclr/model/objective"
)

// trainingLoop runs one schedule of training, from a state to a trained one. The
// functions let its owner steer it; the optional ones may be nil.
type trainingLoop struct {
	Config config.Config // model, learn and augment
	Arch   *arch.Architecture
	Seed   uint64
	State  model.State
	Start  int           // first step; above 0 when an interrupted round goes on
	Loss   float64       // mean of the last steps before Start
	Limit  time.Duration // bounds the time of the round, and ends the cosine of the rate then; 0: none
	Batch  int           // pictures of a step, N

	// Choose draws the pictures of a step. The loop asks in the order of steps.
	Choose func(step int) ([]augment.Pick, error)
	Load   func(ctx context.Context, id uint64) (*rgb.Image, error)
	// Change tells where a picture differs from what its camera usually sees. Optional.
	Change func(id uint64, m *rgb.Image) *augment.Change

	// NotNegatives says which of a step's pictures are no negatives of each other,
	// [N,N]: see model.Batch.NotNegatives. It gets the pictures that the views show.
	// They differ from the chosen ones when a picture did not load. Optional.
	NotNegatives func(step int, picks []augment.Pick) []bool
	// Observe gets the projections of a step, [2N,D]: see model.Result.Projections. It
	// must not keep the slices. Its error ends the round. Optional.
	Observe func(picks []augment.Pick, projections []float32) error
	// Before is called before each step. It may wait, for example during a pause.
	// Optional.
	Before func(ctx context.Context) error
	// OnStep is called after each step. Optional.
	OnStep func(Progress)
	// Save gets the state when a save is due, and when the round is interrupted.
	// Optional.
	Save      func(model.State, Progress) error
	SaveEvery time.Duration
}

// errInterrupted is returned when the context of a round is cancelled. The round
// has saved its state.
var errInterrupted = errors.New("training was interrupted")

// run trains until the schedule or the limit ends, and returns the state that it
// reached. When its context is cancelled, it saves the state and returns
// errInterrupted.
func (t *trainingLoop) run(ctx context.Context) (model.State, Progress, error) {
	progress := Progress{Step: t.Start, Steps: t.Config.Learn.Steps, Loss: t.Loss, Size: t.Config.LearningSize()}
	opt, err := trainerOptions(t.Arch, t.Config)
	if err != nil {
		return model.State{}, progress, err
	}
	trainer, err := model.NewTrainer(t.State, opt)
	if err != nil {
		return model.State{}, progress, err
	}
	defer trainer.Close()
	t.State = model.State{} // the trainer has copied it
	loader, err := augment.NewLoader(ctx, augment.LoaderOptions{
		Config: t.Config.Views(), Size: t.Config.LearningSize(), Batch: t.Batch, Seed: t.Seed, StartStep: t.Start,
		Workers: 2, Depth: depth(t.Batch, t.Config.LearningSize()), Choose: t.Choose, Load: t.Load, Change: t.Change,
	})
	if err != nil {
		return model.State{}, progress, err
	}
	defer loader.Close()

	err = t.steps(ctx, trainer, loader, &progress)
	if err != nil && ctx.Err() == nil {
		return model.State{}, progress, err
	}
	if ctx.Err() == nil {
		state, err := trainer.Weights()
		return state, progress, err
	}
	state, err := trainer.State()
	if err != nil {
		return model.State{}, progress, err
	}
	return state, progress, errors.Join(errInterrupted, t.save(state, progress))
}

// depth is how many batches the loader prepares ahead. With two, a slow picture does
// not delay a step. One is enough for a large batch, whose step takes long.
func depth(batch, size int) int {
	const large = 16 << 20 // bytes
	if 2*batch*3*size*size > large {
		return 1
	}
	return 2
}

func (t *trainingLoop) steps(ctx context.Context, trainer *model.Trainer, loader *augment.Loader, progress *Progress) error {
	learn := t.Config.Learn
	schedule := model.Schedule{Steps: learn.Steps, HeadSteps: learn.HeadSteps, Ramp: learn.Ramp, Rate: t.Config.LearningRate(), HeadRate: learn.HeadLR}
	var measured meter
	limit := timeLimit{limit: t.Limit, begin: time.Now()}
	saved := time.Now()
	for step := t.Start; step < learn.Steps; step++ {
		if t.Before != nil {
			asked := time.Now()
			if err := t.Before(ctx); err != nil {
				return err
			}
			// The wait counts neither for the speed nor for the limit.
			paused := time.Since(asked)
			measured.pause(paused)
			limit.pause(paused)
		}
		rates := schedule.At(step, limit.share())
		if !rates.HeadOnly {
			limit.encoderMoves()
		}
		loss, views, err := t.step(ctx, trainer, loader, step, rates)
		if err != nil {
			return fmt.Errorf("step %d: %w", step, err)
		}
		now := time.Now()
		measured.add(loss, views, rates.HeadOnly, now)
		progress.Step, progress.Loss, progress.ViewsPerS = step+1, measured.loss(), measured.viewsPerS(now)
		if t.OnStep != nil {
			t.OnStep(*progress)
		}
		if limit.over(now) {
			return nil
		}
		if t.SaveEvery > 0 && now.Sub(saved) >= t.SaveEvery && step+1 < learn.Steps {
			state, err := trainer.State()
			if err != nil {
				return err
			}
			if err := t.save(state, *progress); err != nil {
				return err
			}
			saved = time.Now()
		}
	}
	return nil
}

// step trains on the next batch. It returns the loss and how many views there
// were.
func (t *trainingLoop) step(ctx context.Context, trainer *model.Trainer, loader *augment.Loader, step int, rates model.Rates) (loss float64, views int, err error) {
	batch, err := loader.Next(ctx)
	if err != nil {
		return 0, 0, err
	}
	defer loader.Recycle(batch)
	in := model.Batch{Views: batch.Views}
	if t.NotNegatives != nil {
		in.NotNegatives = t.NotNegatives(step, batch.Picks)
	}
	result, err := trainer.Step(ctx, in, rates)
	if err == nil && t.Observe != nil {
		err = t.Observe(batch.Picks, result.Projections)
	}
	return result.Loss, 2 * batch.N, err
}

func (t *trainingLoop) save(state model.State, progress Progress) error {
	if t.Save == nil {
		return nil
	}
	return t.Save(state, progress)
}

// timeLimit is the time that a round may take.
type timeLimit struct {
	limit  time.Duration // 0: none
	begin  time.Time
	moving time.Time // when the encoder began to move; zero before
}

// pause leaves a time without work out of the limit.
func (l *timeLimit) pause(d time.Duration) {
	l.begin = l.begin.Add(d)
	if !l.moving.IsZero() {
		l.moving = l.moving.Add(d)
	}
}

// encoderMoves notes that the encoder moves from now on.
func (l *timeLimit) encoderMoves() {
	if l.moving.IsZero() {
		l.moving = time.Now()
	}
}

// share is the share of the time for the moving encoder that has passed. It is 0
// before the encoder moves and without a limit, and can pass 1 in the last step.
func (l *timeLimit) share() float64 {
	if l.limit <= 0 || l.moving.IsZero() {
		return 0
	}
	left := l.limit - l.moving.Sub(l.begin)
	if left <= 0 {
		return 1
	}
	return time.Since(l.moving).Seconds() / left.Seconds()
}

func (l *timeLimit) over(now time.Time) bool { return l.limit > 0 && now.Sub(l.begin) >= l.limit }

func trainerOptions(a *arch.Architecture, cfg config.Config) (model.TrainerOptions, error) {
	o, err := objective.Get(cfg.Learn.Loss)
	return model.TrainerOptions{
		Arch: a, Size: cfg.LearningSize(),
		Runtime:     model.Runtime{Threads: cfg.Model.Threads, Device: cfg.Model.Device},
		Objective:   o,
		Temperature: cfg.Learn.Temperature,
		Optimizer: model.OptimizerOptions{
			Name: cfg.Learn.Optimizer, Momentum: cfg.Learn.Momentum, WeightDecay: cfg.Learn.WeightDecay,
			KernelsOnly: cfg.Learn.Decay == config.DecayKernels,
		},
		TrainBatchNorm: cfg.Learn.BatchNorm == config.BatchNormTrain,
		Stages:         cfg.Learn.Stages,
		StageDecay:     cfg.Learn.StageDecay,
		Queue:          cfg.Learn.Queue,
		Chunk:          cfg.Learn.Chunk,
		Align:          cfg.Learn.Align,
	}, err
}
