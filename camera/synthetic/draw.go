package synthetic

import (
	"math"
	"math/rand/v2"
)

// drawPart draws the part and its shadow.
func (s *Scene) drawPart(v *view, p part) {
	// Both shapes start from the same random state, so that they fit.
	s.fill(&s.body, v.place, func(pen pen) { p.body(pen, rand.New(rand.NewPCG(v.shape, 0))) })
	s.fill(&s.groove, v.place, func(pen pen) { p.groove(pen, rand.New(rand.NewPCG(v.shape, 0))) })
	s.drawShadow(v)
	s.soft.blur(&s.body, &s.spare, max(1, int(v.radius*0.06)))
	relief := v.gloss * float32(v.radius) * 0.09
	w, h := s.canvas.w, s.canvas.h
	for y := range h {
		for x := range w {
			i := y*w + x
			a := s.body.v[i]
			if a == 0 {
				continue
			}
			// The blurred coverage serves as a height; its slope reflects the light.
			gx := s.soft.at(x+1, y) - s.soft.at(x-1, y)
			gy := s.soft.at(x, y+1) - s.soft.at(x, y-1)
			lit := 1 - relief*(gx*v.light[0]+gy*v.light[1])
			lit += 0.18 * v.belt.noise(float64(x)/9, float64(y)/9)
			lit *= 1 - 0.65*s.groove.v[i]
			c := v.metal.scale(max(lit, 0.08))
			if shine := lit - 1.35; shine > 0 {
				for k := range c {
					c[k] += 0.5 * shine
				}
			}
			s.canvas.mix(i, c, a)
		}
	}
}

// drawShadow darkens the belt beside what s.body covers.
func (s *Scene) drawShadow(v *view) {
	s.soft.blur(&s.body, &s.spare, v.soft)
	w, h := s.canvas.w, s.canvas.h
	for y := range h {
		for x := range w {
			sx, sy := x-v.shadow[0], y-v.shadow[1]
			if sx >= 0 && sx < w && sy >= 0 && sy < h {
				if a := s.soft.v[sy*w+sx]; a > 0.004 {
					s.canvas.dim(y*w+x, 1-v.dark*a)
				}
			}
		}
	}
}

// paint lays one colour over the canvas where s.body covers it.
func (s *Scene) paint(c colour, opacity float32) {
	for i, a := range s.body.v {
		if a > 0 {
			s.canvas.mix(i, c, a*opacity)
		}
	}
}

// drawDirt scatters chips and spots on the belt.
func (s *Scene) drawDirt(v *view) {
	rng := rand.New(rand.NewPCG(v.clutter, 1))
	w, h := float64(s.canvas.w), float64(s.canvas.h)
	size := math.Min(w, h) / 120
	for range 2 {
		bright := float32(between(rng, 0.01, 0.6))
		n := rng.IntN(36)
		s.fill(&s.body, pixels(), func(p pen) {
			for range n {
				x, y, r := v.moved+between(rng, -w, 2*w), between(rng, 0, h), size*between(rng, 0.5, 2.2)
				p.polygon(x-r, y, x+r*between(rng, -0.5, 0.5), y-r, x+r*between(rng, 0.5, 2), y, x, y+r*between(rng, 0.3, 1))
			}
		})
		s.paint(colour{bright, bright * 0.95, bright * 0.85}, 0.8)
	}
}

// drawOccluder covers some of the part with a cable, a strip of tape or a scrap.
func (s *Scene) drawOccluder(v *view) {
	if !v.covered {
		return
	}
	rng := rand.New(rand.NewPCG(v.clutter, 2))
	kind, angle := rng.IntN(3), between(rng, 0, 2*math.Pi)
	sin, cos := math.Sincos(angle)
	r := v.radius
	// Beside the centre, so that most of the part stays visible.
	off := r * between(rng, 0.35, 0.85)
	cx, cy := v.place.x0+cos*off, v.place.y0+sin*off
	long := float64(s.canvas.w + s.canvas.h)
	bend := between(rng, -0.3, 0.3)
	s.fill(&s.body, pixels(), func(p pen) {
		switch kind {
		case 0: // cable
			p.wire(r*between(rng, 0.1, 0.2), cx-sin*long, cy+cos*long, cx, cy, cx+sin*long+cos*long*bend, cy-cos*long+sin*long*bend)
		case 1: // tape
			p.wire(r*between(rng, 0.25, 0.45), cx-sin*long, cy+cos*long, cx+sin*long, cy-cos*long)
		case 2: // scrap
			var xy []float64
			for i := range 7 {
				s2, c2 := math.Sincos(2 * math.Pi * float64(i) / 7)
				rr := r * between(rng, 0.25, 0.6)
				xy = append(xy, cx+cos*r*0.3+rr*c2, cy+sin*r*0.3+rr*s2)
			}
			p.polygon(xy...)
		}
	})
	s.drawShadow(v)
	c := colour{}
	grey := between(rng, 0.02, 0.5)
	for k := range c {
		c[k] = float32(grey * between(rng, 0.35, 1))
	}
	s.paint(c, float32(between(rng, 0.85, 1)))
}
