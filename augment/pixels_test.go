package augment

import (
	"math"
	"math/rand/v2"
	"testing"

	"edgeclr/camera/rgb"
)

// noise is a view of random values, the hardest case for rounding.
func noise(size int) []uint8 {
	rng := rand.New(rand.NewPCG(7, 8))
	pix := make([]uint8, 3*size*size)
	for i := range pix {
		pix[i] = uint8(rng.UintN(256))
	}
	return pix
}

// pillowHue is Pillow's conversion of one pixel to HSV, the shift and the conversion
// back, in Pillow's float arithmetic.
func pillowHue(r, g, b, shift uint8) (uint8, uint8, uint8) {
	largest, smallest := max(r, g, b), min(r, g, b)
	v := float64(largest)
	var h, s uint8
	if largest != smallest {
		span := float32(largest - smallest)
		rc, gc, bc := float32(largest-r)/span, float32(largest-g)/span, float32(largest-b)/span
		var hue float32
		switch largest {
		case r:
			hue = bc - gc
		case g:
			hue = float32(2.0 + float64(rc) - float64(bc))
		default:
			hue = float32(4.0 + float64(gc) - float64(rc))
		}
		hue = float32(math.Mod(float64(hue)/6.0+1.0, 1.0))
		h = uint8(float64(hue) * 255)
		s = uint8(float64(span/float32(largest)) * 255)
	}
	if s == 0 {
		return largest, largest, largest
	}
	h += shift
	i := math.Floor(float64(h) * 6 / 255)
	f := float64(float32(float64(h)*6/255 - i))
	fs := float64(float32(s) / 255)
	p := uint8(math.Round(v * (1 - fs)))
	q := uint8(math.Round(v * (1 - fs*f)))
	u := uint8(math.Round(v * (1 - fs*(1-f))))
	switch int(i) % 6 {
	case 0:
		return largest, u, p
	case 1:
		return q, largest, p
	case 2:
		return p, largest, u
	case 3:
		return p, q, largest
	case 4:
		return u, p, largest
	}
	return largest, p, q
}

func TestHueOfEveryThirdColour(t *testing.T) {
	tables := newHueTables()
	for _, factor := range []float64{0.1, -0.037} {
		shift := uint8(int32(factor * 255))
		var wrong, total int
		pix := make([]uint8, 0, 3*86)
		for r := 0; r < 256; r += 3 {
			for g := 0; g < 256; g += 3 {
				pix = pix[:0]
				for b := 0; b < 256; b += 3 {
					pix = append(pix, uint8(r), uint8(g), uint8(b))
				}
				tables.shift(pix, factor)
				for k := 0; 3*k < len(pix); k++ {
					x, y, z := pillowHue(uint8(r), uint8(g), uint8(3*k), shift)
					total++
					if d := compare(pix[3*k:3*k+3], []uint8{x, y, z}); d.max > 1 {
						t.Fatalf("(%d, %d, %d) by %v: got %v, Pillow %v", r, g, 3*k, factor, pix[3*k:3*k+3], []uint8{x, y, z})
					} else if d.max == 1 {
						wrong++
					}
				}
			}
		}
		t.Logf("shift %v: %d of %d colours differ by 1", factor, wrong, total)
		if wrong*10000 > total {
			t.Errorf("shift %v: %d of %d colours differ", factor, wrong, total)
		}
	}
}

func TestSaturationOfRandomFactors(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	before := noise(64)
	var wrong int
	const trials = 50
	for range trials {
		factor := uniform(rng, 0, 2)
		got := append([]uint8(nil), before...)
		saturate(got, factor)
		for i, v := range before {
			px := before[i/3*3:]
			want := blended(luma(px[0], px[1], px[2]), v, float32(factor))
			if got[i] != want {
				wrong++
				if int(got[i])-int(want) > 1 || int(want)-int(got[i]) > 1 {
					t.Fatalf("factor %v: %d, want %d", factor, got[i], want)
				}
			}
		}
	}
	share := float64(wrong) / float64(trials*len(before))
	t.Logf("share of values that differ by 1: %.2g", share)
	if share > 1e-4 {
		t.Errorf("%.2g of the values differ", share)
	}
}

// slowBlur is the two-dimensional convolution of torchvision, in float64.
func slowBlur(pix []uint8, size, kernel int, sigma float64) []uint8 {
	radius := kernel / 2
	weights := make([]float64, kernel)
	var total float64
	for i := range weights {
		weights[i] = gaussian(i-radius, sigma)
		total += weights[i]
	}
	out := make([]uint8, len(pix))
	for i := range out {
		x, y, c := i/3%size, i/3/size, i%3
		var sum float64
		for v, wv := range weights {
			for u, wu := range weights {
				sum += wu * wv * float64(pix[3*(reflect(y+v-radius, size)*size+reflect(x+u-radius, size))+c])
			}
		}
		out[i] = uint8(math.RoundToEven(sum / (total * total)))
	}
	return out
}

func TestBlurEqualsConvolution(t *testing.T) {
	var b blurrer
	for _, c := range []struct {
		name         string
		size, kernel int
		sigma        float64
	}{
		{"default kernel", 33, 3, 1.1},
		{"after a larger one", 31, 3, 0.3},
		{"SimCLR's tenth", 32, 13, 2},
		{"kernel of the view's width", 5, 5, 1},
		{"kernel larger than the view", 3, 11, 3},
		{"one pixel", 1, 3, 1},
		{"no kernel", 6, 1, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			pix := noise(c.size)
			want := slowBlur(pix, c.size, c.kernel, c.sigma)
			b.apply(pix, c.size, c.kernel, c.sigma)
			if d := compare(pix, want); d.max > 1 || d.mean > 0.005 {
				t.Errorf("mean error %v, largest %d", d.mean, d.max)
			}
		})
	}
}

func TestFlatViewsStayFlat(t *testing.T) {
	for _, v := range []uint8{0, 1, 127, 254, 255} {
		src := rgb.New(40, 30)
		for i := range src.Pix {
			src.Pix[i] = v
		}
		got := make([]uint8, 3*16*16)
		NewAugmenter().Apply(got, 16, src, Params{Order: [4]Jitter{Hue, Contrast, Saturation}, Hue: 0.1, Contrast: 1.4, Saturation: 1.4, BlurKernel: 5, BlurSigma: 2})
		for _, g := range got {
			if g != v {
				t.Fatalf("%d became %d", v, g)
			}
		}
	}
}

func TestApplyRefusesShortMemory(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	NewAugmenter().Apply(make([]uint8, 10), 16, rgb.New(40, 30), Params{})
}

func TestApplyDoesNotAllocate(t *testing.T) {
	a, src, dst := NewAugmenter(), rgb.New(200, 150), make([]uint8, 3*64*64)
	c := Default()
	c.Blur = 1
	rng := rand.New(rand.NewPCG(1, 1))
	a.Apply(dst, 64, src, Params{BlurKernel: 3, BlurSigma: 1}) // the whole picture needs the most scratch
	if n := testing.AllocsPerRun(50, func() { a.Apply(dst, 64, src, c.Draw(rng, 200, 150)) }); n != 0 {
		t.Errorf("%v allocations a view", n)
	}
}

func TestJitterString(t *testing.T) {
	for j, want := range map[Jitter]string{None: "none", Hue: "hue", 9: "Jitter(9)"} {
		if j.String() != want {
			t.Errorf("got %s, want %s", j, want)
		}
	}
}
