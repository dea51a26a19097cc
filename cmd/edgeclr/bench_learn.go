package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"edgeclr/camera/decode"
	"edgeclr/cmd/edgeclr/internal/benchmark"
	"edgeclr/cmd/edgeclr/internal/recipes"
	"edgeclr/cmd/edgeclr/internal/trials"
	"edgeclr/cmd/internal/cli"
	"edgeclr/daemon/client"
	"edgeclr/model"
)

// learnFlags are the flags that only `edgeclr bench learn` has.
type learnFlags struct {
	variants []string
	held     bool
	byCPU    bool
}

func (f *learnFlags) declare(fs *pflag.FlagSet) {
	fs.StringArrayVar(&f.variants, "variant", nil, `in learn: a way to learn, "NAME:key=value key=value" with keys of the configuration; repeatable (default "recipe", as configured)`)
	fs.BoolVar(&f.held, "held", false, "in learn: evaluate on a third of the pictures that is held out, instead of all")
	fs.BoolVar(&f.byCPU, "by-cpu", false, "in learn: count the minutes by the processor time of two cores, so that other programs only delay a run")
}

const (
	learnMinutes = 15 // default of --minutes
	learnSeeds   = 3  // default of --seeds
)

// learn compares recipes at equal time.
func (c *benchCommand) learn(ctx context.Context, a *cli.App, target string) (err error) {
	b := recipes.Bench{Seed: a.Config.Model.Seed, Seeds: learnSeeds, Sizes: c.sizes, Held: c.held, ByCPU: c.byCPU, Log: a.Log, Now: time.Now, Say: a.Say}
	if a.Given["seeds"] {
		b.Seeds = c.seeds
	}
	if !a.Given["minutes"] {
		c.minutes = learnMinutes
	}
	slices.Sort(c.sizes)
	b.Limit = time.Duration(c.minutes * float64(time.Minute))
	if b.Limit <= 0 {
		return cli.Usagef("--minutes %v: bench learn compares at equal time; give a time above 0", c.minutes)
	}
	if b.Variants, err = c.parseVariants(a); err != nil {
		return err
	}
	if strings.HasPrefix(target, synthetic) {
		if c.held {
			return cli.Usagef("--held goes with a folder: of a scene, the pictures of the evaluation are never learned from")
		}
		b.Scene = target
	}
	jpeg := model.NewJPEGDecoder()
	defer jpeg.Close()
	b.Gallery = benchmark.NewGallery(&decode.Decoder{JPEG: jpeg, Limits: limits(a.Config)}, c.allSizes(b.Variants)...)
	skipped, err := fill(ctx, a, b.Gallery, target)
	if err != nil {
		return err
	}
	if b.Program, err = programHash(); err != nil {
		return err
	}
	if b.Table, err = trials.Open(c.out, benchLearn, c.settings(a, b)); err != nil {
		return asUsage(err)
	}
	defer func() { err = errors.Join(err, b.Table.Close()) }()
	report, err := c.compare(ctx, a, &b, target)
	if err != nil {
		return err
	}
	for reason, n := range skipped {
		report.Reasons[reason] += n
		report.Skipped += n
	}
	return c.finish(a, report.Benchmark, report, report.Skipped, report.Pictures)
}

// asUsage makes a wrong command line of settings that differ from those of the table.
func asUsage(err error) error {
	if errors.Is(err, trials.ErrSettings) {
		return cli.Usagef("%v", err)
	}
	return err
}

// parseVariants reads the variants. A variant is checked like the configuration.
func (c *benchCommand) parseVariants(a *cli.App) (list []recipes.Variant, err error) {
	if len(c.variants) == 0 {
		c.variants = []string{recipes.Unchanged}
	}
	seen := map[string]bool{}
	for _, text := range c.variants {
		v, err := recipes.ParseVariant(text, a.Config)
		if err != nil {
			return nil, cli.Usagef("--variant: %v", err)
		}
		if seen[v.Name] {
			return nil, cli.Usagef("--variant: there are two variants with the name %s", v.Name)
		}
		seen[v.Name] = true
		list = append(list, v)
	}
	return list, nil
}

// allSizes are all sizes at which pictures are evaluated.
func (c *benchCommand) allSizes(variants []recipes.Variant) []int {
	sizes := append([]int(nil), c.sizes...)
	for _, v := range variants {
		sizes = append(sizes, v.Config.ServingSize())
	}
	return sizes
}

// settings are what the results of the table depend on, besides variant and seed.
func (c *benchCommand) settings(a *cli.App, b recipes.Bench) map[string]string {
	settings := recipes.BaseSettings(a.Config)
	settings["scene"] = b.Scene
	settings["pictures"] = b.Gallery.Fingerprint()
	settings["minutes"] = fmt.Sprint(c.minutes)
	settings["sizes"] = fmt.Sprint(c.sizes)
	settings["held"] = fmt.Sprint(c.held)
	if c.byCPU { // tables of before lack the key
		settings["clock"] = "processor time of two cores"
	}
	return settings
}

// compare runs the trials that are missing, and reports on all of the table.
func (c *benchCommand) compare(ctx context.Context, a *cli.App, b *recipes.Bench, target string) (recipes.Report, error) {
	progress := newBar(a, benchTicks, "measuring")
	b.OnProgress = func(p recipes.Progress) {
		progress.describe(fmt.Sprintf("%s, seed %d", p.Variant, p.Seed))
		progress.set(int(benchTicks * p.Learned / p.Total))
	}
	list, err := b.Run(ctx)
	progress.done()
	if recipes.IsTooFew(err) {
		return recipes.Report{}, fmt.Errorf("%w: %s: %w", client.ErrNothingFound, target, err)
	}
	if err != nil {
		if c.out != "" && ctx.Err() != nil {
			a.Say("what is finished is kept in %s; the same command goes on with it", c.out)
		}
		return recipes.Report{}, asUsage(err)
	}
	report := recipes.NewReport(list)
	report.Target, report.Pictures, report.Classes, report.Minutes, report.Held = target, b.Gallery.Len(), b.Gallery.CountClasses(), c.minutes, c.held
	return report, nil
}

// programHash tells builds of this program apart: the begin of its SHA-256.
func programHash() (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", err
	}
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil))[:12], nil
}

// checkSizes refuses sizes that an encoder cannot have.
func checkSizes(sizes []int) error {
	if len(sizes) == 0 {
		return cli.Usagef("--sizes takes one size or more, as in --sizes 96,160,224")
	}
	for _, size := range sizes {
		if size < 32 || size > 512 {
			return cli.Usagef("--sizes: %d is not a number from 32 to 512", size)
		}
	}
	return nil
}
