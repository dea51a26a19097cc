package synthetic

import (
	"math"
	"math/rand/v2"
)

// view is everything about a picture except the class.
type view struct {
	place   affine  // of the part
	radius  float64 // of the part, in pixels
	shape   uint64  // seeds the part's proportions
	clutter uint64  // seeds dirt and what lies over the part
	metal   colour  // of the part
	gloss   float32 // strength of its edges in the light
	belt    belt
	light   [2]float32 // direction the light comes from, unit length
	shadow  [2]int     // offset of the shadow, in pixels
	dark    float32    // darkness of the shadow, 0 to 1
	soft    int        // blur of the shadow, in pixels
	cast    colour     // exposure and colour of the light
	slope   [2]float32 // change of the light across the picture
	spot    [3]float64 // a lamp: x, y, radius, in pixels
	glare   float32    // its strength
	motion  int        // blur along the belt, in pixels
	noise   float32    // standard deviation, of 255 grey levels
	covered bool       // something lies over the part
	moved   float64    // how far everything on the belt has travelled, in pixels
}

// metals are linear colours of common surfaces.
func metals() [6]colour {
	return [6]colour{
		{0.52, 0.54, 0.56},   // steel
		{0.36, 0.37, 0.39},   // galvanised
		{0.56, 0.40, 0.12},   // brass
		{0.045, 0.045, 0.05}, // black oxide
		{0.50, 0.20, 0.10},   // copper
		{0.48, 0.42, 0.20},   // yellow zinc
	}
}

// drawView draws a view of part number item for a picture of w by h pixels. The
// distributions of place and proportions are wide on purpose: an encoder has to learn to
// ignore them.
func drawView(rng *rand.Rand, set *setting, item, w, h int) view {
	fw, fh := float64(w), float64(h)
	side := math.Min(fw, fh)
	var v view
	v.radius = side * between(rng, 0.2, 0.36)
	angle, squash, skew := between(rng, 0, 2*math.Pi), between(rng, 0.8, 1), between(rng, 0, math.Pi)
	cx, cy := fw*between(rng, 0.32, 0.68), fh*between(rng, 0.36, 0.64)
	v.place = placement(cx, cy, v.radius, angle, squash, skew)
	v.shape, v.clutter = rng.Uint64(), rng.Uint64()
	all := metals()
	v.metal = all[rng.IntN(len(all))].scale(float32(between(rng, 0.75, 1.25)))
	v.gloss = float32(between(rng, 0.5, 1.6))
	v.belt = set.belt(rng, item)
	v.drawLight(rng, set, item, side)
	v.spot = [3]float64{fw * set.spot[0], fh * set.spot[1], side * set.spot[2]}
	v.motion = int(side / 120 * between(rng, 0, 3.4))
	v.noise = float32(5 + 3*set.drift[driftNoise].at(item))
	v.covered = rng.IntN(5) == 0
	return v
}

// drawLight draws the light: the slowly drifting light of the setting, with a small random
// change.
func (v *view) drawLight(rng *rand.Rand, set *setting, item int, side float64) {
	at := func(what int, moment float64) float64 { return set.drift[what].at(item) + moment*between(rng, -1, 1) }
	sin, cos := math.Sincos(math.Pi * at(driftDirection, 0.1))
	v.light = [2]float32{float32(cos), float32(sin)}
	reach := side * between(rng, 0.02, 0.09)
	v.shadow = [2]int{int(math.Round(-cos * reach)), int(math.Round(-sin * reach))}
	v.dark, v.soft = float32(between(rng, 0.25, 0.75)), 1+int(side*between(rng, 0, 0.04))

	exposure, warmth := math.Exp(0.6*at(driftExposure, 0.15)-0.25), 0.22*at(driftWarmth, 0.1)
	v.cast = colour{float32(exposure * math.Exp(warmth)), float32(exposure), float32(exposure * math.Exp(-warmth))}
	v.slope = [2]float32{float32(0.45 * at(driftSlopeX, 0.1)), float32(0.35 * at(driftSlopeY, 0.1))}
	v.glare = float32(set.lamp)
}

// placement returns a map that rotates, foreshortens along skew, scales and moves.
func placement(cx, cy, r, angle, squash, skew float64) affine {
	sin, cos := math.Sincos(angle)
	s2, c2 := math.Sincos(skew)
	// Q(skew) * diag(1, squash) * Q(-skew) * Q(angle)
	a, b, d := c2*c2+squash*s2*s2, (1-squash)*s2*c2, s2*s2+squash*c2*c2
	return affine{
		xx: r * (a*cos + b*sin), xy: r * (-a*sin + b*cos), x0: cx,
		yx: r * (b*cos + d*sin), yy: r * (-b*sin + d*cos), y0: cy,
	}
}

// travel moves the part, and the belt under it, to a step of its way across a picture of
// width w.
func (v *view) travel(step, w int) {
	dx := (float64(step) - float64(passage-1)/2) * float64(w) / (passage + 4)
	v.place.x0 += dx
	v.belt.offset += dx
	v.moved = dx
}

const (
	belts   = 3   // that alternate
	beltRun = 120 // parts that pass before the belt changes
)

// setting is what all pictures of a scene share: the same few belts, the same lamp, and
// light that drifts slowly with the day. So the pictures of one scene share their
// background, like those of a real camera. With a random background, an encoder could tell
// pictures apart by the background more easily than by the part.
type setting struct {
	belts [belts]belt
	spot  [3]float64 // the lamp: x, y, radius, as shares of width, height and the shorter side
	lamp  float64    // its strength
	drift [6]drift
}

// drift is a slow change between -1 and 1.
type drift struct{ period, phase float64 } // in parts, in cycles

func (d drift) at(item int) float64 {
	return math.Sin(2 * math.Pi * (math.Mod(float64(item), d.period)/d.period + d.phase))
}

// Indices of setting.drift.
const (
	driftExposure = iota
	driftWarmth
	driftSlopeX
	driftSlopeY
	driftNoise
	driftDirection
)

func drawSetting(seed uint64) setting {
	rng := rand.New(rand.NewPCG(seed, 0x736574))
	var s setting
	colours := beltColours()
	for i, which := range rng.Perm(len(colours))[:belts] {
		s.belts[i] = drawBelt(rng, colours[which])
	}
	s.spot = [3]float64{between(rng, 0, 1), between(rng, 0, 1), between(rng, 0.3, 0.7)}
	s.lamp = between(rng, 0, 0.5)
	for i := range s.drift {
		s.drift[i] = drift{period: between(rng, 90, 400), phase: rng.Float64()}
	}
	return s
}

// belt returns the belt under part number item. It has moved since the last part.
func (s *setting) belt(rng *rand.Rand, item int) belt {
	b := s.belts[item/beltRun%belts]
	b.offset = between(rng, 0, 1000)
	return b
}
