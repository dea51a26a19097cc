package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/spf13/pflag"

	"edgeclr/camera/directory"
	"edgeclr/cmd/internal/cli"
	"edgeclr/daemon"
	"edgeclr/daemon/learn"
	"edgeclr/model/objective"
)

// trainCommand learns from a folder once.
type trainCommand struct {
	cli.ModelFlags
	minutes float64
}

func (c *trainCommand) Flags(fs *pflag.FlagSet) {
	fs.Int("steps", 0, "training steps (default 120, or no limit with --minutes)")
	fs.Float64Var(&c.minutes, "minutes", 0, "minutes of learning; the learning rate reaches 0 at their end")
	fs.Int("batch", 0, "pictures per step; each gives two views")
	fs.Int("chunk", 0, "pictures in memory at a time; a larger batch is cut (default the whole batch)")
	fs.Int("head-steps", 0, "first steps, which train the projection head alone")
	fs.Float64("lr", 0, "learning rate of the encoder")
	fs.String("batch-norm", "", "frozen (keep the pretrained statistics) or train")
	fs.String("objective", "", "objective to train with: "+objective.Help())
	fs.Int("stages", 0, "encoder stages that learn, counted from the top; 0 is all")
	fs.String("blend", "", "how an empty store uses the pretrained encoder after training: auto, none, average or join (default serve.blend)")
}

func (c *trainCommand) Overrides() []cli.Override {
	return []cli.Override{{Flag: "steps", Key: "learn.steps"}, {Flag: "batch", Key: "learn.batch"}, {Flag: "chunk", Key: "learn.chunk"}, {Flag: "head-steps", Key: "learn.head_steps"},
		{Flag: "lr", Key: "learn.lr"}, {Flag: "batch-norm", Key: "learn.batch_norm"}, {Flag: "objective", Key: "learn.loss"}, {Flag: "stages", Key: "learn.stages"},
		{Flag: "blend", Key: "serve.blend"}}
}

func (c *trainCommand) Run(ctx context.Context, a *cli.App, args []string) error {
	if len(args) != 1 {
		return cli.Usagef("train takes one folder: edgeclr train DIR")
	}
	if c.minutes < 0 || math.IsNaN(c.minutes) || c.minutes > 1e6 {
		return cli.Usagef("--minutes %v is not a time", c.minutes)
	}
	if err := haveFiles(ctx, args[0]); err != nil {
		return err
	}
	files, err := listFiles(ctx, args[0])
	if err != nil {
		return err
	}
	if c.minutes > 0 && !a.Given["steps"] {
		a.Config.Learn.Steps = math.MaxInt32
	}
	service, err := openService(ctx, a, cli.Need{Create: true}, nil)
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
	return a.Result(report, func(w io.Writer) {
		fmt.Fprintf(w, "%d steps, %.1f views/s, loss %.3f, peak memory %d MB\n", report.Steps, report.ViewsPerS, report.Loss, report.PeakRSSMB)
		fmt.Fprintf(w, "checkpoint %s; %s serves (%s)\n", report.Checkpoint, report.Serving, report.Reason)
	})
}

func (c *trainCommand) train(ctx context.Context, a *cli.App, service *daemon.Service, files []string) (learn.TrainReport, error) {
	steps := a.Config.Learn.Steps
	if c.minutes > 0 && !a.Given["steps"] {
		steps = 0 // unknown
	}
	progress := newBar(a, steps, "learning")
	defer progress.done()
	begin := time.Now()
	return service.Train(ctx, learn.TrainOptions{
		Files: files, From: c.Checkpoint, Limit: time.Duration(c.minutes * float64(time.Minute)),
		OnStep: func(p learn.Progress) {
			progress.describe(fmt.Sprintf("learning, loss %.3f, %.0f views/s", p.Loss, p.ViewsPerS))
			progress.set(p.Step)
			if p.Step%10 == 0 {
				a.Log.Debug("training", "step", p.Step, "loss", p.Loss, "views_per_s", p.ViewsPerS, "seconds", time.Since(begin).Seconds())
			}
		},
	})
}

// listFiles lists the files below a folder. It includes files that cannot be read:
// the training skips them.
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
