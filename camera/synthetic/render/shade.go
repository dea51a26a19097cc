package render

import "math"

// castShadows draws the shadow maps of the lights that are on. The shadows of lamps from what never moves are in the surfels
// already.
func (s *Stage) castShadows(f *Frame) {
	s.haze = -float32(math.Log(float64(1-min(f.Haze, 0.999)))) / 100
	if f.Sun.Colour.Luma() > 0 {
		s.sun.look(parallelView(f.Sun.Toward.Scale(-1), s.place.Centre, s.place.Radius, s.sun.side))
		s.sun.draw(&s.sun.view, s.place.Solid.Triangles)
		if s.place.Foliage != nil {
			s.sun.draw(&s.sun.view, s.place.Foliage.Triangles)
		}
		s.sun.draw(&s.sun.view, f.Moving.Triangles)
		s.sun.sum()
	}
	for k := range s.place.Lamps {
		if s.place.Lamps[k].Shadows && f.lamp(k).Luma() > 0 {
			s.lamps[k].look(s.place.Lamps[k].view(s.lamps[k].side))
			s.lamps[k].draw(&s.lamps[k].view, f.Moving.Triangles)
			s.lamps[k].sum()
		}
	}
}

// lamp returns the light of a lamp. Those that the frame does not name are off.
func (f *Frame) lamp(k int) Vec {
	if k < len(f.Lamps) {
		return f.Lamps[k]
	}
	return Vec{}
}

// shadeNear darkens the surfaces next to what moves, where less of the sky arrives.
func (s *Stage) shadeNear(f *Frame) {
	for i := range s.shade {
		s.shade[i] = 1
	}
	w, h := s.place.Width, s.place.Height
	for _, b := range f.Blots {
		pose := Stand(b.At, b.Yaw)
		x0, y0, x1, y1 := float32(w), float32(h), float32(0), float32(0)
		for k := range 8 {
			corner := Vec{b.Long + b.Reach, b.Wide + b.Reach, b.HighestAbove}
			if k&1 != 0 {
				corner.X = -corner.X
			}
			if k&2 != 0 {
				corner.Y = -corner.Y
			}
			if k&4 != 0 {
				corner.Z = -0.02
			}
			if x, y, _, ok := s.view.project(pose.Point(corner)); ok {
				x0, y0, x1, y1 = min(x0, x), min(y0, y), max(x1, x), max(y1, y)
			}
		}
		fromX, toX := bound(x0, x1, w)
		fromY, toY := bound(y0, y1, h)
		for y := fromY; y < toY; y++ {
			for x := fromX; x < toX; x++ {
				if k := s.first[y*w+x]; k >= 0 {
					s.shade[y*w+x] *= 1 - b.darkness(&pose, s.surfels[k].at)
				}
			}
		}
	}
}

// darkness returns the share of the sky that the thing on the blot hides at a point.
func (b *Blot) darkness(pose *Pose, p Vec) float32 {
	d := p.Sub(b.At)
	if d.Z < -0.03 || d.Z > b.HighestAbove {
		return 0
	}
	x, y := max(abs(d.Dot(pose.X))-b.Long, 0), max(abs(d.Dot(pose.Y))-b.Wide, 0)
	far := Sqrt(x*x+y*y) / b.Reach
	if far >= 1 {
		return 0
	}
	return b.Dark * (1 - far) * (1 - far)
}

func abs(x float32) float32 {
	if x < 0 {
		return -x
	}
	return x
}

// lightSurfels computes the picture of the place without what moves, and the colours of the leaves.
func (s *Stage) lightSurfels(f *Frame) {
	clear(s.light)
	for i := range s.surfels {
		p := &s.surfels[i]
		c := s.colourOf(f, p, s.shade[p.pixel])
		px := &s.light[p.pixel]
		*px = px.Add(c.Scale(p.weight))
	}
	for i := range s.sky {
		p := &s.sky[i]
		c := f.Sky.in(p.ahead)
		if s.haze > 0 {
			c = s.veil(f, c, 150)
		}
		px := &s.light[p.pixel]
		*px = px.Add(c.Scale(p.weight))
	}
	for i := range s.leaves {
		s.leaf[i] = s.colourOf(f, &s.leaves[i], 1)
	}
}

