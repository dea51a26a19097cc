package stream

import (
	"encoding/binary"
	"math"
	"math/rand/v2"

	"edgeclr/camera/rgb"
)

// Change says how much two frames of one picture may differ. In each field, 0 means the
// default and a negative value means no such change.
type Change struct {
	// Shift is how far a frame's window may move, as a share of the picture's shorter
	// side, at least a pixel; default 0.03. The window is smaller than the picture by
	// that much.
	Shift float64

	// Light is the largest relative change of the brightness; default 0.03.
	Light float64

	// Noise is the standard deviation of the sensor's noise, in steps of 1/255;
	// default 2.
	Noise float64
}

func (c Change) withDefaults() Change {
	for _, f := range []struct {
		value    *float64
		standard float64
	}{{&c.Shift, 0.03}, {&c.Light, 0.03}, {&c.Noise, 2}} {
		if *f.value == 0 {
			*f.value = f.standard
		}
		*f.value = max(*f.value, 0)
	}
	return c
}

// window returns the part of a picture that a frame shows. It has the same size in all
// frames of the picture.
func (c Change) window(rng *rand.Rand, m *rgb.Image) *rgb.Image {
	x, y := rng.Float64(), rng.Float64() // always drawn: see apply
	short := min(m.Width, m.Height)
	shift := min(max(int(math.Round(c.Shift*float64(short))), 1), short-1)
	if c.Shift == 0 || shift < 1 {
		return m
	}
	at := func(u float64) int { return int(u * float64(shift+1)) }
	return m.Crop(at(x), at(y), m.Width-shift, m.Height-shift)
}

// apply makes a frame of a picture under a light, and does not change the picture. A kind
// of change that is switched off does not affect the random draws of the others.
func (c Change) apply(rng *rand.Rand, m *rgb.Image, light float64, grain *grain) *rgb.Image {
	window := c.window(rng, m)
	light *= 1 + c.Light*(2*rng.Float64()-1)
	var table [256]float32 // of a value under this light
	for v := range table {
		table[v] = float32(float64(v) * light)
	}
	out := rgb.New(window.Width, window.Height)
	grain.add(rng, out.Pix, window.Pix, &table)
	return out
}

const (
	grainBits  = 12
	grainDraws = 64 / grainBits // of one 64-bit word
)

// grain is the noise of a sensor: quantiles of a normal distribution. Each value of a
// picture gets a random one. That is several times faster than drawing normal numbers.
type grain [1 << grainBits]float32

func newGrain(deviation float64) *grain {
	var g grain
	for i := range g {
		u := (float64(i) + 0.5) / float64(len(g))
		g[i] = float32(deviation * math.Sqrt2 * math.Erfinv(2*u-1))
	}
	return &g
}

// add writes the values of src, under a light and with noise, to dst.
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

// purpose is what a generator of random numbers is for. No two purposes share one.
type purpose uint64

const (
	useClasses  purpose = iota // the order of the classes
	usePictures                // the order within a class, and which pictures are held out
	useChange                  // the small changes of a frame
	useShuffle                 // the order of a shuffled stream
)

// generator returns a generator of random numbers that depends on all arguments. Similar
// arguments give unrelated generators, since they are the key of a cipher.
func generator(seed uint64, p purpose, n int) *rand.Rand {
	var key [32]byte
	for i, word := range [...]uint64{seed, uint64(p), uint64(n)} {
		binary.LittleEndian.PutUint64(key[8*i:], word)
	}
	return rand.New(rand.NewChaCha8(key))
}
