package chart

import (
	"bytes"
	"fmt"
	"image/color"
	"image/png"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// Width and Height of every chart, in pixels.
const (
	Width  = 1200
	Height = 750

	dpi = 150
)

// palette is the palette of Okabe and Ito. Colour-blind people can tell its colours
// apart. A seventh series has the first colour again.
var palette = []color.RGBA{
	{0, 0, 0, 255},
	{213, 94, 0, 255},
	{230, 159, 0, 255},
	{0, 114, 178, 255},
	{0, 158, 115, 255},
	{204, 121, 167, 255},
}

func colour(i int) color.RGBA { return palette[i%len(palette)] }

// newPlot is an empty chart in the common style.
func newPlot(title, x, y string) *plot.Plot {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = title, x, y
	p.Title.Padding = vg.Points(8)
	sans := func(f font.Font) font.Font {
		f.Variant = "Sans"
		return f
	}
	for _, f := range []*font.Font{&p.Title.TextStyle.Font, &p.X.Label.TextStyle.Font, &p.Y.Label.TextStyle.Font,
		&p.X.Tick.Label.Font, &p.Y.Tick.Label.Font, &p.Legend.TextStyle.Font} {
		*f = sans(*f)
	}
	grid := plotter.NewGrid()
	grid.Vertical.Color = nil
	grid.Horizontal.Color = color.Gray{Y: 215}
	p.Add(grid)
	p.Legend.Top = true
	p.Legend.Padding = vg.Points(2)
	return p
}

// render draws the chart with a margin on every side. The legend is beside the
// chart, where no line can cross it.
func render(p *plot.Plot) ([]byte, error) {
	c := vgimg.NewWith(vgimg.UseWH(Width*vg.Inch/dpi, Height*vg.Inch/dpi), vgimg.UseDPI(dpi))
	margin := vg.Points(10)
	canvas := draw.Crop(draw.New(c), margin, -margin, margin, -margin)
	beside := p.Legend.Rectangle(canvas).Size().X + margin
	p.Legend.XOffs = beside
	p.Draw(draw.Crop(canvas, 0, -beside, 0, 0))
	var buffer bytes.Buffer
	if err := png.Encode(&buffer, c.Image()); err != nil {
		return nil, fmt.Errorf("encoding the chart: %w", err)
	}
	return buffer.Bytes(), nil
}
