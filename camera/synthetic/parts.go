package synthetic

import (
	"math"
	"math/rand/v2"
)

// part is one class: its outline (body), and what is cut or stamped into it (groove). Both
// are drawn in a square from -1 to 1. The random generator varies the proportions. It starts
// in the same state for both, so a groove function must draw the same numbers in the same
// order as its body function.
type part struct {
	name   string
	body   func(pen, *rand.Rand)
	groove func(pen, *rand.Rand)
}

// parts lists the classes, one line each.
func parts() [8]part {
	return [8]part{
		{"bolt", boltBody, boltGroove},
		{"bracket", bracketBody, bracketGroove},
		{"gear", gearBody, gearGroove},
		{"key", keyBody, keyGroove},
		{"nut", nutBody, nutGroove},
		{"screw", screwBody, screwGroove},
		{"spring", springBody, springGroove},
		{"washer", washerBody, washerGroove},
	}
}

// between draws uniformly from lo to hi.
func between(rng *rand.Rand, lo, hi float64) float64 { return lo + (hi-lo)*rng.Float64() }

// boltBody draws a bolt from the side: a head with flats, a straight shank, a thread.
func boltBody(p pen, rng *rand.Rand) {
	shank, head := between(rng, 0.13, 0.22), between(rng, 0.36, 0.46)
	p.rect(-0.95, -head, -0.95+between(rng, 0.26, 0.36), head)
	p.polygon(-0.8, -shank, 0.92, -shank, 0.98, -shank*0.6, 0.98, shank*0.6, 0.92, shank, -0.8, shank)
}

func boltGroove(p pen, rng *rand.Rand) {
	shank, head := between(rng, 0.13, 0.22), between(rng, 0.36, 0.46)
	thick := between(rng, 0.26, 0.36)
	for _, y := range []float64{-0.45, 0.45} {
		p.rect(-0.95, y*head-0.025, -0.95+thick, y*head+0.025)
	}
	thread(p, between(rng, -0.3, 0.25), 0.95, shank)
}

// thread draws the slanting grooves of a thread from x0 to x1.
func thread(p pen, x0, x1, r float64) {
	for x := x0; x < x1; x += 0.105 {
		p.polygon(x-0.02, -r, x+0.025, -r, x+0.065, r, x+0.02, r)
	}
}

// screwBody draws a wood screw from the side: a countersunk head and a tapering, pointed
// shank.
func screwBody(p pen, rng *rand.Rand) {
	shank, head := between(rng, 0.13, 0.2), between(rng, 0.34, 0.44)
	p.polygon(-0.95, -head, -0.86, -head, -0.58, -shank, 0.5, -shank*0.85, 0.98, 0,
		0.5, shank*0.85, -0.58, shank, -0.86, head, -0.95, head)
}

func screwGroove(p pen, rng *rand.Rand) {
	shank := between(rng, 0.13, 0.2)
	_ = rng.Float64()
	p.rect(-0.955, -0.06, -0.85, 0.06)
	thread(p, between(rng, -0.4, -0.1), 0.5, shank)
	thread(p, 0.5, 0.85, shank*0.5)
}

// nutBody draws a hexagonal nut from above.
func nutBody(p pen, rng *rand.Rand) {
	p.polygon(corners(6, 0.86)...)
	p.disc(0, 0, between(rng, 0.36, 0.48), -1)
}

func nutGroove(p pen, rng *rand.Rand) {
	hole := between(rng, 0.36, 0.48)
	p.ring(0, 0, hole+0.09, hole+0.03)
	p.ring(0, 0, 0.78, 0.75)
}

// corners returns the corners of a regular polygon.
func corners(n int, r float64) []float64 {
	var xy []float64
	for i := range n {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		xy = append(xy, r*cos, r*sin)
	}
	return xy
}

// washerBody draws a washer: plain, or a spring washer with a slit.
func washerBody(p pen, rng *rand.Rand) {
	p.ring(0, 0, 0.84, between(rng, 0.36, 0.56))
	if rng.IntN(3) == 0 {
		p.polygon(0.2, -0.04, 0.2, 0.04, 0.9, 0.12, 0.9, 0.04)
	}
}

