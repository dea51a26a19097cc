package render

import "math"

// raster finds the closest triangle at each pixel.
type raster struct {
	w, h  int
	close []float32 // closeness, see View.project
	which []int32   // index of the triangle; -1: none. Nil in a shadow map
	span  []span    // of each row: where triangles were drawn

	background []float32 // closeness that is there before anything is drawn
}

// span is a range of pixels, empty when lo >= hi.
type span struct{ lo, hi int }

// newRaster makes an empty raster. What is drawn must be closer than background, or anything where that is nil.
func newRaster(w, h int, background []float32, shadow bool) *raster {
	r := &raster{w: w, h: h, background: background, close: make([]float32, w*h), span: make([]span, h)}
	if !shadow {
		r.which = make([]int32, w*h)
	}
	for y := range r.span {
		r.span[y] = span{0, w}
	}
	r.clear()
	return r
}

// clear empties the raster where something was drawn.
func (r *raster) clear() {
	for y, s := range r.span {
		if s.lo >= s.hi {
			continue
		}
		r.span[y] = span{r.w, 0}
		from, to := y*r.w+s.lo, y*r.w+s.hi
		if r.which != nil {
			for i := from; i < to; i++ {
				r.which[i] = -1
			}
		}
		if r.background != nil {
			copy(r.close[from:to], r.background[from:to])
			continue
		}
		for i := from; i < to; i++ {
			r.close[i] = -math.MaxFloat32
		}
	}
}

// draw draws triangles as the view sees them. Triangles that reach behind the eye are left out.
func (r *raster) draw(v *View, triangles []Triangle) {
	for i := range triangles {
		var p [3]Vec
		seen := true
		for k, at := range &triangles[i].At {
			var ok bool
			p[k].X, p[k].Y, p[k].Z, ok = v.project(at)
			seen = seen && ok
		}
		if seen {
			r.fill(p, int32(i))
		}
	}
}

// fill draws a triangle given as pixel coordinates and closeness.
func (r *raster) fill(p [3]Vec, id int32) {
	area := (p[1].X-p[0].X)*(p[2].Y-p[0].Y) - (p[1].Y-p[0].Y)*(p[2].X-p[0].X)
	if area < 0 {
		p[1], p[2], area = p[2], p[1], -area
	}
	if area < 1e-6 {
		return
	}
	x0, x1 := bound(min(p[0].X, p[1].X, p[2].X), max(p[0].X, p[1].X, p[2].X), r.w)
	y0, y1 := bound(min(p[0].Y, p[1].Y, p[2].Y), max(p[0].Y, p[1].Y, p[2].Y), r.h)
	if x0 >= x1 || y0 >= y1 {
		return
	}
	// The share of corner k at a pixel is a plane over the picture: e[k] at (x0, y0), rising by ex[k] and ey[k].
	var e, ex, ey [3]float32
	for k := range 3 {
		a, b := p[(k+1)%3], p[(k+2)%3]
		ex[k], ey[k] = (a.Y-b.Y)/area, (b.X-a.X)/area
		e[k] = ex[k]*(float32(x0)+0.5-a.X) + ey[k]*(float32(y0)+0.5-a.Y)
	}
	zx := ex[0]*p[0].Z + ex[1]*p[1].Z + ex[2]*p[2].Z
	const slack = -1e-5 // neighbours must not leave a gap between them
	for y := y0; y < y1; y++ {
		dy := float32(y - y0)
		a, b, c := e[0]+ey[0]*dy, e[1]+ey[1]*dy, e[2]+ey[2]*dy
		z := a*p[0].Z + b*p[1].Z + c*p[2].Z
		from, to := x1, x0
		row := r.close[y*r.w : (y+1)*r.w]
		for x := x0; x < x1; x++ {
			if a >= slack && b >= slack && c >= slack {
				if z > row[x] {
					row[x] = z
					if r.which != nil {
						r.which[y*r.w+x] = id
					}
				}
				from, to = min(from, x), x+1
			} else if to > x0 {
				break // a triangle is convex
			}
			a, b, c, z = a+ex[0], b+ex[1], c+ex[2], z+zx
		}
		s := &r.span[y]
		s.lo, s.hi = min(s.lo, from), max(s.hi, to)
	}
}

// bound returns the pixels whose centres lie between low and high, of n.
func bound(low, high float32, n int) (from, to int) {
	if !(high > 0) || !(low < float32(n)) {
		return 0, 0
	}
	from = int(max(low-0.5, 0))
	return from, int(min(high+1, float32(n)))
}

// point is a place on a triangle.
type point struct {
	at, normal, local Vec
	material          *Material
}

// hit returns the place of a triangle that the view sees at a pixel.
func (t *Triangle) hit(v *View, x, y float32) point {
	var p [3]Vec
	for k, at := range &t.At {
		p[k].X, p[k].Y, p[k].Z, _ = v.project(at)
	}
	area := (p[1].X-p[0].X)*(p[2].Y-p[0].Y) - (p[1].Y-p[0].Y)*(p[2].X-p[0].X)
	var w [3]float32
	var sum float32
	for k := range 3 {
		a, b := p[(k+1)%3], p[(k+2)%3]
		w[k] = max(((a.Y-b.Y)*(x-a.X)+(b.X-a.X)*(y-a.Y))/area, 0)
		if !v.parallel {
			w[k] *= p[k].Z // a straight line in the world is not evenly spaced in perspective
		}
		sum += w[k]
	}
	q := point{material: t.Material}
	for k := range 3 {
		f := w[k] / sum
		q.at = q.at.Add(t.At[k].Scale(f))
		q.normal = q.normal.Add(t.Normal[k].Scale(f))
		q.local = q.local.Add(t.Local[k].Scale(f))
	}
	q.normal = q.normal.Unit()
	if q.normal.Dot(q.at.Sub(v.eye)) > 0 && !v.parallel {
		q.normal = q.normal.Scale(-1)
	}
	return q
}
