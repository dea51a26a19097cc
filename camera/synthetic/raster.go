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

// pen draws closed shapes into a rasteriser. Shapes with the same orientation join; a shape
// with the opposite one cuts a hole.
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

// plane holds one value for each pixel, row-major.
type plane struct {
	w, h int
	v    []float32
}

func newPlane(w, h int) plane { return plane{w, h, make([]float32, w*h)} }

// at returns a value. Outside it repeats the border.
func (p *plane) at(x, y int) float32 {
	return p.v[min(max(y, 0), p.h-1)*p.w+min(max(x, 0), p.w-1)]
}

// blur averages src into p over boxes of side 2r+1, twice, which comes close to
// a Gaussian of standard deviation 0.8r. scratch is overwritten.
func (p *plane) blur(src, scratch *plane, r int) {
	copy(p.v, src.v)
	if r < 1 {
		return
	}
	for range 2 {
		for y := range p.h {
			boxRow(scratch.v[y*p.w:], p.v[y*p.w:], p.w, 1, r)
		}
		for x := range p.w {
			boxRow(p.v[x:], scratch.v[x:], p.h, p.w, r)
		}
	}
}

// boxRow averages n values, stride apart, over boxes of side 2r+1. Beyond the ends
// everything is zero.
func boxRow(dst, src []float32, n, stride, r int) {
	scale := 1 / float32(2*r+1)
	var sum float32
	for i := 0; i < min(r, n); i++ {
		sum += src[i*stride]
	}
	for i := range n {
		if i+r < n {
			sum += src[(i+r)*stride]
		}
		dst[i*stride] = sum * scale
		if i-r >= 0 {
			sum -= src[(i-r)*stride]
		}
	}
}

// canvas is the picture in linear light: three values for each pixel, 1 is white.
type canvas struct {
	w, h int
	v    []float32
}

func newCanvas(w, h int) canvas { return canvas{w, h, make([]float32, 3*w*h)} }

// colour is linear RGB.
type colour [3]float32

func (c colour) scale(f float32) colour { return colour{c[0] * f, c[1] * f, c[2] * f} }

// mix puts c over the pixel i with opacity a.
func (m *canvas) mix(i int, c colour, a float32) {
	px := m.v[3*i : 3*i+3]
	for k := range px {
		px[k] += (c[k] - px[k]) * a
	}
}

// dim multiplies the pixel i.
func (m *canvas) dim(i int, f float32) {
	px := m.v[3*i : 3*i+3]
	for k := range px {
		px[k] *= f
	}
}

func (m *canvas) set(i int, c colour) { copy(m.v[3*i:3*i+3], c[:]) }
