package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"edgeclr/camera/decode"
	"edgeclr/cmd/edgeclr/internal/fixedcamera"
	"edgeclr/cmd/internal/cli"
	"edgeclr/internal/atomicfile"
	"edgeclr/model"
)

// cameraFlags are the flags that only `edgeclr bench camera` has.
type cameraFlags struct {
	frames int
	apart  time.Duration
	truth  string
	dump   string
	all    bool
}

func (c *cameraFlags) declare(fs *pflag.FlagSet) {
	fs.IntVar(&c.frames, "frames", fixedcamera.DefaultFrames, "in camera: frames to evaluate, at most")
	fs.DurationVar(&c.apart, "apart", 0, "in camera: time between frames of different moments (default 2s, or five frames of a slower camera)")
	fs.StringVar(&c.truth, "truth", "", "in camera: CSV file of frame names and true numbers, like how many people are there")
	fs.StringVar(&c.dump, "dump", "", "in camera: folder in which to write the frames, the truth and the vectors")
	fs.BoolVar(&c.all, "all", false, "in camera: evaluate each checkpoint also alone and with other shares of the join")
}

// cameraOnlyFlags are the names of cameraFlags.
func cameraOnlyFlags() []string { return []string{"frames", "apart", "truth", "dump", "all"} }

// camera measures on a fixed camera.
func (c *benchCommand) camera(ctx context.Context, a *cli.App, args []string) (err error) {
	if err := c.checkCamera(a, args); err != nil {
		return err
	}
	if err := makeFolder(c.out); err != nil {
		return err
	}
	if !a.Given["log-level"] && !a.Quiet {
		a.Config.Log.Level = "warn" // the daemon's log would only disturb here
		if err := a.SetLog(); err != nil {
			return err
		}
	}
	jpeg := model.NewJPEGDecoder()
	defer jpeg.Close()
	b := fixedcamera.Bench{Config: a.Config, Log: a.Log, Decoder: &decode.Decoder{JPEG: jpeg, Limits: limits(a.Config)}, Target: args[0],
		Sizes: c.sizes, Frames: c.frames, Apart: c.apart, Minutes: c.minutes, Seeds: max(c.seeds, fixedcamera.DefaultSeeds), Seed: a.Config.Model.Seed,
		All: c.all, Dump: c.dump}
	if !a.Given["minutes"] {
		b.Minutes = fixedcamera.DefaultMinutes
	}
	if c.truth != "" {
		if b.Table, err = fixedcamera.ReadTable(c.truth); err != nil {
			return err
		}
	}
	if err := c.cameraTable(&b); err != nil {
		return err
	}
	reading := newBar(a, 0, "reading")
	reader := fixedcamera.Reader{Decoder: b.Decoder, Most: c.frames, OnFrame: func(n int) { reading.set(n) }}
	b.Clip, err = reader.Read(ctx, args[0])
	reading.done()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Clip.Close()) }()
	progress := newBar(a, benchTicks, "measuring")
	b.OnProgress = func(what string, done float64) {
		progress.describe(what)
		progress.set(int(benchTicks * done))
	}
	report, err := b.Run(ctx)
	progress.done()
	if errors.Is(err, fixedcamera.ErrOtherSettings) {
		return cli.Usagef("%v", err)
	}
	if err != nil {
		return err
	}
	if err := a.Result(report, report.Print); err != nil {
		return err
	}
	if report.Skipped > 0 {
		return fmt.Errorf("%w: %d of %d files were skipped", cli.ErrPartly, report.Skipped, report.Frames+report.Skipped)
	}
	return nil
}

// checkCamera refuses what makes no sense.
func (c *benchCommand) checkCamera(a *cli.App, args []string) error {
	for _, name := range []string{"repeats", "buffer", "batch", "runtime", "precision", "rounds", "variant", "held", "by-cpu"} {
		if a.Given[name] {
			return cli.Usagef("--%s does not go with bench camera", name)
		}
	}
	switch {
	case len(args) != 1:
		return cli.Usagef("bench camera takes a video, a folder of one camera's pictures, or a scene: edgeclr bench camera VIDEO")
	case a.Given["seeds"] && (c.seeds < 1 || c.seeds > 100):
		return cli.Usagef("--seeds %d is not a number from 1 to 100", c.seeds)
	case c.minutes < 0 || math.IsNaN(c.minutes) || c.minutes > 1e6:
		return cli.Usagef("--minutes %v is not a time", c.minutes)
	case c.frames < 2*fixedcamera.Nearest || c.frames > 10_000:
		return cli.Usagef("--frames %d is not a number from %d to 10000", c.frames, 2*fixedcamera.Nearest)
	case c.apart < 0:
		return cli.Usagef("--apart %v is not a time", c.apart)
	}
	return checkSizes(c.sizes)
}

// cameraTable lets the benchmark go on with the report in the folder --out, and save its
// own there.
func (c *benchCommand) cameraTable(b *fixedcamera.Bench) error {
	if c.out == "" {
		return nil
	}
	name := strings.TrimPrefix(b.Target, synthetic)
	name = filepath.Base(strings.TrimSuffix(name, filepath.Ext(name)))
	file := filepath.Join(c.out, "camera-"+name+".json")
	text, err := os.ReadFile(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	default:
		b.Begun = &fixedcamera.Report{}
		if err := json.Unmarshal(text, b.Begun); err != nil {
			return fmt.Errorf("%s holds no report to go on with; delete it: %w", file, err)
		}
	}
	b.Save = func(r fixedcamera.Report) error {
		text, err := json.MarshalIndent(r, "", "  ")
		if err != nil {
			return err
		}
		_, _, err = atomicfile.Write(file, 0o644, bytes.NewReader(append(text, '\n')))
		return err
	}
	return nil
}
