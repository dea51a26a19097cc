package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"sort"
	"strings"

	"github.com/spf13/pflag"

	"edgeclr/cmd/internal/cli"
	"edgeclr/daemon/client"
	"edgeclr/search"
)

// evalCommand measures an encoder on pictures whose classes are known: from the
// names of their folders, or from a synthetic scene.
type evalCommand struct {
	cli.ModelFlags
	blendFlags
}

// evalReport is the command's result. Each picture is compared with all others, not
// with itself (leave-one-out).
type evalReport struct {
	Images     int            `json:"images"`
	Classes    int            `json:"classes"`
	Top1       float64        `json:"top1"`
	Top5       float64        `json:"top5"`
	P10        float64        `json:"p10"`
	KNN20      float64        `json:"knn20"`
	Checkpoint string         `json:"checkpoint"`
	Runtime    string         `json:"runtime"` // what computed the vectors
	Skipped    int            `json:"skipped"`
	Reasons    map[string]int `json:"reasons"`
}

func (c *evalCommand) Flags(fs *pflag.FlagSet) { c.blendFlags.declare(fs, "") }

func (c *evalCommand) Run(ctx context.Context, a *cli.App, args []string) error {
	if len(args) != 1 {
		return cli.Usagef("eval takes one folder of class folders: edgeclr eval DIR")
	}
	if err := c.blendFlags.check(a); err != nil {
		return err
	}
	if !strings.HasPrefix(args[0], synthetic) {
		if err := haveFiles(ctx, args[0]); err != nil {
			return err
		}
	}
	var report evalReport
	err := withEmbedder(ctx, a, c.Checkpoint, c.blendFlags, func(e embedder) (err error) {
		report, err = evaluate(ctx, a, e, args[0])
		return err
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

func (r evalReport) print(w io.Writer) {
	fmt.Fprintf(w, "%d images of %d classes, checkpoint %s, leave-one-out\n", r.Images, r.Classes, r.Checkpoint)
	fmt.Fprintf(w, "top-1 %.4f  top-5 %.4f  precision@10 %.4f  kNN-20 %.4f\n", r.Top1, r.Top5, r.P10, r.KNN20)
	printReasons(w, r.Reasons)
}

// evaluate computes the vectors of a folder or a synthetic scene and scores them.
func evaluate(ctx context.Context, a *cli.App, e embedder, target string) (evalReport, error) {
	report := evalReport{Reasons: map[string]int{}}
	var vectors [][]float32
	var classes []string
	take := func(batch []picture) error {
		answer, err := e.embed(ctx, toSend(batch))
		if err != nil {
			return err
		}
		report.Checkpoint, report.Runtime = answer.Checkpoint, answer.Runtime
		for i, one := range answer.Vectors {
			if one.Reason != "" {
				report.skip(one.Reason)
				continue
			}
			vectors, classes = append(vectors, one.Vector), append(classes, batch[i].Class)
		}
		return nil
	}
	var err error
	if strings.HasPrefix(target, synthetic) {
		err = eachRendered(target, take)
	} else {
		err = eachBatch(ctx, a, []string{target}, "evaluating", report.skip, take)
	}
	if err != nil {
		return report, err
	}
	numbers, distinct := numbered(classes)
	if distinct < 2 {
		return report, fmt.Errorf("%w: eval needs pictures in two class folders or more, and %s has %d pictures in %d",
			client.ErrNothingFound, target, len(vectors), distinct)
	}
	scores, err := search.LeaveOneOut(ctx, vectors, numbers, runtime.NumCPU())
	report.Images, report.Classes = len(vectors), distinct
	report.Top1, report.Top5, report.P10, report.KNN20 = scores.Top1, scores.Top5, scores.P10, scores.KNN20
	return report, err
}

func (r *evalReport) skip(reason string) {
	r.Skipped++
	r.Reasons[reason]++
}

// numbered replaces class names by numbers, in alphabetical order.
func numbered(classes []string) (numbers []int, distinct int) {
	index := map[string]int{}
	for _, c := range classes {
		index[c] = 0
	}
	names := make([]string, 0, len(index))
	for c := range index {
		names = append(names, c)
	}
	sort.Strings(names)
	for i, c := range names {
		index[c] = i
	}
	numbers = make([]int, len(classes))
	for i, c := range classes {
		numbers[i] = index[c]
	}
	return numbers, len(names)
}
