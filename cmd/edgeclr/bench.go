package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"edgeclr/camera/decode"
	"edgeclr/cmd/edgeclr/internal/benchmark"
	"edgeclr/cmd/edgeclr/internal/fixedcamera"
	"edgeclr/cmd/internal/cli"
	"edgeclr/internal/atomicfile"
	"edgeclr/model"
	"edgeclr/model/arch"
)

// benchCommand measures what learning does to the encoder, on pictures whose
// classes are known, or how long encoders take.
type benchCommand struct {
	seeds, repeats, buffer, batch int
	minutes                       float64
	out                           string
	sizes                         []int // in learn and camera: of the frozen encoder
	embedFlags
	cameraFlags
	learnFlags
}

func (c *benchCommand) Flags(fs *pflag.FlagSet) {
	fs.IntVar(&c.seeds, "seeds", 0, "runs of each variant, each with its own order and start (default 1 for stream, 3 for learn)")
	fs.Int("steps", 0, "in stream: training steps of a run (default one per 8 frames); in learn: steps of a round")
	fs.Float64Var(&c.minutes, "minutes", 0, "limit of the learning time of a run, in minutes (default 15 in learn)")
	fs.IntVar(&c.repeats, "repeats", 5, "in stream: frames of each picture")
	fs.IntVar(&c.buffer, "buffer", 0, "in stream: frames that a learner may remember (default a tenth of all frames)")
	fs.StringVar(&c.out, "out", "", "folder for the report as JSON and as a plot (PNG), and in learn for each finished run")
	fs.IntSliceVar(&c.sizes, "sizes", fixedcamera.DefaultSizes(), "in learn and camera: sizes of the frozen encoder, in pixels; the largest is what the rest is compared with")
	fs.IntVar(&c.batch, "batch", 0, "pictures per step, each of which gives two views; in embed pictures of a call (default 1 and 8)")
	fs.String("arch", "", "architecture: "+strings.Join(arch.Names(), " or "))
	fs.Int("size", 0, "serving size, in pixels (default 224; 96 and 224 in embed)")
	fs.Int("learn-size", 0, "learning size, in pixels (default automatic: see learn.size)")
	fs.String("weights", "", "file of pretrained weights (.pth or .safetensors)")
	fs.StringVar(&c.runtime, "runtime", "", "in embed: litert or tensorflow (default both)")
	fs.StringVar(&c.precision, "precision", "", "in embed: float or int8 (default both)")
	fs.IntVar(&c.rounds, "rounds", 15, "in embed: rounds, of which the median counts")
	fs.Int("threads", 0, "threads of one operation (default all cores)")
	fs.Uint64("seed", 0, "seed of the first run; each further run adds 1")
	c.cameraFlags.declare(fs)
	c.learnFlags.declare(fs)
}

func (c *benchCommand) Overrides() []cli.Override {
	return []cli.Override{{Flag: "steps", Key: "learn.steps"}, {Flag: "arch", Key: "model.arch"}, {Flag: "size", Key: "serve.size"}, {Flag: "learn-size", Key: "learn.size"},
		{Flag: "weights", Key: "model.weights"}, {Flag: "threads", Key: "model.threads"}, {Flag: "seed", Key: "model.seed"}}
}

func (c *benchCommand) Run(ctx context.Context, a *cli.App, args []string) error {
	if len(args) == 1 && args[0] == "embed" {
		return c.embed(ctx, a)
	}
	if len(args) > 0 && args[0] == "camera" {
		return c.camera(ctx, a, args[1:])
	}
	if err := c.check(a, args); err != nil {
		return err
	}
	kind, target := args[0], args[1]
	if !strings.HasPrefix(target, synthetic) {
		if err := haveFiles(ctx, target); err != nil {
			return err
		}
	}
	if err := makeFolder(c.out); err != nil {
		return err
	}
	if !a.Given["log-level"] && !a.Quiet {
		// Each run opens a store and logs it, which would only disturb here.
		a.Config.Log.Level = "warn"
		if err := a.SetLog(); err != nil {
			return err
		}
	}
	if kind == benchLearn {
		return c.learn(ctx, a, target)
	}
	stream, _ := benchmark.ByName(kind)
	report, err := c.report(ctx, a, stream, target)
	if err != nil {
		return err
	}
	return c.finish(a, report.Benchmark, report, report.Skipped, report.Pictures)
}

