package benchmark

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"
)

// Print writes the report for a person.
func (r Report) Print(w io.Writer) {
	fmt.Fprintf(w, "%s of %s: %d frames of %d pictures, %d others held out, %d classes; %s a run, %s\n", r.Benchmark, r.Target,
		r.Frames, r.Pictures-r.Held, r.Held, r.Classes, r.budget(), counted(len(r.Variants[0].Runs), "seed"))
	r.printScores(w)
	r.printForgetting(w)
	r.printSeeds(w)
	for _, reason := range slices.Sorted(maps.Keys(r.Reasons)) {
		fmt.Fprintf(w, "  %d %s\n", r.Reasons[reason], reason)
	}
}

func (r Report) budget() string {
	switch {
	case r.Steps == 0:
		return fmt.Sprintf("%v minutes of learning", r.Minutes)
	case r.Minutes == 0:
		return counted(r.Steps, "step")
	}
	return fmt.Sprintf("%s or %v minutes of learning", counted(r.Steps, "step"), r.Minutes)
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// printScores compares the variants at the end of their runs.
func (r Report) printScores(w io.Writer) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "\ttop-1\tchange\tprecision@10\tkNN-20\n")
	for _, o := range r.Variants {
		change := "-"
		if !o.Frozen {
			change = o.Change.text("%+.4f")
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", o.Name, o.Top1.text("%.4f"), change, o.P10.text("%.4f"), o.KNN20.text("%.4f"), o.Describe)
	}
	_ = table.Flush()
}

// printForgetting follows the first classes, where frames came class after class.
func (r Report) printForgetting(w io.Writer) {
	first := r.Variants[0].Runs[0].Forgetting
	if first == nil {
		return
	}
	fmt.Fprintf(w, "\ntop-1 of what came first (%d of %d classes)\n", first.Classes, r.Classes)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "\tpretrained\twhen seen\tat the end\tend - seen\n")
	for _, o := range r.Variants {
		f := o.forgetting()
		if f == nil {
			continue
		}
		fmt.Fprintf(table, "%s\t%.4f\t%.4f\t%.4f\t%+.4f\n", o.Name, f.Pretrained, f.Seen, f.End, f.Change)
	}
	_ = table.Flush()
}

// forgetting is the mean of the runs, nil where there was no order.
func (o Outcome) forgetting() *Forgetting {
	var mean Forgetting
	share := 1 / float64(len(o.Runs))
	for _, r := range o.Runs {
		f := r.Forgetting
		if f == nil {
			return nil
		}
		mean.Classes = f.Classes
		mean.Pretrained += share * f.Pretrained
		mean.Seen += share * f.Seen
		mean.End += share * f.End
		mean.Change += share * f.Change
	}
	return &mean
}

// printSeeds shows each seed, when there are several.
func (r Report) printSeeds(w io.Writer) {
	before := r.Variants[0].Runs
	if len(before) < 2 {
		return
	}
	fmt.Fprintln(w)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "top-1 by seed")
	for _, o := range r.Variants {
		fmt.Fprintf(table, "\t%s", o.Name)
	}
	fmt.Fprintln(table)
	for i, run := range before {
		fmt.Fprintf(table, "%d", run.Seed)
		for _, o := range r.Variants {
			fmt.Fprintf(table, "\t%.4f", o.Runs[i].last().Top1)
		}
		fmt.Fprintln(table)
	}
	_ = table.Flush()
}
