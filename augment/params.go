package augment

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// Params are the exact changes that turn a picture into one view. The zero value only
// resizes the whole picture.
type Params struct {
	Crop               Box // zero: the whole picture
	Flip, VerticalFlip bool

	// Order is the sequence of the colour operations. Only operations in Order are
	// applied. None entries are skipped.
	Order      [4]Jitter
	Brightness float64 // factor, 1 changes nothing
	Contrast   float64 // factor
	Saturation float64 // factor
	Hue        float64 // shift, -0.5 to 0.5 of the colour circle

	Grayscale bool

	BlurKernel int     // width in pixels, odd; 0 means no blur
	BlurSigma  float64 // in pixels of the view
}

// Box is a part of a picture in pixels. (X, Y) is the upper left corner.
type Box struct{ X, Y, Width, Height int }

// Jitter names one operation of the colour jitter.
type Jitter uint8

// The operations of torchvision's ColorJitter. None replaces an operation that is
// switched off.
const (
	None Jitter = iota
	Brightness
	Contrast
	Saturation
	Hue
)

// String returns the operation's name in the configuration.
func (j Jitter) String() string {
	names := [...]string{"none", "brightness", "contrast", "saturation", "hue"}
	if int(j) < len(names) {
		return names[j]
	}
	return fmt.Sprintf("Jitter(%d)", uint8(j))
}

// Draw draws the parameters of one view of a picture of w by h pixels (both
// above 0), by the formulas of torchvision's RandomResizedCrop.get_params,
// ColorJitter.get_params and GaussianBlur.get_params. c must be valid.
//
// Parameters that do not depend on the picture are drawn first and always, also those
// of operations that are switched off. So another picture or another probability does
// not change the other parameters that the same generator gives.
func (c Config) Draw(rng *rand.Rand, w, h int) Params {
	p := Params{
		Flip:         rng.Float64() < c.Flip,
		VerticalFlip: rng.Float64() < c.VerticalFlip,
	}
	c.drawJitter(rng, &p)
	p.Grayscale = rng.Float64() < c.Grayscale

	blur := rng.Float64() < c.Blur
	p.BlurSigma = uniform(rng, c.BlurSigmaMin, c.BlurSigmaMax)
	if blur {
		p.BlurKernel = c.BlurKernel
	}
	p.Crop = c.drawCrop(rng, w, h)
	return p
}

// drawJitter draws the order and factors of the colour operations. It replaces those
// that are switched off by None.
func (c Config) drawJitter(rng *rand.Rand, p *Params) {
	on := rng.Float64() < c.Jitter
	p.Order = [4]Jitter{Brightness, Contrast, Saturation, Hue}
	rng.Shuffle(len(p.Order), func(i, j int) { p.Order[i], p.Order[j] = p.Order[j], p.Order[i] })
	p.Brightness = uniform(rng, max(0, 1-c.Brightness), 1+c.Brightness)
	p.Contrast = uniform(rng, max(0, 1-c.Contrast), 1+c.Contrast)
	p.Saturation = uniform(rng, max(0, 1-c.Saturation), 1+c.Saturation)
	p.Hue = uniform(rng, -c.Hue, c.Hue)

	strength := [...]float64{Brightness: c.Brightness, Contrast: c.Contrast, Saturation: c.Saturation, Hue: c.Hue}
	for i, op := range p.Order {
		if !on || strength[op] == 0 {
			p.Order[i] = None
		}
	}
}

// drawCrop draws a crop of random area and aspect ratio. After ten crops that do not
// fit the picture it takes the largest central crop within the bounds of the ratio.
func (c Config) drawCrop(rng *rand.Rand, width, height int) Box {
	area := float64(width) * float64(height)
	logMin, logMax := math.Log(c.CropRatioMin), math.Log(c.CropRatioMax)
	for range 10 {
		target := area * uniform(rng, c.CropScaleMin, c.CropScaleMax)
		aspect := math.Exp(uniform(rng, logMin, logMax))
		w := int(math.RoundToEven(math.Sqrt(target * aspect)))
		h := int(math.RoundToEven(math.Sqrt(target / aspect)))
		if w > 0 && w <= width && h > 0 && h <= height {
			y := rng.IntN(height - h + 1)
			x := rng.IntN(width - w + 1)
			return Box{x, y, w, h}
		}
	}
	return c.centralCrop(width, height)
}

// centralCrop returns the largest central crop within the bounds of the aspect ratio.
func (c Config) centralCrop(width, height int) Box {
	w, h := width, height
	switch ratio := float64(width) / float64(height); {
	case ratio < c.CropRatioMin:
		h = int(math.RoundToEven(float64(w) / c.CropRatioMin))
	case ratio > c.CropRatioMax:
		w = int(math.RoundToEven(float64(h) * c.CropRatioMax))
	}
	// In a picture that is one pixel thin, a side can round to 0 or beyond the picture.
	w, h = min(max(w, 1), width), min(max(h, 1), height)
	return Box{(width - w) / 2, (height - h) / 2, w, h}
}

func uniform(rng *rand.Rand, low, high float64) float64 {
	return low + (high-low)*rng.Float64()
}

// stream is a use of a generator. Each use has a generator of its own.
type stream uint64

// viewOne and viewTwo draw the parameters of the two views of a position. substitute
// draws the pair that replaces one that failed to load.
const (
	viewOne stream = iota
	viewTwo
	substitute
)

// seeds returns the two seeds of the PCG generator for one use at one position of one
// step. It is a pure function, so the random part of training has no other state.
// Each word passes through the whole mixer: the generators of adjacent steps and
// positions are unrelated.
func seeds(seed uint64, step, position int, use stream) (uint64, uint64) {
	h := mix(seed)
	h = mix(h ^ uint64(step))
	h = mix(h ^ uint64(position))
	h = mix(h ^ uint64(use))
	return h, mix(h)
}

// mix is one step of splitmix64 (Steele, Lea and Flood 2014, "Fast splittable
// pseudorandom number generators"). It is a bijection. Each input bit changes about
// half of the output bits.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
