package rgb

import (
	"image"
	"image/color"
	"math/rand/v2"
	"testing"
)

// fill gives every byte of a picture's memory a random value.
func fill(parts ...[]uint8) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, p := range parts {
		for i := range p {
			p[i] = uint8(rng.UintN(256))
		}
	}
}

// pictures returns a random picture of each concrete type. They do not start at (0, 0) and
// have odd sizes, so that chroma is shared unevenly.
func pictures() map[string]image.Image {
	rect := image.Rect(3, 5, 3+17, 5+11)
	all := map[string]image.Image{}
	for name, ratio := range map[string]image.YCbCrSubsampleRatio{
		"4:4:4": image.YCbCrSubsampleRatio444, "4:2:2": image.YCbCrSubsampleRatio422,
		"4:2:0": image.YCbCrSubsampleRatio420, "4:4:0": image.YCbCrSubsampleRatio440,
		"4:1:1": image.YCbCrSubsampleRatio411, "4:1:0": image.YCbCrSubsampleRatio410,
	} {
		m := image.NewYCbCr(rect, ratio)
		fill(m.Y, m.Cb, m.Cr)
		all["YCbCr "+name] = m
	}
	nrgba, nrgba64 := image.NewNRGBA(rect), image.NewNRGBA64(rect)
	gray, gray16, cmyk := image.NewGray(rect), image.NewGray16(rect), image.NewCMYK(rect)
	fill(nrgba.Pix, nrgba64.Pix, gray.Pix, gray16.Pix, cmyk.Pix)
	all["NRGBA"], all["NRGBA64"], all["Gray"], all["Gray16"], all["CMYK"] = nrgba, nrgba64, gray, gray16, cmyk

	nyCbCrA := image.NewNYCbCrA(rect, image.YCbCrSubsampleRatio420)
	fill(nyCbCrA.Y, nyCbCrA.Cb, nyCbCrA.Cr)
	for i := range nyCbCrA.A {
		nyCbCrA.A[i] = 255
	}
	all["NYCbCrA"] = nyCbCrA

	paletted := image.NewPaletted(rect, color.Palette{color.RGBA{1, 2, 3, 255}, color.NRGBA{200, 100, 50, 128}, color.Gray{9}})
	for i := range paletted.Pix {
		paletted.Pix[i] = uint8(i % 3)
	}
	all["Paletted"] = paletted

	rgba, rgba64 := image.NewRGBA(rect), image.NewRGBA64(rect)
	for y := rect.Min.Y; y < rect.Max.Y; y++ {
		for x := rect.Min.X; x < rect.Max.X; x++ {
			rgba.Set(x, y, nrgba.At(x, y))
			rgba64.Set(x, y, nrgba.At(x, y))
		}
	}
	all["RGBA"], all["RGBA64"] = rgba, rgba64
	return all
}

func TestFromImageEqualsTheGenericWay(t *testing.T) {
	for name, m := range pictures() {
		t.Run(name, func(t *testing.T) {
			out, b := FromImage(m), m.Bounds()
			if out.Width != b.Dx() || out.Height != b.Dy() {
				t.Fatalf("%d x %d, want %d x %d", out.Width, out.Height, b.Dx(), b.Dy())
			}
			for y := range out.Height {
				for x := range out.Width {
					r, g, bl := straight(m.At(b.Min.X+x, b.Min.Y+y))
					if got := out.at(x, y); got != [3]uint8{r, g, bl} {
						t.Fatalf("(%d, %d): got %v, want %v", x, y, got, [3]uint8{r, g, bl})
					}
				}
			}
		})
	}
}

func TestFromImageDropsAlpha(t *testing.T) {
	m := image.NewNRGBA(image.Rect(0, 0, 2, 1))
	m.SetNRGBA(0, 0, color.NRGBA{10, 20, 30, 0})
	m.SetNRGBA(1, 0, color.NRGBA{10, 20, 30, 128})
	out := FromImage(m)
	for x := range 2 {
		if got := out.at(x, 0); got != [3]uint8{10, 20, 30} {
			t.Errorf("pixel %d: %v", x, got)
		}
	}
}

func TestFromImageOfSubImages(t *testing.T) {
	for name, m := range pictures() {
		sub := m.(interface {
			SubImage(image.Rectangle) image.Image
		}).SubImage(image.Rect(6, 8, 11, 12))
		if got, want := FromImage(sub), FromImage(m).Crop(3, 3, 5, 4); string(got.Pix) != string(want.Pix) {
			t.Errorf("%s: the part differs from the part of the whole", name)
		}
	}
}

func TestFromImageOfBrokenPictures(t *testing.T) {
	paletted := image.NewPaletted(image.Rect(0, 0, 1, 1), color.Palette{color.White})
	paletted.Pix[0] = 200 // beyond the palette
	if got := FromImage(paletted).at(0, 0); got != [3]uint8{} {
		t.Errorf("an index beyond the palette became %v", got)
	}
	for _, size := range []image.Rectangle{image.Rect(0, 0, 0, 5), image.Rect(0, 0, 5, 0), {}} {
		if m := FromImage(image.NewNRGBA(size)); len(m.Pix) != 0 {
			t.Errorf("%v has %d bytes", size, len(m.Pix))
		}
	}
}
