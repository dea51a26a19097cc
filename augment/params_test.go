package augment

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

const draws = 20000

func drawMany(c Config, w, h int) []Params {
	rng := rand.New(rand.NewPCG(1, 2))
	out := make([]Params, draws)
	for i := range out {
		out[i] = c.Draw(rng, w, h)
	}
	return out
}

// column returns one number of each value.
func column[T any](values []T, pick func(T) float64) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = pick(v)
	}
	return out
}

func TestCropsAreTorchvisions(t *testing.T) {
	var golden struct{ Crops map[string][][4]int }
	readGolden(t, "draws.json", &golden)
	for _, size := range [][2]int{{400, 533}, {320, 240}, {600, 60}} {
		name := fmt.Sprintf("%dx%d", size[0], size[1])
		t.Run(name, func(t *testing.T) {
			theirs := make([]Box, 0, 2000)
			for _, c := range golden.Crops[name] {
				theirs = append(theirs, Box{c[0], c[1], c[2], c[3]})
			}
			ours := make([]Box, 0, draws)
			for _, p := range drawMany(Default(), size[0], size[1]) {
				ours = append(ours, p.Crop)
			}
			for what, pick := range map[string]func(Box) float64{
				"area":   func(b Box) float64 { return float64(b.Width * b.Height) },
				"aspect": func(b Box) float64 { return float64(b.Width) / float64(b.Height) },
				"x":      func(b Box) float64 { return float64(b.X) },
				"y":      func(b Box) float64 { return float64(b.Y) },
				"right":  func(b Box) float64 { return float64(size[0] - b.X - b.Width) },
				"bottom": func(b Box) float64 { return float64(size[1] - b.Y - b.Height) },
			} {
				sameDistribution(t, what, column(ours, pick), column(theirs, pick))
			}
		})
	}
}

func TestCropsOfLongPicturesFallBackToTheCentre(t *testing.T) {
	// No crop of the wanted area and ratio fits 600 x 60 pixels.
	for _, p := range drawMany(Default(), 600, 60)[:100] {
		if want := (Box{260, 0, 80, 60}); p.Crop != want {
			t.Fatalf("got %+v, want %+v", p.Crop, want)
		}
	}
}

func TestJitterAndBlurAreTorchvisions(t *testing.T) {
	var golden struct {
		Factors [][4]float64
		Sigma   []float64
	}
	readGolden(t, "draws.json", &golden)
	ours := drawMany(Default(), 400, 533)
	for i, c := range []struct {
		name      string
		pick      func(Params) float64
		low, high float64
	}{
		{"brightness", func(p Params) float64 { return p.Brightness }, 0.6, 1.4},
		{"contrast", func(p Params) float64 { return p.Contrast }, 0.6, 1.4},
		{"saturation", func(p Params) float64 { return p.Saturation }, 0.6, 1.4},
		{"hue", func(p Params) float64 { return p.Hue }, -0.1, 0.1},
	} {
		values := column(ours, c.pick)
		sameDistribution(t, c.name, values, column(golden.Factors, func(f [4]float64) float64 { return f[i] }))
		isUniform(t, c.name, values, c.low, c.high)
	}
	sigma := column(ours, func(p Params) float64 { return p.BlurSigma })
	sameDistribution(t, "sigma", sigma, golden.Sigma)
	isUniform(t, "sigma", sigma, 0.1, 2)
}

func TestOrdersAreEquallyLikely(t *testing.T) {
	counts := map[[4]Jitter]int{}
	for _, p := range drawMany(Default(), 400, 533) {
		counts[p.Order]++
	}
	var list []int
	for _, n := range counts {
		list = append(list, n)
	}
	if len(list) != 24 {
		t.Fatalf("%d of the 24 orders occur", len(list))
	}
	if c := chiSquare(list); c > chiSquare23 {
		t.Errorf("chi-square %.1f of the orders exceeds %v", c, chiSquare23)
	}
}

func TestProbabilities(t *testing.T) {
	c := Default()
	c.VerticalFlip, c.Jitter, c.Grayscale, c.Blur = 0.1, 0.8, 0.2, 0.7
	var flip, vertical, jitter, gray, blur int
	var both int // flip and blur, which must not depend on each other
	count := func(n *int, yes bool) {
		if yes {
			*n++
		}
	}
	for _, p := range drawMany(c, 64, 64) {
		count(&flip, p.Flip)
		count(&vertical, p.VerticalFlip)
		count(&jitter, p.Order != [4]Jitter{})
		count(&gray, p.Grayscale)
		count(&blur, p.BlurKernel > 0)
		count(&both, p.Flip && p.BlurKernel > 0)
	}
	isShare(t, "flip", flip, draws, 0.5)
	isShare(t, "vertical_flip", vertical, draws, 0.1)
	isShare(t, "jitter", jitter, draws, 0.8)
	isShare(t, "grayscale", gray, draws, 0.2)
	isShare(t, "blur", blur, draws, 0.7)
	isShare(t, "flip and blur", both, draws, 0.35)
}

func TestSwitchedOff(t *testing.T) {
	c := Config{CropScaleMin: 1, CropScaleMax: 1, CropRatioMin: 1, CropRatioMax: 1, BlurKernel: 3, BlurSigmaMin: 1, BlurSigmaMax: 1}
	c.Jitter = 1 // on, but every strength is 0
	for _, p := range drawMany(c, 50, 50)[:100] {
		if p.Flip || p.VerticalFlip || p.Order != [4]Jitter{} || p.Grayscale || p.BlurKernel != 0 || p.Crop != (Box{0, 0, 50, 50}) {
			t.Fatalf("something is on: %+v", p)
		}
	}
}

func TestOtherParametersStayWhenOneIsSwitchedOff(t *testing.T) {
	with, without := Default(), Default()
	without.Hue, without.Blur, without.Grayscale = 0, 0, 1
	a, b := drawMany(with, 400, 533), drawMany(without, 400, 533)
	for i := range a {
		if a[i].Crop != b[i].Crop || a[i].Flip != b[i].Flip || a[i].Brightness != b[i].Brightness {
			t.Fatalf("draw %d differs: %+v and %+v", i, a[i], b[i])
		}
	}
}

// FuzzDraw checks that crops are inside pictures of any shape, for all valid bounds.
func FuzzDraw(f *testing.F) {
	f.Add(uint64(1), uint16(400), uint16(533), 0.2, 0.75, 1.0)
	f.Add(uint64(2), uint16(1), uint16(60000), 0.001, 0.01, 100.0)
	f.Add(uint64(3), uint16(60000), uint16(1), 1.0, 99.0, 1.0)
	f.Add(uint64(4), uint16(1), uint16(1), 0.5, 1.0, 1.0)
	f.Fuzz(func(t *testing.T, seed uint64, w, h uint16, scale, ratio, spread float64) {
		c := Default()
		c.CropScaleMin, c.CropRatioMin, c.CropRatioMax = scale, ratio, ratio*math.Abs(spread)
		if w == 0 || h == 0 || c.Validate() != nil {
			t.Skip()
		}
		b := c.Draw(rand.New(rand.NewPCG(seed, 0)), int(w), int(h)).Crop
		if b.X < 0 || b.Y < 0 || b.Width < 1 || b.Height < 1 || b.X+b.Width > int(w) || b.Y+b.Height > int(h) {
			t.Errorf("%+v is not inside %d x %d", b, w, h)
		}
	})
}
