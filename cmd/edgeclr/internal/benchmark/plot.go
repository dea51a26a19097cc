package benchmark

import (
	"fmt"

	"edgeclr/cmd/edgeclr/internal/chart"
)

// Plot draws the report as PNG: top-1 against frames when the learners were
// examined on the way, else the seeds side by side.
func (r Report) Plot() ([]byte, error) {
	title := fmt.Sprintf("%s of %s: %s, %d px", r.Benchmark, r.Target, r.Arch, r.Size)
	const y = "leave-one-out top-1 of held-out pictures"
	if r.Variants[len(r.Variants)-1].Runs[0].between() {
		return chart.Lines{Title: title, X: "frames", Y: y, Series: r.series()}.PNG()
	}
	bars := chart.Bars{Title: title, Y: y}
	for _, run := range r.Variants[0].Runs {
		bars.Groups = append(bars.Groups, fmt.Sprintf("seed %d", run.Seed))
	}
	for _, o := range r.Variants {
		kind := chart.BarKind{Name: o.Name}
		for _, run := range o.Runs {
			kind.Values = append(kind.Values, run.last().Top1)
		}
		bars.Kinds = append(bars.Kinds, kind)
	}
	return bars.PNG()
}

// between tells whether there are examinations between the first and the last.
func (r Run) between() bool { return len(r.Points) > 2 }

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
