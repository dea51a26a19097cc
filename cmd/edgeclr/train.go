package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/spf13/pflag"

	"edgeclr/camera/directory"
	"edgeclr/daemon"
)

// trainCommand learns from a folder, once.
type trainCommand struct {
	modelFlags
	minutes float64
}

func (c *trainCommand) flags(fs *pflag.FlagSet) {
	fs.Int("steps", 0, "training steps (default 120, or no limit with --minutes)")
	fs.Float64Var(&c.minutes, "minutes", 0, "end after so many minutes; the learning rate falls accordingly")
	fs.Int("batch", 0, "pictures a step, each giving two views")
	fs.Int("chunk", 0, "pictures in memory at a time; a larger batch is cut (default the whole batch)")
	fs.Int("head-steps", 0, "first steps in which the projection head learns alone")
	fs.Float64("lr", 0, "learning rate of the encoder")
	fs.String("batch-norm", "", "frozen (keep the pretrained statistics) or train")
	fs.Int("stages", 0, "stages of the encoder that learn, from the top; 0 is all")
	fs.String("blend", "", "what an empty store is to serve: none, average or join, with the pretrained encoder (default serve.blend)")
}

func (c *trainCommand) overrides() []override {
	return []override{{"steps", "learn.steps"}, {"batch", "learn.batch"}, {"chunk", "learn.chunk"}, {"head-steps", "learn.head_steps"},
		{"lr", "learn.lr"}, {"batch-norm", "learn.batch_norm"}, {"stages", "learn.stages"},
		{"blend", "serve.blend"}}
}

func (c *trainCommand) run(ctx context.Context, a *app, args []string) error {
	if len(args) != 1 {
		return usagef("train takes one folder: edgeclr train DIR")
	}
	if c.minutes < 0 || math.IsNaN(c.minutes) || c.minutes > 1e6 {
		return usagef("--minutes %v is not a time", c.minutes)
	}
	if err := haveFiles(ctx, args[0]); err != nil {
		return err
	}
	files, err := listFiles(ctx, args[0])
	if err != nil {
		return err
	}
	if c.minutes > 0 && !a.set["steps"] {
		a.cfg.Learn.Steps = math.MaxInt32
	}
	service, err := a.open(ctx, need{create: true})
	if err != nil {
		return err
	}
	defer service.Close()
	if err := service.Serve(); err != nil {
		return err
	}
	report, err := c.train(ctx, a, service, files)
	if err != nil {
		return err
	}
	if err := service.Close(); err != nil {
		return err
	}
	return a.result(report, func(w io.Writer) {
		fmt.Fprintf(w, "%d steps, %.1f views/s, loss %.3f, peak memory %d MB\n", report.Steps, report.ViewsPerS, report.Loss, report.PeakRSSMB)
		fmt.Fprintf(w, "checkpoint %s; %s serves (%s)\n", report.Checkpoint, report.Serving, report.Reason)
	})
}

func (c *trainCommand) train(ctx context.Context, a *app, service *daemon.Service, files []string) (daemon.TrainReport, error) {
	steps := a.cfg.Learn.Steps
	if c.minutes > 0 && !a.set["steps"] {
		steps = 0 // unknown
	}
	progress := a.newBar(steps, "learning")
	defer progress.done()
	begin := time.Now()
	return service.Train(ctx, daemon.TrainOptions{
		Files: files, From: c.checkpoint, Limit: time.Duration(c.minutes * float64(time.Minute)),
		OnStep: func(p daemon.Progress) {
			progress.describe(fmt.Sprintf("learning, loss %.3f, %.0f views/s", p.Loss, p.ViewsPerS))
			progress.set(p.Step)
			if p.Step%10 == 0 {
				a.log.Debug("training", "step", p.Step, "loss", p.Loss, "views_per_s", p.ViewsPerS, "seconds", time.Since(begin).Seconds())
			}
		},
	})
}

// listFiles lists the files below a folder; what cannot be read is left out by
// those who open it.
func listFiles(ctx context.Context, root string) ([]string, error) {
	var paths []string
	for file, err := range directory.Walk(ctx, root) {
		if err != nil {
			if file.Path == root || ctx.Err() != nil {
				return nil, err
			}
			continue
		}
		paths = append(paths, file.Path)
	}
	return paths, ctx.Err()
}