// result is the report of a benchmark.
type result interface {
	Print(w io.Writer)
	Plot() ([]byte, error)
}

// finish writes the report and prints it. Files that were skipped are an error.
func (c *benchCommand) finish(a *cli.App, name string, report result, skipped, read int) error {
	if err := c.write(a, name, report); err != nil {
		return err
	}
	if err := a.Result(report, report.Print); err != nil {
		return err
	}
	if skipped > 0 {
		return fmt.Errorf("%w: %d of %d files were skipped", cli.ErrPartly, skipped, read+skipped)
	}
	return nil
}

// benchLearn is the benchmark that compares recipes. The others are [benchmark.Kinds].
const benchLearn = "learn"

// check finds the benchmark that the arguments name, and refuses flags out of range.
func (c *benchCommand) check(a *cli.App, args []string) error {
	const all = "stream, learn, camera or embed"
	if len(args) != 2 {
		return cli.Usagef("bench takes %s, and what to measure on (embed takes nothing): edgeclr bench learn DIR, edgeclr bench camera VIDEO", all)
	}
	_, known := benchmark.ByName(args[0])
	switch {
	case args[0] == "embed":
		return cli.Usagef("bench embed takes no folder")
	case !known && args[0] != benchLearn:
		return cli.Usagef("bench takes %s, not %q", all, args[0])
	}
	for _, only := range []struct {
		kind  string
		flags []string
	}{{"embed", []string{"runtime", "precision", "rounds"}}, {"stream", []string{"repeats", "buffer"}}, {benchLearn, []string{"variant", "held", "by-cpu"}}, {"camera", cameraOnlyFlags()}} {
		for _, name := range only.flags {
			if a.Given[name] && args[0] != only.kind {
				return cli.Usagef("--%s goes with bench %s only", name, only.kind)
			}
		}
	}
	if a.Given["sizes"] && args[0] != benchLearn {
		return cli.Usagef("--sizes goes with bench learn and bench camera only")
	}
	switch {
	case a.Given["seeds"] && (c.seeds < 1 || c.seeds > 100):
		return cli.Usagef("--seeds %d is not a number from 1 to 100", c.seeds)
	case c.repeats < 1 || c.repeats > 1000:
		return cli.Usagef("--repeats %d is not a number from 1 to 1000", c.repeats)
	case a.Given["buffer"] && (c.buffer < 2 || c.buffer > 10_000_000):
		return cli.Usagef("--buffer %d is not a number from 2 to 10000000", c.buffer)
	case a.Given["batch"] && (c.batch < 2 || c.batch > 4096):
		return cli.Usagef("--batch %d is not a number from 2 to 4096", c.batch)
	case c.minutes < 0 || math.IsNaN(c.minutes) || c.minutes > 1e6:
		return cli.Usagef("--minutes %v is not a time", c.minutes)
	}
	if a.Given["batch"] {
		a.Config.Learn.Batch = c.batch
	}
	return checkSizes(c.sizes)
}

// report reads the pictures and runs the benchmark on those that can be read.
func (c *benchCommand) report(ctx context.Context, a *cli.App, kind benchmark.Kind, target string) (benchmark.Report, error) {
	jpeg := model.NewJPEGDecoder()
	defer jpeg.Close()
	gallery := benchmark.NewGallery(&decode.Decoder{JPEG: jpeg, Limits: limits(a.Config)}, a.Config.ServingSize())
	skipped, err := fill(ctx, a, gallery, target)
	if err != nil {
		return benchmark.Report{}, err
	}
	report, err := c.measure(ctx, a, kind, gallery)
	report.Target, report.Arch = target, a.Config.Model.Arch
	for reason, n := range skipped {
		report.Reasons[reason] += n
		report.Skipped += n
	}
	return report, err
}

