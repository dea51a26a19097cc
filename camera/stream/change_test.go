package stream

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"edgeclr/camera/rgb"
)

// ramp is a picture in which each pixel has a value of its own.
func ramp(w, h int) *rgb.Image {
	m := rgb.New(w, h)
	for y := range h {
		for x := range w {
			copy(m.Pix[3*(y*w+x):], []uint8{uint8(2 * x), uint8(2 * y), 100})
		}
	}
	return m
}

func TestWindowMoves(t *testing.T) {
	c := Change{Shift: 0.1}.withDefaults()
	m := ramp(100, 60)
	offsets := map[[2]uint8]int{}
	rng := rand.New(rand.NewPCG(1, 1))
	for range 2000 {
		w := c.window(rng, m)
		if w.Width != 94 || w.Height != 54 {
			t.Fatalf("a window of %d x %d", w.Width, w.Height)
		}
		offsets[[2]uint8{w.Pix[0] / 2, w.Pix[1] / 2}]++
	}
	if len(offsets) != 7*7 {
		t.Errorf("%d places of the window, want 49", len(offsets))
	}
	for at, n := range offsets {
		if at[0] > 6 || at[1] > 6 || n < 15 {
			t.Errorf("%d times at %v", n, at)
		}
	}
}

func TestSmallPictures(t *testing.T) {
	c := Change{}.withDefaults()
	for side := 1; side < 5; side++ {
		out := c.apply(rand.New(rand.NewPCG(1, 1)), ramp(side, side), 1, newGrain(0))
		if want := max(side-1, 1); out.Width != want || out.Height != want {
			t.Errorf("%d pixels became %d x %d", side, out.Width, out.Height)
		}
	}
}

func TestNoChange(t *testing.T) {
	c := Change{Shift: -1, Light: -1, Noise: -1}.withDefaults()
	m := ramp(20, 10)
	out := c.apply(rand.New(rand.NewPCG(1, 1)), m, 1, newGrain(c.Noise))
	if out == m || !slices.Equal(out.Pix, m.Pix) {
		t.Error("the frame is not a copy of the picture")
	}
}

func TestLightStaysInBounds(t *testing.T) {
	c := Change{Shift: -1, Light: 0.03, Noise: -1}.withDefaults()
	m := rgb.New(1, 1)
	copy(m.Pix, []uint8{200, 200, 200})
	rng := rand.New(rand.NewPCG(1, 1))
	least, most := 255, 0
	for range 1000 {
		v := int(c.apply(rng, m, 1, newGrain(0)).Pix[0])
		least, most = min(least, v), max(most, v)
	}
	if least != 194 || most != 206 {
		t.Errorf("a value of 200 became %d to %d, want 194 to 206", least, most)
	}
}

func TestNoise(t *testing.T) {
	const deviation = 4
	g := newGrain(deviation)
	src, dst := make([]uint8, 100_000), make([]uint8, 100_000)
	for i := range src {
		src[i] = 100
	}
	var light [256]float32
	for v := range light {
		light[v] = float32(v)
	}
	g.add(rand.New(rand.NewPCG(1, 1)), dst, src, &light)
	sum, squares, along := 0.0, 0.0, 0.0
	for i, v := range dst {
		d := float64(v) - 100
		sum += d
		squares += d * d
		if i > 0 {
			along += d * (float64(dst[i-1]) - 100)
		}
	}
	n := float64(len(dst))
	if mean := sum / n; math.Abs(mean) > 0.05 {
		t.Errorf("the noise has a mean of %v", mean)
	}
	// Rounding adds a twelfth to the variance.
	if got := squares / n; math.Abs(got-(deviation*deviation+1./12)) > 0.3 {
		t.Errorf("a variance of %v, want %v", got, deviation*deviation)
	}
	if got := along / squares; math.Abs(got) > 0.02 {
		t.Errorf("neighbours are correlated by %v", got)
	}

	// Values stay bytes at both ends.
	for i := range src {
		src[i] = uint8(255 * (i % 2))
	}
	g.add(rand.New(rand.NewPCG(1, 1)), dst, src, &light)
	for i, v := range dst {
		if off := math.Abs(float64(v) - float64(src[i])); off > 20 {
			t.Fatalf("%d became %d", src[i], v)
		}
	}
}
