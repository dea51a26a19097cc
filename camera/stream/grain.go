package stream

import (
	"math"
	"math/rand/v2"
)

const (
	grainBits  = 12
	grainDraws = 64 / grainBits // of one 64-bit word
)

// grain is the noise of a sensor: the quantiles of a normal distribution, of
// which each value of a picture gets one at random. That is several times
// faster than drawing normal numbers.
type grain [1 << grainBits]float32

func newGrain(deviation float64) *grain {
	var g grain
	for i := range g {
		u := (float64(i) + 0.5) / float64(len(g))
		g[i] = float32(deviation * math.Sqrt2 * math.Erfinv(2*u-1))
	}
	return &g
}

// add writes the values of src under a light, with noise, to dst.
func (g *grain) add(rng *rand.Rand, dst, src []uint8, light *[256]float32) {
	for len(src) > 0 {
		bits := rng.Uint64()
		n := min(grainDraws, len(src))
		for i, v := range src[:n] {
			value := light[v] + g[bits&(1<<grainBits-1)] + 0.5
			dst[i] = uint8(min(max(value, 0), 255))
			bits >>= grainBits
		}
		dst, src = dst[n:], src[n:]
	}
}
