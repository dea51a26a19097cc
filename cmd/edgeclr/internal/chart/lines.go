package chart

import (
	"fmt"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// XY is a point of a line.
type XY struct{ X, Y float64 }

// Series is the lines of one colour.
type Series struct {
	Name  string
	Lines [][]XY // one, or several of the same kind
}

// Lines is a chart of lines with a mark at each point.
type Lines struct {
	Title, X, Y string
	Series      []Series
}

// PNG draws the chart. It fails for values that are not finite.
func (c Lines) PNG() ([]byte, error) {
	p := newPlot(c.Title, c.X, c.Y)
	for i, s := range c.Series {
		for j, points := range s.Lines {
			line, marks, err := plotter.NewLinePoints(xys(points))
			if err != nil {
				return nil, fmt.Errorf("drawing %s: %w", s.Name, err)
			}
			line.Color, line.Width = colour(i), vg.Points(1.5)
			marks.Color, marks.Radius, marks.Shape = colour(i), vg.Points(2), draw.CircleGlyph{}
			p.Add(line, marks)
			if j == 0 {
				p.Legend.Add(s.Name, line, marks)
			}
		}
	}
	return render(p)
}

func xys(points []XY) plotter.XYs {
	out := make(plotter.XYs, len(points))
	for i, p := range points {
		out[i].X, out[i].Y = p.X, p.Y
	}
	return out
}
