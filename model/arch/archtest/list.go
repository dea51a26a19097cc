package archtest

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"edgeclr/model/arch"
)

// List writes a plan as a table, one step a line.
func List(p *arch.Plan) string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s at %d px: %d features, %d weights, %d multiply-adds, %d values in maps\n",
		p.Arch.Name, p.Size, p.Features, p.Arch.WeightCount(), p.MultiplyAdds(), p.MapValues())
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "step\tstage\toperation\treads\tinput\tpadding\tkernel\tstride\toutput\tactivation\tmargin")
	for _, s := range p.Steps {
		kernel, stride, padding, margin := "-", "-", "-", "-"
		if s.Op == arch.ConvBN || s.Op == arch.MaxPool {
			kernel, stride, padding = fmt.Sprintf("%dx%d", s.Kernel, s.Kernel), fmt.Sprint(s.Stride), s.Pad.String()
		}
		if s.Op == arch.ConvBN && s.Same {
			padding += " SAME"
		}
		if s.Margin != (arch.Padding{}) {
			margin = s.Margin.String()
		}
		operation := s.Op.String()
		if s.Depthwise {
			operation += " depthwise"
		}
		fmt.Fprintf(table, "%s\t%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", s.Name, s.Stage, operation,
			strings.Join(s.Sources, " "), s.Input, padding, kernel, stride, s.Output, s.Activation, margin)
	}
	table.Flush()
	return text.String()
}
