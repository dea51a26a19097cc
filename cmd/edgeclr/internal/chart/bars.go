package chart

import (
	"fmt"
	"image/color"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// Bars is a chart of groups. Each group has one bar of each kind. Bars begin at 0.
type Bars struct {
	Title, Y string
	Groups   []string
	Kinds    []BarKind
}

// BarKind is the bars of one colour.
type BarKind struct {
	Name   string
	Values []float64 // one per group
}

// barsWidth is the width of all bars of the chart together, in points.
const barsWidth vg.Length = 260

// PNG draws the chart. It fails for values that are not finite.
func (c Bars) PNG() ([]byte, error) {
	p := newPlot(c.Title, "", c.Y)
	width := barsWidth / vg.Length(max(len(c.Groups)*len(c.Kinds), 1))
	for i, k := range c.Kinds {
		bars, err := plotter.NewBarChart(plotter.Values(k.Values), width)
		if err != nil {
			return nil, fmt.Errorf("drawing %s: %w", k.Name, err)
		}
		bars.Color, bars.LineStyle.Color = colour(i), color.White
		bars.Offset = width * (vg.Length(i) - vg.Length(len(c.Kinds)-1)/2)
		p.Add(bars)
		p.Legend.Add(k.Name, bars)
	}
	p.NominalX(c.Groups...)
	p.Y.Min = min(p.Y.Min, 0)
	return render(p)
}
