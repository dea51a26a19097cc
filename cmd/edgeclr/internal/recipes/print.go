package recipes

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
	fmt.Fprintf(w, "learn of %s: leave-one-out on %d of %d pictures, %d classes; %v minutes of learning a run\n", r.Target, r.Evaluated, r.Pictures, r.Classes, r.Minutes)
	r.printFrozen(w)
	r.printVariants(w)
	r.printBlends(w)
	r.printJudge(w)
	r.printWorst(w)
	if len(r.Programs) > 1 {
		fmt.Fprintf(w, "The trials were measured by %d builds of the program: %v.\n", len(r.Programs), r.Programs)
	}
	for _, reason := range slices.Sorted(maps.Keys(r.Reasons)) {
		fmt.Fprintf(w, "  %d %s\n", r.Reasons[reason], reason)
	}
}

func (r Report) printFrozen(w io.Writer) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "\nfrozen encoder\ttop-1\tprecision@10\n")
	for _, f := range r.Frozen {
		fmt.Fprintf(table, "%d px\t%.4f ±%.4f\t%.4f ±%.4f\n", f.Size, f.Top1.Value, f.Top1.SE, f.P10.Value, f.P10.SE)
	}
	_ = table.Flush()
}

// printVariants shows medians over the seeds.
func (r Report) printVariants(w io.Writer) {
	fmt.Fprintf(w, "\nwhat serves at the end, and its difference to the frozen encoder at %d px (medians over the seeds; ± paired standard error)\n", r.Baseline)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "\tseeds\tpx\ttop-1\tdifference\tlowest\tprecision@10\tdifference\tlowest\tpromoted\tsteps\tviews/s\tcpu s\t\n")
	for _, o := range r.Variants {
		fmt.Fprintf(table, "%s\t%d\t%d\t%.4f\t%+.4f ±%.4f\t%+.4f\t%.4f\t%+.4f ±%.4f\t%+.4f\t%g\t%g\t%.0f\t%.0f\t%s\n", o.Name, len(o.Runs), o.Runs[0].Size,
			o.Top1.Median, o.Above.Median, o.Above.SE, o.Above.Lowest, o.P10.Median, o.Ten.Median, o.Ten.SE, o.Ten.Lowest,
			o.Promoted, o.Steps, o.ViewsPerS, o.CPU, settingsText(o.Settings))
	}
	_ = table.Flush()
}

// printBlends shows what the last checkpoint would reach with each blend.
func (r Report) printBlends(w io.Writer) {
	fmt.Fprintf(w, "\nthe last candidate, promoted or not, with each blend: difference of top-1 / precision@10, medians\n")
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, b := range r.Variants[0].Blends {
		fmt.Fprintf(table, "\t%s", blendText(b.Blend, b.Share))
	}
	fmt.Fprintln(table)
	for _, o := range r.Variants {
		fmt.Fprint(table, o.Name)
		for _, b := range o.Blends {
			fmt.Fprintf(table, "\t%+.4f / %+.4f", b.Above, b.Ten)
		}
		fmt.Fprintln(table)
	}
	_ = table.Flush()
}

func blendText(blend string, share float64) string {
	if share == 0 {
		return blend
	}
	return fmt.Sprintf("%s %g", blend, share)
}

func (r Report) printJudge(w io.Writer) {
	if len(r.Judge) == 0 {
		return
	}
	fmt.Fprintf(w, "\nthe judge's candidates against what served at that moment, by labels\n")
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "\tcandidates\tprecision@10 rose in\ttop-1 did not fall in\tmean\n")
	for _, j := range r.Judge {
		fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%+.4f / %+.4f\n", j.Verdict, j.Candidates, j.P10Rose, j.Top1Kept, j.Top1, j.P10)
	}
	_ = table.Flush()
}

func (r Report) printWorst(w io.Writer) {
	if r.Worst.Served == 0 {
		fmt.Fprintf(w, "\nNothing was promoted.\n")
		return
	}
	rule := fmt.Sprintf("below the frozen encoder at %d px by more than 1 point of top-1 or two standard errors", r.Baseline)
	lowest := fmt.Sprintf("%+.4f ±%.4f: %s, seed %d, %s", r.Worst.Above.Value, r.Worst.Above.SE, r.Worst.Variant, r.Worst.Seed, r.Worst.Checkpoint)
	if r.Worst.NeverBelow {
		fmt.Fprintf(w, "\nNone of the %d checkpoints that were promoted is %s (lowest: %s).\n", r.Worst.Served, rule, lowest)
		return
	}
	fmt.Fprintf(w, "\nA checkpoint that was promoted is %s (lowest of %d: %s).\n", rule, r.Worst.Served, lowest)
}

// Plot draws as PNG the top-1 of what serves at the end, by seed, beside the baseline.
func (r Report) Plot() ([]byte, error) {
	bars := chart.Bars{Title: fmt.Sprintf("learn of %s: %v minutes", r.Target, r.Minutes), Y: "leave-one-out top-1"}
	seeds := 0
	for _, o := range r.Variants {
		seeds = max(seeds, len(o.Runs))
	}
	frozen := chart.BarKind{Name: fmt.Sprintf("frozen, %d px", r.Baseline)}
	for n := range seeds {
		bars.Groups = append(bars.Groups, fmt.Sprintf("run %d", n+1))
		frozen.Values = append(frozen.Values, r.Frozen[len(r.Frozen)-1].Top1.Value)
	}
	bars.Kinds = append(bars.Kinds, frozen)
	for _, o := range r.Variants {
		kind := chart.BarKind{Name: o.Name, Values: make([]float64, seeds)}
		for n, t := range o.Runs {
			kind.Values[n] = t.last().Serves.Top1
		}
		bars.Kinds = append(bars.Kinds, kind)
	}
	return bars.PNG()
}
