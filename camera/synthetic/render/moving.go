package render

// drawMoving draws what moves, and the leaves, over the place. It counts what can be seen.
func (s *Stage) drawMoving(f *Frame) Truth {
	s.moving.clear()
	s.moving.draw(&s.fine, f.Moving.Triangles)
	clear(s.cover)
	seen := make([]int, len(f.Owners))
	w, h := s.place.Width, s.place.Height
	sway := s.sway(f)
	for y := range h {
		from, to := w, 0
		for k := range oversampling {
			line := s.moving.span[y*oversampling+k]
			from, to = min(from, line.lo/oversampling), max(to, (line.hi+oversampling-1)/oversampling)
		}
		s.covers[y] = span{from, to}
		if sway.from <= y && y < sway.to {
			from, to = 0, w
		}
		for x := from; x < to; x++ {
			i := y*w + x
			d := s.dots(f, x, y, seen)
			leaf := s.leafBefore(&sway, x, y)
			if leaf >= 0 && !(d.share > 0 && s.leaves[leaf].close > d.close) {
				s.light[i] = s.light[i].Mix(s.leaf[leaf], s.leaves[leaf].weight)
				leaf = -1
			}
			s.light[i] = s.light[i].Scale(1 - d.share).Add(d.sum)
			s.cover[i] = d.counts
			if leaf >= 0 {
				s.light[i] = s.light[i].Mix(s.leaf[leaf], s.leaves[leaf].weight)
				s.cover[i] *= 1 - s.leaves[leaf].weight
			}
		}
	}
	return s.truth(f, seen)
}

// dot is what moves within a pixel.
type dot struct {
	sum    Vec     // light, weighted by share
	share  float32 // of the pixel
	counts float32 // share of the pixel that is foreground
	close  float32
}

// dots shades the samples of a pixel that show what moves.
func (s *Stage) dots(f *Frame, x, y int, seen []int) (d dot) {
	const n = oversampling * oversampling
	var ids [n]int32
	alike := true
	found := 0
	for k := range n {
		ids[k] = s.moving.which[(y*oversampling+k/oversampling)*s.moving.w+x*oversampling+k%oversampling]
		alike = alike && ids[k] == ids[0]
		if ids[k] >= 0 {
			found++
		}
	}
	if found == 0 {
		return d
	}
	for k, id := range ids {
		if id < 0 {
			continue
		}
		fx, fy := float32(x*oversampling+k%oversampling)+0.5, float32(y*oversampling+k/oversampling)+0.5
		if alike {
			fx, fy = float32(x*oversampling)+oversampling/2, float32(y*oversampling)+oversampling/2
		}
		t := &f.Moving.Triangles[id]
		weight := float32(1.0 / n)
		if alike {
			weight = 1
		}
		p := t.hit(&s.fine, fx, fy)
		d.sum = d.sum.Add(s.colourAt(f, &p).Scale(weight))
		d.share += weight
		_, _, d.close, _ = s.fine.project(p.at)
		if o := f.Owners[t.Owner]; !o.Scenery {
			d.counts += weight
			seen[t.Owner] += int(weight * n)
		}
		if alike {
			break
		}
	}
	return d
}

// colourAt returns the light that a point of what moves sends to the camera.
func (s *Stage) colourAt(f *Frame, p *point) Vec {
	open := 0.5 + 0.5*p.normal.Z
	shade := float32(1)
	if p.normal.Z < 0 {
		shade = 0.6 // the ground below is in shadow
	}
	light := f.Ambient.Scale(open).Add(f.Bounce.Scale(shade * (1 - open)))
	sun := float32(0)
	if c := p.normal.Dot(f.Sun.Toward); c > 0 && f.Sun.Colour.Y > 0 {
		sun = s.sun.lit(p.at, p.normal, f.Sun.Soft)
		light = light.Add(f.Sun.Colour.Scale(c * sun))
	}
	for k := range s.place.Lamps {
		lamp := &s.place.Lamps[k]
		if on := lamp.on(p.at, p.normal); on > 0 && f.lamp(k).Y > 0 {
			if lamp.Shadows {
				on *= s.lamps[k].lit(p.at, p.normal, lamp.Soft)
			}
			light = light.Add(f.Lamps[k].Scale(on))
		}
	}
	light = light.Add(f.spotlight(p.at, p.normal))
	colour := p.colour()
	c := colour.Mul(light).Add(p.material.Glow)
	if p.material.Gloss > 0 {
		c = s.shine(f, c, p.at, p.normal, colour, p.material.Gloss, sun, p.material.Metal)
	}
	return s.throughAir(f, c, p.at)
}

// truth sums up what is foreground.
func (s *Stage) truth(f *Frame, seen []int) Truth {
	t := Truth{Counts: map[string]int{}}
	w, h := s.place.Width, s.place.Height
	// A thing counts from a few pixels on, however many the picture has.
	least := max(2, w*h*oversampling*oversampling/40000)
	for i, o := range f.Owners {
		if o.Kind != "" && !o.Scenery && seen[i] >= least {
			t.Counts[o.Kind]++
		}
	}
	var sum float32
	for y, covers := range s.covers {
		for x := covers.lo; x < covers.hi; x++ {
			if c := s.cover[y*w+x]; c > 0 {
				t.Foreground[cell(x, y, w, h)] += c
				sum += c
			}
		}
	}
	for i := range t.Foreground {
		t.Foreground[i] = min(t.Foreground[i]/max(s.pixels[i], 1), 1)
	}
	t.Area = sum / float32(w*h)
	return t
}

// cell returns the cell of the grid that a pixel belongs to.
func cell(x, y, w, h int) int { return y*GridSide/h*GridSide + x*GridSide/w }
