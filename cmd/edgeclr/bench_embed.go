package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"edgeclr/camera/rgb"
	"edgeclr/cmd/edgeclr/internal/timing"
	"edgeclr/cmd/internal/cli"
	"edgeclr/config"
	"edgeclr/daemon/blend"
	"edgeclr/daemon/serving"
	"edgeclr/model"
	"edgeclr/model/arch"
	"edgeclr/model/weights"
)

// embedFlags are the flags that only `edgeclr bench embed` has.
type embedFlags struct {
	runtime, precision string
	rounds             int
}

// learningFlags are those that `edgeclr bench embed` does not have.
func learningFlags() []string {
	return append([]string{"seeds", "steps", "minutes", "repeats", "buffer", "out", "sizes", "variant", "held", "by-cpu"}, cameraOnlyFlags()...)
}

// embed times the encoders of all architectures, at two sizes, by all runtimes.
func (c *benchCommand) embed(ctx context.Context, a *cli.App) error {
	b, err := c.embedBench(a)
	if err != nil {
		return err
	}
	sets := map[string]weights.Set{}
	sources := map[string]string{}
	for _, name := range b.Archs {
		if sets[name], sources[name], err = benchWeights(a.Config, name); err != nil {
			return err
		}
	}
	opener := blend.Configured(a.Config)
	// The time does not depend on the pictures that int8 is calibrated on.
	opener.Calibration = func(_ context.Context, n, size int) []*rgb.Image { return timing.Squares(n, size) }
	b.Open = func(ctx context.Context, k timing.Case) (timing.Encoder, string, error) {
		id := blend.Identity{Arch: k.Arch, Size: k.Size, Runtime: k.Runtime, Precision: k.Precision, Accelerator: a.Config.Model.Accelerator}
		if k.Runtime == config.RuntimeTensorFlow {
			id.Accelerator = config.AcceleratorCPU
		}
		read := func() (weights.Set, error) { return sets[k.Arch], nil }
		e, err := opener.Open(ctx, id, blend.Halves{Adapted: read, Pretrained: read})
		var cannot *blend.RuntimeError
		if errors.As(err, &cannot) {
			return nil, "", fmt.Errorf("%w: %w", timing.ErrSkip, cannot.Err)
		}
		if err != nil {
			return nil, "", err
		}
		return e, e.Report().Accelerator, nil
	}
	progress := newBar(a, benchTicks, "measuring")
	b.OnProgress = func(done, total int, text string) {
		progress.describe(text)
		progress.set(benchTicks * done / total)
	}
	report, err := b.Run(ctx)
	progress.done()
	if err != nil {
		return err
	}
	report.Threads, report.Weights = a.Config.Model.Threads, sources
	if err := a.Result(report, report.Print); err != nil {
		return err
	}
	if len(report.Results) == 0 {
		return errors.New("no encoder could be timed; the reasons are above")
	}
	return nil
}

// embedBench says what to time: all there is, or what the flags name.
func (c *benchCommand) embedBench(a *cli.App) (timing.Bench, error) {
	b := timing.Bench{Archs: arch.Names(), Sizes: []int{96, 224}, Batches: []int{1, 8}, Rounds: c.rounds, Now: time.Now}
	for _, name := range learningFlags() {
		if a.Given[name] {
			return b, cli.Usagef("--%s does not go with bench embed, which learns nothing", name)
		}
	}
	if a.Given["arch"] {
		b.Archs = []string{a.Config.Model.Arch}
	}
	if a.Given["size"] {
		b.Sizes = []int{a.Config.ServingSize()}
	}
	if a.Given["batch"] {
		b.Batches = []int{c.batch}
	}
	for _, w := range []timing.Way{
		{Runtime: config.RuntimeLiteRT, Precision: config.PrecisionFloat},
		{Runtime: config.RuntimeLiteRT, Precision: config.PrecisionInt8},
		{Runtime: config.RuntimeTensorFlow, Precision: config.PrecisionFloat},
	} {
		if (c.runtime == "" || c.runtime == w.Runtime) && (c.precision == "" || c.precision == w.Precision) {
			b.Ways = append(b.Ways, w)
		}
	}
	switch {
	case len(b.Ways) == 0:
		return b, cli.Usagef("no encoder runs so (%s): give --runtime litert with --precision float or int8, or --runtime tensorflow with float",
			strings.Join(wish(c.runtime, c.precision), ", "))
	case c.rounds < 1 || c.rounds > 10_000:
		return b, cli.Usagef("--rounds %d is not a number from 1 to 10000", c.rounds)
	case a.Given["batch"] && (c.batch < 1 || c.batch > 1024):
		return b, cli.Usagef("--batch %d is not a number from 1 to 1024", c.batch)
	}
	return b, nil
}

// wish repeats the flags that were given.
func wish(runtime, precision string) (flags []string) {
	if runtime != "" {
		flags = append(flags, "--runtime "+runtime)
	}
	if precision != "" {
		flags = append(flags, "--precision "+precision)
	}
	return flags
}

// benchWeights reads the weights of an architecture. The file that the configuration names belongs to the configured one.
// Others get random weights when they have no file: the time depends little on them.
func benchWeights(cfg config.Config, name string) (set weights.Set, source string, err error) {
	if name != cfg.Model.Arch {
		cfg.Model.Arch, cfg.Model.Weights = name, ""
	}
	set, source, err = serving.Pretrained(cfg)
	if err != nil && cfg.Model.Weights == "" { // $EDGECLR_WEIGHTS holds another architecture
		a, err := arch.Get(name)
		if err != nil {
			return nil, "", err
		}
		return model.Random(a, cfg.Model.Seed), "random", nil
	}
	if source == "" {
		source = "random"
	}
	return set, source, err
}
