package synthetic

import (
	"math"
	"math/rand/v2"
)

// belt is the background.
type belt struct {
	base    colour
	weave   int     // 0 plain, 1 ribs across, 2 ribs along, 3 chevrons, 4 mesh
	period  float64 // of the weave, in pixels at a height of 120
	depth   float32 // of the weave
	stain   float32 // strength of large stains
	grain   float32 // strength of fine grain
	offset  float64 // how far it has moved, in pixels
	rail    float64 // width of the guide rails, as a share of the height
	lattice [latticeSide * latticeSide]float32
}

// latticeSide is the side of the table of random values for stains and grain, a power of
// two.
const latticeSide = 32

// beltColours are linear colours of common belts.
func beltColours() [6]colour {
	return [6]colour{
		{0.03, 0.03, 0.032}, // black rubber
		{0.10, 0.10, 0.105}, // grey rubber
		{0.04, 0.12, 0.07},  // green PVC
		{0.05, 0.10, 0.20},  // blue polyurethane
		{0.38, 0.36, 0.32},  // white, food grade
		{0.24, 0.17, 0.10},  // tan cotton
	}
}

func drawBelt(rng *rand.Rand, base colour) belt {
	b := belt{
		base:   base.scale(float32(between(rng, 0.7, 1.4))),
		weave:  rng.IntN(5),
		period: between(rng, 5, 14),
		depth:  float32(between(rng, 0.1, 0.45)),
		stain:  float32(between(rng, 0.1, 0.6)),
		grain:  float32(between(rng, 0.05, 0.3)),
		rail:   math.Max(0, between(rng, -0.08, 0.12)),
	}
	for i := range b.lattice {
		b.lattice[i] = 2*rng.Float32() - 1
	}
	return b
}

// drawBelt fills the canvas.
func (s *Scene) drawBelt(v *view) {
	b := &v.belt
	w, h := s.canvas.w, s.canvas.h
	zoom := 120 / float64(min(w, h))
	rail := int(b.rail * float64(h))
	for y := range h {
		fy := float64(y) * zoom
		for x := range w {
			fx := (float64(x) - b.offset) * zoom
			i := y*w + x
			if y < rail || y >= h-rail {
				edge := float32(0.5 + 0.5*math.Sin(float64(min(y, h-1-y))/float64(rail)*math.Pi))
				s.canvas.set(i, colour{0.30, 0.31, 0.33}.scale(0.35+0.65*edge))
				continue
			}
			f := 1 + b.depth*b.relief(fx, fy) + b.stain*b.noise(fx/23, fy/23) + b.grain*b.noise(fx/1.7, fy/1.7)
			s.canvas.set(i, b.base.scale(max(f, 0.1)))
		}
	}
}

// relief is the weave, -1 to 1.
func (b *belt) relief(x, y float64) float32 {
	switch b.weave {
	case 1:
		return wave(x / b.period)
	case 2:
		return wave(y / b.period)
	case 3:
		return wave((x + math.Abs(math.Mod(y+300, 30)-15)) / b.period)
	case 4:
		return wave(x/b.period) * wave(y/b.period)
	}
	return 0
}

// wave approximates a sine of period 1 by parabolas.
func wave(t float64) float32 {
	f := float32(t - math.Floor(t))
	if f < 0.5 {
		return 16 * f * (0.5 - f)
	}
	return -16 * (f - 0.5) * (1 - f)
}

// noise interpolates the lattice at (x, y); it repeats every latticeSide.
func (b *belt) noise(x, y float64) float32 {
	x0, y0 := math.Floor(x), math.Floor(y)
	fx, fy := float32(x-x0), float32(y-y0)
	ix, iy := int(x0)&(latticeSide-1), int(y0)&(latticeSide-1)
	jx, jy := (ix+1)&(latticeSide-1), (iy+1)&(latticeSide-1)
	top := b.lattice[iy*latticeSide+ix] + fx*(b.lattice[iy*latticeSide+jx]-b.lattice[iy*latticeSide+ix])
	low := b.lattice[jy*latticeSide+ix] + fx*(b.lattice[jy*latticeSide+jx]-b.lattice[jy*latticeSide+ix])
	return top + fy*(low-top)
}