func washerGroove(p pen, rng *rand.Rand) {
	hole := between(rng, 0.36, 0.56)
	p.ring(0, 0, hole+0.06, hole+0.02)
	p.ring(0, 0, 0.81, 0.79)
}

// gearBody draws a gear wheel: 9 to 16 teeth, sometimes with holes in the web.
func gearBody(p pen, rng *rand.Rand) {
	teeth, root := 9+rng.IntN(8), between(rng, 0.72, 0.8)
	var xy []float64
	for i := range teeth {
		for _, c := range [4][2]float64{{0, root}, {0.18, 0.98}, {0.42, 0.98}, {0.6, root}} {
			sin, cos := math.Sincos(2 * math.Pi * (float64(i) + c[0]) / float64(teeth))
			xy = append(xy, c[1]*cos, c[1]*sin)
		}
	}
	p.polygon(xy...)
	p.disc(0, 0, between(rng, 0.14, 0.32), -1)
	if rng.IntN(2) == 0 {
		for i := 0; i < 8; i += 2 {
			c := corners(4, 0.52)
			p.disc(c[i], c[i+1], 0.13, -1)
		}
	}
}

func gearGroove(p pen, rng *rand.Rand) {
	_, _ = rng.IntN(8), rng.Float64()
	bore := between(rng, 0.14, 0.32)
	p.ring(0, 0, bore+0.1, bore+0.06)
	p.ring(0, 0, 0.69, 0.65)
}

// keyBody draws a key: a bow with a hole, a blade, and a random bitting.
func keyBody(p pen, rng *rand.Rand) {
	bow := between(rng, 0.34, 0.44)
	p.ring(-0.56, 0, bow, between(rng, 0.1, 0.22))
	p.polygon(-0.26, -0.11, 0.9, -0.11, 0.98, -0.02, 0.98, 0.06, -0.26, 0.06)
	for i := range 5 {
		x := 0.1 + 0.17*float64(i)
		p.polygon(x, 0.05, x+0.17, 0.05, x+0.13, between(rng, 0.08, 0.2), x+0.04, between(rng, 0.08, 0.2))
	}
}

func keyGroove(p pen, rng *rand.Rand) {
	bow := between(rng, 0.34, 0.44)
	p.rect(-0.1, -0.05, 0.9, -0.01)
	p.ring(-0.56, 0, bow-0.04, bow-0.07)
}

// springBody draws a coil spring from the side.
func springBody(p pen, rng *rand.Rand) {
	p.wire(between(rng, 0.07, 0.12), springLine(rng)...)
}

func springGroove(p pen, rng *rand.Rand) {
	_ = rng.Float64()
	line := springLine(rng)
	for i := 0; i+3 < len(line); i += 8 {
		p.wire(0.03, line[i:i+4]...)
	}
}

func springLine(rng *rand.Rand) []float64 {
	coils, r := 5+rng.IntN(4), between(rng, 0.26, 0.4)
	xy := []float64{-0.98, 0}
	steps := 8 * coils
	for i := range steps + 1 {
		phase := float64(i) / 8
		xy = append(xy, -0.85+1.7*float64(i)/float64(steps)+0.05*math.Cos(2*math.Pi*phase), r*math.Sin(2*math.Pi*phase))
	}
	return append(xy, 0.98, 0)
}

// bracketBody draws an angle bracket with drilled holes.
func bracketBody(p pen, rng *rand.Rand) {
	a, b := between(rng, 0.26, 0.4), between(rng, 0.26, 0.4)
	p.polygon(-0.8, -0.8, 0.85, -0.8, 0.85, -0.8+2*a, -0.8+2*b, -0.8+2*a, -0.8+2*b, 0.85, -0.8, 0.85)
	hole := between(rng, 0.1, 0.16)
	p.disc(0.5, -0.8+a, hole, -1)
	p.disc(-0.8+b, 0.5, hole, -1)
	p.disc(-0.8+b, -0.8+a, hole, -1)
}

func bracketGroove(p pen, rng *rand.Rand) {
	a, b := between(rng, 0.26, 0.4), between(rng, 0.26, 0.4)
	p.polygon(-0.8+2*b, -0.8, -0.76+2*b, -0.8, -0.76+2*b, -0.8+2*a, -0.8+2*b, -0.8+2*a)
}
