package daemon

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

// round is one schedule of training, from a state to a better one.
type round struct {
	Config config.Config // model, learn and augment
	Arch   *arch.Architecture
	Seed   uint64
	State  model.State
	Start  int           // first step; above 0 when an interrupted round goes on
	Loss   float64       // of the steps before Start
	Limit  time.Duration // ends the round early, with its cosine; 0: none
	Batch  int           // pictures a step

	Choose func(step int) ([]augment.Pick, error)
	Load   func(ctx context.Context, id uint64) (*rgb.Image, error)

	// Together says which of a step's pictures are no negatives of each other, as
	// model.Batch has it. Nil: none. It is asked for what the views show, which
	// differs from what was chosen where a picture did not load.
	Together func(step int, picks []augment.Pick) []bool
	// Observe is told after each step what the pictures' projections were,
	// [2N,128] as model.Result has them. Both slices are its own only until it
	// returns. Its error ends the round. Nil: nobody is told.
	Observe func(picks []augment.Pick, projections []float32) error

	// Before a step: may wait (a pause). Nil: none.
	Before func(ctx context.Context) error
	// OnStep learns of every step. Nil: none.
	OnStep func(Progress)
	// Save is given the state when a save is due, and when the round is
	// interrupted. Nil: none.
	Save      func(model.State, Progress) error
	SaveEvery time.Duration
}

// Progress tells how far a round is.
type Progress struct {
	Step, Steps int     // steps done; of Steps
	Loss        float64 // mean of the last 10 steps
	ViewsPerS   float64 // full steps only, reading, decoding and augmenting included; 0 until known
}

// lossWindow steps are averaged for the loss that is reported.
const lossWindow = 10

// meter measures loss and speed.
type meter struct {
	losses []float64
	full   int       // full steps so far
	since  time.Time // end of the last one that is left out
	views  int       // since then
}

// warmSteps full steps are left out of the speed: TensorFlow compiles its
// kernels in the first ones.
const warmSteps = 3

func (m *meter) add(loss float64, views int, headOnly bool, now time.Time) {
	m.losses = append(m.losses, loss)
	if len(m.losses) > lossWindow {
		m.losses = m.losses[1:]
	}
	if headOnly {
		return
	}
	if m.full++; m.full <= warmSteps {
		m.since = now
		return
	}
	m.views += views
}

// pause leaves a time without work out of the speed.
func (m *meter) pause(d time.Duration) { m.since = m.since.Add(d) }

func (m *meter) loss() float64 {
	sum := 0.0
	for _, l := range m.losses {
		sum += l
	}
	return sum / float64(max(len(m.losses), 1))
}

func (m *meter) viewsPerS(now time.Time) float64 {
	elapsed := now.Sub(m.since).Seconds()
	if m.views == 0 || elapsed <= 0 {
		return 0
	}
	return float64(m.views) / elapsed
}

// errInterrupted ends a round whose context was cancelled; its state was saved.
var errInterrupted = errors.New("training was interrupted")

// run trains until the schedule or the limit ends and returns the state it
// arrived at. A cancelled context gives errInterrupted after a last save.
func (r *round) run(ctx context.Context) (model.State, Progress, error) {
	learn := r.Config.Learn
	progress := Progress{Step: r.Start, Steps: learn.Steps, Loss: r.Loss}
	opt, err := trainerOptions(r.Arch, r.Config)
	if err != nil {
		return model.State{}, progress, err
	}
	trainer, err := model.NewTrainer(r.State, opt)
	if err != nil {
		return model.State{}, progress, err
	}
	defer trainer.Close()
	r.State = model.State{} // the trainer has copied it
	loader, err := augment.NewLoader(ctx, augment.LoaderOptions{
		Config: r.Config.Augment, Size: r.Config.Model.Size, Batch: r.Batch, Seed: r.Seed, StartStep: r.Start,
		Workers: 2, Depth: depth(r.Batch, r.Config.Model.Size), Choose: r.Choose, Load: r.Load,
	})
	if err != nil {
		return model.State{}, progress, err
	}
	defer loader.Close()

	err = r.steps(ctx, trainer, loader, &progress)
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
	return state, progress, errors.Join(errInterrupted, r.save(state, progress))
}