// colourOf returns the light that a surfel sends to the camera.
func (s *Stage) colourOf(f *Frame, p *surfel, shade float32) Vec {
	colour, gloss := p.colour, p.gloss
	if up := p.normal.Z; up > 0.3 && (f.Wet > 0 || f.Snow > 0) {
		colour, gloss = p.weathered(f, colour, gloss)
	}
	light := f.Ambient.Scale(p.open * shade).Add(f.Bounce.Scale(0.4 + 0.6*(1-p.open)))
	sun := float32(0)
	if c := p.normal.Dot(f.Sun.Toward); c > 0 && f.Sun.Colour.Y > 0 {
		sun = s.sun.lit(p.at, p.normal, f.Sun.Soft)
		light = light.Add(f.Sun.Colour.Scale(c * sun))
	}
	for k := range s.place.Lamps {
		if p.lamps[k] > 0 && k < len(f.Lamps) {
			on := p.lamps[k]
			if s.place.Lamps[k].Shadows && f.Lamps[k].Y > 0 {
				on *= s.lamps[k].lit(p.at, p.normal, s.place.Lamps[k].Soft)
			}
			light = light.Add(f.Lamps[k].Scale(on))
		}
	}
	if len(f.Spots) > 0 {
		light = light.Add(f.spotlight(p.at, p.normal))
	}
	c := colour.Mul(light).Add(p.glow.Scale(f.Glow))
	if gloss > 0 {
		c = s.shine(f, c, p.at, p.normal, Grey(1), gloss*(0.3+0.7*min(p.open, 1)), sun, false)
	}
	if s.haze > 0 {
		c = s.veil(f, c, p.far)
	}
	return c
}

// weathered returns the colour and gloss of a surface under water and snow.
func (p *surfel) weathered(f *Frame, colour Vec, gloss float32) (Vec, float32) {
	up := Smooth(0.3, 0.8, p.normal.Z) * Smooth(0.25, 0.6, p.open)
	if f.Wet > 0 {
		puddle := Smooth(0.05, 0.35, -p.rough)
		colour = colour.Scale(1 - f.Wet*up*(0.4+0.15*puddle))
		gloss = max(gloss, f.Wet*up*(0.12+0.75*puddle))
	}
	if f.Snow > 0 {
		lies := up * Smooth(-0.3, 0.3, 2.2*f.Snow-1.1+0.8*p.rough)
		colour, gloss = colour.Mix(Vec{0.82, 0.84, 0.88}, lies), gloss*(1-lies)
	}
	return colour, gloss
}

// spotlight returns the light of the headlights at a point.
func (f *Frame) spotlight(at, normal Vec) (sum Vec) {
	for i := range f.Spots {
		l := &f.Spots[i]
		d := l.At.Sub(at)
		r2 := d.Dot(d)
		if r2 > l.Range*l.Range {
			continue
		}
		r := Sqrt(r2)
		if c := normal.Dot(d) / r; c > 0 {
			if cone := Smooth(l.Wide, 1, -d.Dot(l.Ahead)/r); cone > 0 {
				sum = sum.Add(l.Colour.Scale(cone * c / (r2 + 0.3)))
			}
		}
	}
	return sum
}

// shine adds what a glossy surface mirrors: the sky, and the sun where it shines (0 to 1).
func (s *Stage) shine(f *Frame, c Vec, at, normal Vec, tint Vec, gloss, sun float32, metal bool) Vec {
	eye := s.view.eye.Sub(at).Unit()
	cos := max(normal.Dot(eye), 0)
	back := normal.Scale(2 * cos).Sub(eye)
	edge := 1 - cos
	edge *= edge
	edge *= edge * (1 - cos)
	share := gloss * (0.04 + 0.96*edge)
	if metal {
		share = gloss * (0.75 + 0.25*edge)
		c = c.Scale(1 - 0.7*gloss)
	} else {
		tint = Grey(1)
		c = c.Scale(1 - share)
	}
	c = c.Add(f.Sky.mirror(back.Z).Mul(tint).Scale(share))
	if sun > 0 {
		if l := back.Dot(f.Sun.Toward); l > 0.8 {
			l = (l - 0.8) * 5
			l *= l
			l *= l
			l *= l
			c = c.Add(f.Sun.Colour.Mul(tint).Scale(share * 6 * l * sun))
		}
	}
	return c
}

// throughAir puts the air between a point and the camera.
func (s *Stage) throughAir(f *Frame, c, at Vec) Vec {
	if s.haze <= 0 {
		return c
	}
	return s.veil(f, c, at.Sub(s.view.eye).Len())
}

// veil mixes a colour with that of the haze over a distance in metres.
func (s *Stage) veil(f *Frame, c Vec, far float32) Vec {
	u := s.haze * far
	return c.Mix(f.Sky.Horizon, 1-1/(1+u+u*u/2+u*u*u/6))
}
