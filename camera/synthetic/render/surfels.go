package render

import "math"

// surfel is a piece of a surface that never moves, as large as a pixel or a sample.
type surfel struct {
	at, normal, colour, glow Vec
	weight                   float32 // share of the pixel that it covers
	open                     float32 // share of the light of the sky that arrives
	gloss                    float32
	rough                    float32           // noise between -1 and 1 that decides where water and snow lie first
	lamps                    [maxLamps]float32 // light from each lamp, by that at one metre
	pixel                    int32
	far, close               float32 // distance from the camera in metres, and closeness: see View.project
}

// skyPixel is a share of a pixel that shows the sky.
type skyPixel struct {
	ahead  Vec
	weight float32
	pixel  int32
}

// findSurfels finds what each pixel of the empty place shows.
func (s *Stage) findSurfels() {
	w, h := s.place.Width, s.place.Height
	r := newRaster(w*oversampling, h*oversampling, nil, false)
	r.draw(&s.fine, s.place.Solid.Triangles)
	s.solid = r.close
	for y := range h {
		for x := range w {
			s.first[y*w+x] = int32(len(s.surfels))
			s.surfels = s.addPixel(s.surfels, r, x, y, s.place.Solid.Triangles, true)
			if int(s.first[y*w+x]) == len(s.surfels) {
				s.first[y*w+x] = -1
			}
		}
	}
}

// findLeaves does the same for the leaves, as if there were nothing else.
func (s *Stage) findLeaves() {
	for i := range s.leafAt {
		s.leafAt[i] = -1
	}
	s.leafRow = [2]int{s.place.Height, 0}
	if s.place.Foliage == nil {
		return
	}
	w, h := s.place.Width, s.place.Height
	r := newRaster(w*oversampling, h*oversampling, nil, false)
	r.draw(&s.fine, s.place.Foliage.Triangles)
	var found []surfel
	for y := range h {
		for x := range w {
			found = s.addPixel(found[:0], r, x, y, s.place.Foliage.Triangles, false)
			if len(found) == 0 {
				continue
			}
			leaf := found[0]
			for _, f := range found[1:] {
				t := f.weight / (leaf.weight + f.weight)
				leaf.at, leaf.normal, leaf.colour = leaf.at.Mix(f.at, t), leaf.normal.Mix(f.normal, t), leaf.colour.Mix(f.colour, t)
				leaf.weight += f.weight
			}
			leaf.normal = leaf.normal.Unit()
			s.leafAt[y*w+x] = int32(len(s.leaves))
			s.leaves = append(s.leaves, leaf)
			s.leafRow = [2]int{min(s.leafRow[0], y), max(s.leafRow[1], y)}
		}
	}
	s.leaf = make([]Vec, len(s.leaves))
}

// measure computes how far away each surfel is.
func (s *Stage) measure() {
	for _, list := range [][]surfel{s.surfels, s.leaves} {
		for i := range list {
			p := &list[i]
			p.far = p.at.Sub(s.view.eye).Len()
			_, _, p.close, _ = s.fine.project(p.at)
		}
	}
}