// depth is how many batches are prepared ahead: two bridge a slow picture, and
// large ones are few and slow enough for one.
func depth(batch, size int) int {
	const large = 16 << 20 // bytes
	if 2*batch*3*size*size > large {
		return 1
	}
	return 2
}

func (r *round) steps(ctx context.Context, trainer *model.Trainer, loader *augment.Loader, progress *Progress) error {
	learn := r.Config.Learn
	schedule := model.Schedule{Steps: learn.Steps, HeadSteps: learn.HeadSteps, Ramp: learn.Ramp, Rate: learn.LR, HeadRate: learn.HeadLR}
	var measured meter
	var moving time.Time // when the encoder began to move
	begin, saved := time.Now(), time.Now()
	for step := r.Start; step < learn.Steps; step++ {
		if r.Before != nil {
			asked := time.Now()
			if err := r.Before(ctx); err != nil {
				return err
			}
			// A pause counts neither for the speed nor for the limit.
			paused := time.Since(asked)
			measured.pause(paused)
			begin = begin.Add(paused)
			if !moving.IsZero() {
				moving = moving.Add(paused)
			}
		}
		rates := schedule.At(step, r.share(begin, moving))
		if !rates.HeadOnly && moving.IsZero() {
			moving = time.Now()
		}
		batch, err := loader.Next(ctx)
		if err != nil {
			return fmt.Errorf("step %d: %w", step, err)
		}
		loss, err := r.learn(ctx, trainer, batch, step, rates)
		views := 2 * batch.N
		loader.Recycle(batch)
		if err != nil {
			return fmt.Errorf("step %d: %w", step, err)
		}
		now := time.Now()
		measured.add(loss, views, rates.HeadOnly, now)
		progress.Step, progress.Loss, progress.ViewsPerS = step+1, measured.loss(), measured.viewsPerS(now)
		if r.OnStep != nil {
			r.OnStep(*progress)
		}
		if r.Limit > 0 && now.Sub(begin) >= r.Limit {
			return nil
		}
		if r.SaveEvery > 0 && now.Sub(saved) >= r.SaveEvery && step+1 < learn.Steps {
			state, err := trainer.State()
			if err != nil {
				return err
			}
			if err := r.save(state, *progress); err != nil {
				return err
			}
			saved = time.Now()
		}
	}
	return nil
}

// learn is one step on a batch, and its loss.
func (r *round) learn(ctx context.Context, trainer *model.Trainer, batch *augment.Batch, step int, rates model.Rates) (float64, error) {
	in := model.Batch{Views: batch.Views}
	if r.Together != nil {
		in.NotNegatives = r.Together(step, batch.Picks)
	}
	result, err := trainer.Step(ctx, in, rates)
	if err != nil || r.Observe == nil {
		return result.Loss, err
	}
	return result.Loss, r.Observe(batch.Picks, result.Projections)
}

// share is how much of the time limit for the moving encoder has passed.
func (r *round) share(begin, moving time.Time) float64 {
	if r.Limit <= 0 || moving.IsZero() {
		return 0
	}
	left := r.Limit - moving.Sub(begin)
	if left <= 0 {
		return 1
	}
	return time.Since(moving).Seconds() / left.Seconds()
}

func (r *round) save(state model.State, progress Progress) error {
	if r.Save == nil {
		return nil
	}
	return r.Save(state, progress)
}

func trainerOptions(a *arch.Architecture, cfg config.Config) (model.TrainerOptions, error) {
	o, err := objective.Get(cfg.Learn.Loss)
	return model.TrainerOptions{
		Arch: a, Size: cfg.Model.Size,
		Runtime:     model.Runtime{Threads: cfg.Model.Threads, Device: cfg.Model.Device},
		Objective:   o,
		Temperature: cfg.Learn.Temperature,
		Optimizer: model.OptimizerOptions{
			Name: cfg.Learn.Optimizer, Momentum: cfg.Learn.Momentum, WeightDecay: cfg.Learn.WeightDecay,
			KernelsOnly: cfg.Learn.Decay == "kernels",
		},
		TrainBatchNorm: cfg.Learn.BatchNorm == "train",
		Stages:         cfg.Learn.Stages,
		StageDecay:     cfg.Learn.StageDecay,
		Queue:          cfg.Learn.Queue,
		Chunk:          cfg.Learn.Chunk,
		Align:          cfg.Learn.Align,
	}, err
}
