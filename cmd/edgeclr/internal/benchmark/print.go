package benchmark

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"

	"edgeclr/cmd/edgeclr/internal/chart"
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

// printForgetting compares the top-1 of the first classes when they were seen and at the
// end. It prints nothing for a benchmark whose frames come in random order.
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

// forgetting is the mean over the runs. It is nil for a variant whose frames came
// in random order.
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

// printSeeds shows each seed, if there are several.
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

// Plot draws as PNG top-1 over the number of frames.
func (r Report) Plot() ([]byte, error) {
	title := fmt.Sprintf("%s of %s: %s, %d px", r.Benchmark, r.Target, r.Arch, r.Size)
	return chart.Lines{Title: title, X: "frames", Y: "leave-one-out top-1 of held-out pictures", Series: r.series()}.PNG()
}

func (r Report) series() []chart.Series {
	var all []chart.Series
	for _, o := range r.Variants {
		s := chart.Series{Name: o.Name}
		for _, run := range o.Runs {
			var line []chart.XY
			for _, p := range run.Points {
				line = append(line, chart.XY{X: float64(p.Frames), Y: p.Top1})
			}
			s.Lines = append(s.Lines, line)
		}
		all = append(all, s)
	}
	return all
}
