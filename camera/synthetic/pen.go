package synthetic

import (
	"image"
	"image/draw"
	"math"

	"golang.org/x/image/vector"
)

// affine maps the unit square of a part, -1 to 1, to pixels.
type affine struct{ xx, xy, x0, yx, yy, y0 float64 }

func (a affine) apply(x, y float64) (float32, float32) {
	return float32(a.xx*x + a.xy*y + a.x0), float32(a.yx*x + a.yy*y + a.y0)
}

// pixels draws in the coordinates of the picture.
func pixels() affine { return affine{xx: 1, yy: 1} }

// pen draws closed shapes into a rasteriser. Shapes that turn the same way
// join, a shape that turns the other way cuts a hole.
type pen struct {
	z *vector.Rasterizer
	m affine
}

// polygon draws x0, y0, x1, y1 ...
func (p pen) polygon(xy ...float64) {
	p.z.MoveTo(p.m.apply(xy[0], xy[1]))
	for i := 2; i < len(xy); i += 2 {
		p.z.LineTo(p.m.apply(xy[i], xy[i+1]))
	}
	p.z.ClosePath()
}

// rect draws a rectangle between two corners, x0 < x1 and y0 < y1.
func (p pen) rect(x0, y0, x1, y1 float64) { p.polygon(x0, y0, x1, y0, x1, y1, x0, y1) }

// disc draws a circle of radius r; turn is 1, or -1 to cut it out.
func (p pen) disc(cx, cy, r, turn float64) {
	const k = 0.5522847498 // Bézier handles of a quarter circle
	to := func(x, y float64) (float32, float32) { return p.m.apply(cx+r*x, cy+r*y*turn) }
	cube := func(ax, ay, bx, by, x, y float64) {
		x1, y1 := to(ax, ay)
		x2, y2 := to(bx, by)
		x3, y3 := to(x, y)
		p.z.CubeTo(x1, y1, x2, y2, x3, y3)
	}
	p.z.MoveTo(to(1, 0))
	cube(1, k, k, 1, 0, 1)
	cube(-k, 1, -1, k, -1, 0)
	cube(-1, -k, -k, -1, 0, -1)
	cube(k, -1, 1, -k, 1, 0)
	p.z.ClosePath()
}

// ring draws a circle with a hole.
func (p pen) ring(cx, cy, outer, inner float64) {
	p.disc(cx, cy, outer, 1)
	p.disc(cx, cy, inner, -1)
}

// wire draws a line of the given width through the points, with round ends.
func (p pen) wire(width float64, xy ...float64) {
	r := width / 2
	for i := 0; i+1 < len(xy); i += 2 {
		p.disc(xy[i], xy[i+1], r, 1)
		if i+3 >= len(xy) {
			break
		}
		x0, y0, x1, y1 := xy[i], xy[i+1], xy[i+2], xy[i+3]
		length := math.Hypot(x1-x0, y1-y0)
		if length == 0 {
			continue
		}
		nx, ny := -(y1-y0)/length*r, (x1-x0)/length*r
		p.polygon(x0-nx, y0-ny, x1-nx, y1-ny, x1+nx, y1+ny, x0+nx, y0+ny)
	}
}

// fill draws a shape and writes its coverage, 0 to 1, to dst.
func (s *Scene) fill(dst *plane, m affine, shape func(pen)) {
	s.raster.Reset(dst.w, dst.h)
	s.raster.DrawOp = draw.Src
	shape(pen{&s.raster, m})
	s.raster.Draw(&s.alpha, s.alpha.Bounds(), image.Opaque, image.Point{})
	for i, a := range s.alpha.Pix {
		dst.v[i] = float32(a) * (1.0 / 255)
	}
}