// fill reads the pictures of a folder or a scene. It returns how many cannot be read, by
// reason.
func fill(ctx context.Context, a *cli.App, g *benchmark.Gallery, target string) (skipped map[string]int, err error) {
	skipped = map[string]int{}
	skip := func(reason string) { skipped[reason]++ }
	take := func(batch []picture) error {
		for _, p := range batch {
			if err := g.Add(ctx, p.Class, p.data); ctx.Err() != nil {
				return ctx.Err()
			} else if err != nil {
				a.Log.Debug("skipped", "path", p.Path, "error", err)
				skip(decode.Reason(err))
			}
		}
		return nil
	}
	if strings.HasPrefix(target, synthetic) {
		return skipped, eachRendered(target, take)
	}
	return skipped, eachBatch(ctx, a, []string{target}, "reading", skip, take)
}

// measure runs the benchmark.
func (c *benchCommand) measure(ctx context.Context, a *cli.App, kind benchmark.Kind, gallery *benchmark.Gallery) (benchmark.Report, error) {
	b := benchmark.Bench{
		Kind: kind, Gallery: gallery, Seed: a.Config.Model.Seed, Seeds: kind.Seeds, Repeats: c.repeats, Buffer: c.buffer,
		Budget: benchmark.Budget{Limit: time.Duration(c.minutes * float64(time.Minute))},
		// The head learns alone in the first sixth of each round, as in the daemon by default.
		Round: 6 * a.Config.Learn.HeadSteps, Batch: a.Config.Learn.Batch,
		Open: func(ctx context.Context, o benchmark.LearnerOptions) (benchmark.Learner, error) {
			return benchmark.OpenService(ctx, a.Config, a.Log, o)
		},
		Now: time.Now,
	}
	if a.Given["seeds"] {
		b.Seeds = c.seeds
	}
	if a.Given["steps"] {
		b.Budget.Steps = a.Config.Learn.Steps
	}
	progress := newBar(a, benchTicks, "measuring")
	defer progress.done()
	b.OnProgress = func(p benchmark.Progress) {
		progress.describe(fmt.Sprintf("%s, seed %d", p.Variant, p.Seed))
		progress.set(benchTicks * p.Done / p.Total)
	}
	return b.Run(ctx)
}

// benchTicks is the length of the progress bar. The number of frames is not known
// when it begins.
const benchTicks = 1000

// makeFolder makes the folder of the report and checks that it can be written to. A
// command calls it before the work, which may take an hour. It does nothing for "".
func makeFolder(path string) error {
	if path == "" {
		return nil
	}
	if err := os.MkdirAll(path, 0o777); err != nil {
		return atomicfile.Explain(path, err)
	}
	trial, err := os.CreateTemp(path, ".edgeclr-*")
	if err != nil {
		return atomicfile.Explain(path, err)
	}
	trial.Close()
	return os.Remove(trial.Name())
}

// write writes the report into the folder, if one is named.
func (c *benchCommand) write(a *cli.App, name string, report result) error {
	if c.out == "" {
		return nil
	}
	text, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		return err
	}
	plot, err := report.Plot()
	if err != nil {
		return err
	}
	for _, file := range []struct {
		ending string
		data   []byte
	}{{".json", append(text, '\n')}, {".png", plot}} {
		path := filepath.Join(c.out, name+file.ending)
		if _, _, err := atomicfile.Write(path, 0o644, bytes.NewReader(file.data)); err != nil {
			return err
		}
		a.Say("%s", path)
	}
	return nil
}
