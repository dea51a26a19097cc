package rgb

import (
	"image"
	"testing"
)

// photo is a picture of the size of the shared data's photographs.
func photo() *Image {
	m := New(400, 533)
	for i := range m.Pix {
		m.Pix[i] = uint8(i*i>>7 ^ i)
	}
	return m
}

func BenchmarkResize(b *testing.B) {
	src := photo()
	for _, c := range []struct {
		name       string
		x, y, w, h int
		size       int
	}{
		{"whole to 128", 0, 0, 400, 533, 128},
		{"60 percent to 128", 40, 60, 310, 413, 128},
		{"20 percent to 128", 100, 100, 207, 207, 128},
		{"small up to 128", 100, 100, 96, 96, 128},
		{"60 percent to 96", 40, 60, 310, 413, 96},
	} {
		b.Run(c.name, func(b *testing.B) {
			var r Resizer
			dst := make([]uint8, 3*c.size*c.size)
			b.ReportAllocs()
			for b.Loop() {
				r.Resize(dst, c.size, c.size, src, c.x, c.y, c.w, c.h)
			}
		})
	}
}

func BenchmarkEvalSquare(b *testing.B) {
	src, dst := photo(), make([]uint8, 3*96*96)
	var r Resizer
	b.ReportAllocs()
	for b.Loop() {
		r.EvalSquare(dst, 96, src)
	}
}

func BenchmarkFromImage(b *testing.B) {
	rect := image.Rect(0, 0, 400, 533)
	for _, c := range []struct {
		name string
		m    image.Image
	}{
		{"YCbCr 4:2:0", image.NewYCbCr(rect, image.YCbCrSubsampleRatio420)},
		{"NRGBA", image.NewNRGBA(rect)},
		{"generic", image.NewCMYK(rect)},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				FromImage(c.m)
			}
		})
	}
}
