package learn

import (
	"context"
	"fmt"
	"time"

	"edgeclr/augment"
	"edgeclr/daemon/client"
	"edgeclr/daemon/probe"
	"edgeclr/daemon/serving"
	"edgeclr/internal/process"
	"edgeclr/model"
	"edgeclr/storage"
)

// TrainOptions describe one training on a folder.
type TrainOptions struct {
	Files  []string       // the pictures
	From   string         // the checkpoint to start from; "" is the one that serves
	Limit  time.Duration  // of the training; 0: none
	OnStep func(Progress) // called after each step; may be nil
	// OnReembed is called with the progress of the promotion. It may be nil.
	OnReembed serving.Progress
}

// TrainReport is the result of a training.
type TrainReport struct {
	Steps      int     `json:"steps"`
	ViewsPerS  float64 `json:"views_per_s"`
	Loss       float64 `json:"loss"`
	PeakRSSMB  int     `json:"peak_rss_mb"` // most memory that the process held, in MiB
	Checkpoint string  `json:"checkpoint"`  // of the result
	Promoted   bool    `json:"promoted"`
	Serving    string  `json:"serving"`      // the checkpoint that serves now
	Reason     string  `json:"reason"`       // of the verdict, a sentence
	Skipped    int     `json:"skipped"`      // files that could not be read
	FirstStepS float64 `json:"first_step_s"` // from the start of the process to the end of its first step
}

// ErrNoPictures is returned when there are fewer than 2 pictures to learn from.
var ErrNoPictures = fmt.Errorf("%w: learning needs 2 pictures or more", client.ErrNothingFound)

// Train learns once from files, with a schedule of its own, and stores the result as
// a checkpoint. It holds some files back to judge the result. A better result is
// promoted if learn.promote allows it. It does not store the files. With fewer than 2
// pictures the error is ErrNoPictures.
func (l *Learner) Train(ctx context.Context, o TrainOptions) (TrainReport, error) {
	if err := l.trainable(); err != nil {
		return TrainReport{}, err
	}
	f, err := l.openFolder(ctx, o.Files)
	if err != nil {
		return TrainReport{}, err
	}
	parent, err := serving.Resolve(l.opt.Store, o.From)
	if err == nil {
		err = checkTrainable(parent)
	}
	if err != nil {
		return TrainReport{}, err
	}
	if err := l.followTeacher(ctx); err != nil {
		return TrainReport{}, err
	}
	defer l.closeTeacher()
	report := TrainReport{Skipped: f.skipped}
	state, p, err := l.trainFolder(ctx, f, parent, o, &report)
	if err != nil {
		return TrainReport{Steps: p.Step, Loss: p.Loss}, err
	}
	seed := l.opt.Config().Model.Seed
	j, err := l.compare(ctx, &evalSet{ids: f.held, load: f.load, seed: seed}, nil, parent, state)
	if err != nil {
		return TrainReport{}, err
	}
	id, err := l.putTrained(ctx, parent, state, p, seed, j)
	if err != nil {
		return TrainReport{}, err
	}
	report.Steps, report.ViewsPerS, report.Loss = p.Step, p.ViewsPerS, p.Loss
	report.Checkpoint, report.Reason, report.PeakRSSMB = string(id), j.Reason, process.PeakRSS()>>20
	if err := l.promoteTrained(ctx, id, j.Verdict, &report, o.OnReembed); err != nil {
		return report, err
	}
	return report, l.opt.Versions.Prune(ctx, id)
}

// trainFolder runs the schedule on the pictures of a folder, from the state of a
// checkpoint.
func (l *Learner) trainFolder(ctx context.Context, f *folder, parent storage.Checkpoint, o TrainOptions, report *TrainReport) (model.State, Progress, error) {
	cfg := l.opt.Config()
	seed := cfg.Model.Seed
	a, state, err := l.startingPoint(ctx, parent, cfg.Learn.Loss, seed)
	if err != nil {
		return model.State{}, Progress{}, err
	}
	pictures := newPictureCache(cacheBytes)
	defer pictures.drop() // judging needs the memory
	load := pictures.cached(f.load)
	sampler := newEpochSampler(seed, len(f.learn))
	batch := min(cfg.Learn.Batch, len(f.learn))
	positives := whenMoving(cfg.Learn.HeadSteps, func() (neighbours, error) {
		// Of a large folder a short training draws a part, and only that is embedded.
		ids := newEpochSampler(seed, len(f.learn)).firstDrawn(cfg.Learn.Steps, batch)
		for i, place := range ids {
			ids[i] = f.learn[place]
		}
		return l.folderNeighbours(ctx, parent, ids, time.Duration(neighbourTime*float64(o.Limit)), load)
	})
	loop := &trainingLoop{
		Config: cfg, Arch: a, Seed: seed, State: state, Limit: o.Limit, Batch: batch, Load: load,
		Choose: func(step int) ([]augment.Pick, error) {
			ids := sampler.next(batch)
			for i, place := range ids {
				ids[i] = f.learn[place]
			}
			picks := augment.Same(ids)
			near, err := positives(step)
			near.pair(seed, step, picks, func(uint64) bool { return true })
			return picks, err
		},
		NotNegatives: func(step int, picks []augment.Pick) []bool {
			near, _ := positives(step) // Choose has returned the error
			return notNegatives(picks, near.contain)
		},
		OnStep: func(p Progress) {
			if p.Step == 1 {
				age, _ := process.Age() // 0 when /proc cannot be read
				report.FirstStepS = age.Seconds()
			}
			if o.OnStep != nil {
				o.OnStep(p)
			}
		},
	}
	return loop.run(ctx)
}

// promoteTrained promotes a result that is better, and completes the report.
func (l *Learner) promoteTrained(ctx context.Context, id storage.CheckpointID, v probe.Verdict, report *TrainReport, progress serving.Progress) error {
	now, err := l.opt.Store.Serving()
	switch {
	case err != nil:
		return err
	case v.Promote && l.opt.Config().Learn.Promote:
		change, err := l.opt.Versions.Promote(ctx, string(id), v.Reason, progress)
		if err != nil {
			return fmt.Errorf("checkpoint %s is stored, but it does not serve yet: %w", id, err)
		}
		now, report.Promoted = change.Checkpoint, true
	case v.Promote:
		report.Reason += "; learn.promote is false"
	}
	if !report.Promoted {
		report.Reason += fmt.Sprintf("; `edgeclr checkpoints promote %s` lets it serve anyway", id)
	}
	report.Serving = string(now)
	return nil
}
