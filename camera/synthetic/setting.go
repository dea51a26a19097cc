package synthetic

import (
	"math"
	"math/rand/v2"
)

const (
	belts   = 3   // that take turns
	beltRun = 120 // parts that pass before the belt is changed
)

// setting is what a fixed camera has before it for its whole life: the same
// few belts, the same lamp, and light that drifts slowly with the day. Pictures
// of one scene therefore share their background, as those of a real camera do;
// one that changed at random would tell pictures apart better than the part.
type setting struct {
	belts [belts]belt
	spot  [3]float64 // the lamp: x, y, radius, as shares of width, height and the shorter side
	lamp  float64    // its strength
	drift [6]drift
}

// drift is a slow change, -1 to 1.
type drift struct{ period, phase float64 } // in parts, in turns

func (d drift) at(item int) float64 {
	return math.Sin(2 * math.Pi * (math.Mod(float64(item), d.period)/d.period + d.phase))
}

// What drifts.
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

// belt is the one under part number item; it has run on since the last part.
func (s *setting) belt(rng *rand.Rand, item int) belt {
	b := s.belts[item/beltRun%belts]
	b.offset = between(rng, 0, 1000)
	return b
}