// addPixel appends what a pixel shows: one surfel where all samples lie on one surface, else one for each sample.
func (s *Stage) addPixel(to []surfel, r *raster, x, y int, triangles []Triangle, sky bool) []surfel {
	const each = 1.0 / (oversampling * oversampling)
	var points [oversampling * oversampling]point
	n := 0
	for sy := y * oversampling; sy < (y+1)*oversampling; sy++ {
		for sx := x * oversampling; sx < (x+1)*oversampling; sx++ {
			fx, fy := float32(sx)+0.5, float32(sy)+0.5
			if id := r.which[sy*r.w+sx]; id >= 0 {
				points[n] = triangles[id].hit(&s.fine, fx, fy)
				n++
			} else if sky {
				s.sky = append(s.sky, skyPixel{s.fine.ray(fx, fy), each, int32(y*s.place.Width + x)})
			}
		}
	}
	if n == 0 {
		if sky { // one sample is enough where there is nothing but sky
			at := s.sky[len(s.sky)-len(points)]
			s.sky = s.sky[:len(s.sky)-len(points)]
			at.weight = 1
			s.sky = append(s.sky, at)
		}
		return to
	}
	whole := n == len(points)
	for i := 1; i < n; i++ {
		whole = whole && points[i].material == points[0].material && points[i].normal.Dot(points[0].normal) > 0.9
	}
	first := len(to)
	for _, p := range points[:n] {
		one := surfel{at: p.at, normal: p.normal, colour: p.colour(), glow: p.material.Glow, gloss: p.material.Gloss,
			weight: each, pixel: int32(y*s.place.Width + x), rough: Cloudy(p.at.Scale(0.9), 3)}
		if !whole || len(to) == first {
			to = append(to, one)
			continue
		}
		sum := &to[first]
		sum.at, sum.normal, sum.colour, sum.weight = sum.at.Add(one.at), sum.normal.Add(one.normal), sum.colour.Add(one.colour), sum.weight+each
	}
	if whole {
		sum := &to[first]
		sum.at, sum.normal, sum.colour = sum.at.Scale(each), sum.normal.Unit(), sum.colour.Scale(each)
	}
	return to
}

// colour is what a surface throws back at a point.
func (p *point) colour() Vec {
	if p.material.Paint == nil {
		return p.material.Colour
	}
	return p.material.Colour.Mul(p.material.Paint(p.local))
}

// bake computes which part of the sky and of the light of the lamps reaches each surfel.
func (s *Stage) bake() {
	solid := s.place.Solid.Triangles
	if s.place.Foliage != nil {
		solid = append(solid[:len(solid):len(solid)], s.place.Foliage.Triangles...)
	}
	s.bakeSky(solid)
	for k, lamp := range s.place.Lamps {
		lit := &s.lamps[k]
		lit.look(lamp.view(lit.side))
		lit.draw(&lit.view, solid)
		lit.sum()
		for _, list := range [][]surfel{s.surfels, s.leaves} {
			for i := range list {
				p := &list[i]
				p.lamps[k] = lamp.on(p.at, p.normal)
				if p.lamps[k] > 0 {
					p.lamps[k] *= lit.lit(p.at, p.normal, lamp.Soft)
				}
			}
		}
	}
}

// bakeSky looks at the place from many directions of the sky. Each sees the surfels that its light reaches.
func (s *Stage) bakeSky(solid []Triangle) {
	const directions = 28
	var total float32
	for k := range directions {
		// A spiral from the horizon to the zenith spreads the directions evenly.
		z := (float32(k) + 0.5) / directions
		sin, cos := sincos(2.39996 * float64(k))
		r := Sqrt(1 - z*z)
		toward := Vec{r * cos, r * sin, z}
		total += z
		s.sun.look(parallelView(toward.Scale(-1), s.place.Centre, s.place.Radius, s.sun.side))
		s.sun.draw(&s.sun.view, solid)
		s.sun.sum()
		for _, list := range [][]surfel{s.surfels, s.leaves} {
			for i := range list {
				p := &list[i]
				if c := p.normal.Dot(toward); c > 0 {
					p.open += c * s.sun.lit(p.at, p.normal, 1)
				}
			}
		}
	}
	for _, list := range [][]surfel{s.surfels, s.leaves} {
		for i := range list {
			list[i].open /= total
		}
	}
}

// view is how the lamp sees the place, in a picture of side by side pixels.
func (l *Lamp) view(side int) View {
	const widest = 2.6 // radians; more cannot be drawn
	angle := min(2*float32(math.Acos(float64(max(l.Wide, 0))))+0.05, widest)
	return LookAt(l.At, l.At.Add(l.Ahead), angle, side, side)
}

// on returns how much light of the lamp arrives where nothing is in between, by that at one metre.
func (l *Lamp) on(p, normal Vec) float32 {
	d := l.At.Sub(p)
	r2 := d.Dot(d)
	c := normal.Dot(d)
	if c <= 0 {
		return 0
	}
	r := Sqrt(r2)
	cone := Smooth(l.Wide, l.Wide+0.3, -d.Dot(l.Ahead)/r)
	return cone * c / (r * (r2 + 0.02)) // a lamp is not a point
}
