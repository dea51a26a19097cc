package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/pflag"

	"edgeclr/cmd/edgeclr/internal/trials"
	"edgeclr/cmd/internal/cli"
)

// evalCommand measures an encoder on pictures whose classes are known: from the
// names of their folders, or from a synthetic scene.
type evalCommand struct {
	cli.ModelFlags
	blendFlags
	sizes []int
}

// evalReport is the command's result. Each picture is compared with all others, not
// with itself (leave-one-out).
type evalReport struct {
	Images  int `json:"images"`
	Classes int `json:"classes"`
	scores
	Top5    float64 `json:"top5"`
	KNN20   float64 `json:"knn20"`
	Runtime string  `json:"runtime"` // what computed the vectors

	// Sizes has the frozen encoder at the sizes that were asked for, the smallest first.
	// The differences are those to the last one.
	Sizes     []scores         `json:"sizes,omitempty"`
	Top1Above *trials.Estimate `json:"top1_above,omitempty"`
	P10Above  *trials.Estimate `json:"p10_above,omitempty"`
	Skipped   int              `json:"skipped"`
	Reasons   map[string]int   `json:"reasons"`
}

// scores are those of one encoder, with their standard errors.
type scores struct {
	Checkpoint string  `json:"checkpoint"`
	Size       int     `json:"size"` // serving size, in pixels
	Top1       float64 `json:"top1"`
	Top1SE     float64 `json:"top1_se"`
	P10        float64 `json:"p10"`
	P10SE      float64 `json:"p10_se"`
}

func (c *evalCommand) Flags(fs *pflag.FlagSet) {
	c.blendFlags.declare(fs, "")
	fs.IntSliceVar(&c.sizes, "sizes", nil, "also the frozen encoder, from which training began, at these sizes in pixels: --sizes 96,160,224")
}

func (c *evalCommand) Run(ctx context.Context, a *cli.App, args []string) error {
	if len(args) != 1 {
		return cli.Usagef("eval takes one folder of class folders: edgeclr eval DIR")
	}
	if err := c.blendFlags.check(a); err != nil {
		return err
	}
	if a.Given["sizes"] {
		if err := checkSizes(c.sizes); err != nil {
			return err
		}
		slices.Sort(c.sizes)
		c.sizes = slices.Compact(c.sizes)
	}
	if !strings.HasPrefix(args[0], synthetic) {
		if err := haveFiles(ctx, args[0]); err != nil {
			return err
		}
	}
	var report evalReport
	err := withEmbedder(ctx, a, c.Checkpoint, c.blendFlags, func(main chosen) error {
		return withFrozen(ctx, a, main, c.sizes, func(frozen []sized) error {
			all, err := evaluate(ctx, a, append([]sized{{main, main.size}}, frozen...), args[0], 1)
			if err == nil {
				report = newEvalReport(all)
			}
			return err
		})
	})
	if err != nil {
		return err
	}
	err = a.Result(report, func(w io.Writer) { report.print(w) })
	if err == nil && report.Skipped > 0 {
		return fmt.Errorf("%w: %d of %d files were skipped", cli.ErrPartly, report.Skipped, report.Images+report.Skipped)
	}
	return err
}

// withFrozen calls use with the root of an encoder at each of these sizes.
func withFrozen(ctx context.Context, a *cli.App, main chosen, sizes []int, use func(frozen []sized) error) error {
	if len(sizes) == 0 {
		return use(nil)
	}
	set, checkpoint, err := main.root(ctx)
	if err != nil {
		return fmt.Errorf("--sizes needs the encoder that training began from: %w", err)
	}
	var list []sized
	var next func(sizes []int) error
	next = func(sizes []int) error {
		if len(sizes) == 0 {
			return use(list)
		}
		n := frozen(set, checkpoint, sizes[0])
		n.float = true // int8 would need pictures to calibrate on
		return withLocal(ctx, a, n, func(e localEmbedder) error {
			list = append(list, sized{e, sizes[0]})
			return next(sizes[1:])
		})
	}
	return next(sizes)
}

// newEvalReport makes the report of evaluations: first what was asked for, then the frozen
// encoder at each size.
func newEvalReport(e evaluation) evalReport {
	main := e.results[0]
	r := evalReport{Images: main.all.Images, Classes: main.all.Classes, scores: main.scores(), Top5: main.all.Top5, KNN20: main.all.KNN20, Runtime: main.runtime,
		Skipped: e.skipped(), Reasons: e.reasons}
	for _, frozen := range e.results[1:] {
		r.Sizes = append(r.Sizes, frozen.scores())
	}
	if len(r.Sizes) > 0 {
		top1, p10 := main.above(e.results[len(r.Sizes)])
		r.Top1Above, r.P10Above = &top1, &p10
	}
	return r
}

func (r evalReport) print(w io.Writer) {
	fmt.Fprintf(w, "%d images of %d classes, checkpoint %s, leave-one-out\n", r.Images, r.Classes, r.Checkpoint)
	fmt.Fprintf(w, "top-1 %.4f  top-5 %.4f  precision@10 %.4f  kNN-20 %.4f\n", r.Top1, r.Top5, r.P10, r.KNN20)
	if len(r.Sizes) > 0 {
		r.printSizes(w)
	}
	printReasons(w, r.Reasons)
}

// printSizes compares what was asked for with the frozen encoder.
func (r evalReport) printSizes(w io.Writer) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(name string, s scores) {
		fmt.Fprintf(table, "%s\t%d px\t%.4f ±%.4f\t%.4f ±%.4f\n", name, s.Size, s.Top1, s.Top1SE, s.P10, s.P10SE)
	}
	fmt.Fprintf(table, "\t\ttop-1\tprecision@10\n")
	for _, s := range r.Sizes {
		row("frozen, "+s.Checkpoint, s)
	}
	row(r.Checkpoint, r.scores)
	_ = table.Flush()
	fmt.Fprintf(w, "%s above the frozen encoder at %d px: top-1 %+.4f ±%.4f, precision@10 %+.4f ±%.4f (± paired standard error)\n",
		r.Checkpoint, r.Sizes[len(r.Sizes)-1].Size, r.Top1Above.Value, r.Top1Above.SE, r.P10Above.Value, r.P10Above.SE)
}
