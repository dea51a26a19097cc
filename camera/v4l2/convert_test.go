package v4l2

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// sample is the picture that every layout below encodes. Pairs of columns share their
// chroma, and so do pairs of rows in some layouts.
type sample struct{ w, h, shared int }

func (s sample) luma(x, y int) byte { return byte(37*x + 91*y + 16*x*y) }
func (s sample) u(x, y int) byte    { return byte(53*(x/2) + 29*(y/s.shared) + 7) }
func (s sample) v(x, y int) byte    { return byte(211*(x/2) + 17*(y/s.shared) + 100) }

// planes encodes the picture with random padding after each row.
func (s sample) planes(format FourCC, padding int) (planes [][]byte, strides []int) {
	even := (s.w + 1) / 2 * 2
	row := func(n int, at func(i int) byte) []byte {
		b := make([]byte, n+padding)
		for i := range b {
			b[i] = byte(rand.Uint32())
			if i < n {
				b[i] = at(i)
			}
		}
		return b
	}
	var luma, chroma []byte
	for y := range s.h {
		switch format {
		case YUYV, UYVY:
			luma = append(luma, row(2*even, func(i int) byte {
				if format == UYVY {
					i ^= 1
				}
				return [4]func(x, y int) byte{s.luma, s.u, s.luma, s.v}[i%4](i/2, y)
			})...)
		default:
			luma = append(luma, row(even, func(i int) byte { return s.luma(i, y) })...)
			if y%2 == 0 {
				chroma = append(chroma, row(even, func(i int) byte { return [2]func(x, y int) byte{s.u, s.v}[i%2](i, y) })...)
			}
		}
	}
	switch format {
	case NV12M:
		return [][]byte{luma, chroma}, []int{even + padding, even + padding}
	case NV12:
		return [][]byte{append(luma, chroma...)}, []int{even + padding}
	}
	return [][]byte{luma}, []int{2*even + padding}
}

// reference is the conversion of ITU-R BT.601 and BT.709 in floating point.
func reference(w weights, full bool, y, u, v byte) [3]float64 {
	dark, luma, chroma := 16.0, 219.0, 224.0
	if full {
		dark, luma, chroma = 0, 255, 255
	}
	l := (float64(y) - dark) / luma
	pb, pr := (float64(u)-128)/chroma, (float64(v)-128)/chroma
	r := l + 2*(1-w.red)*pr
	b := l + 2*(1-w.blue)*pb
	g := (l - w.red*r - w.blue*b) / (1 - w.red - w.blue)
	return [3]float64{255 * min(max(r, 0), 1), 255 * min(max(g, 0), 1), 255 * min(max(b, 0), 1)}
}

func TestConvertYUV(t *testing.T) {
	for _, format := range []FourCC{YUYV, UYVY, NV12, NV12M} {
		for _, size := range [][2]int{{16, 8}, {17, 9}, {1, 1}, {2, 3}, {640, 4}} {
			for _, padding := range []int{0, 1, 64} {
				for name, colour := range map[string]struct {
					layout Layout
					weights
					full bool
				}{
					"601":                  {Layout{}, bt601, false},
					"601 full":             {Layout{Quantization: quantizationFull}, bt601, true},
					"JPEG":                 {Layout{Colorspace: colorspaceJPEG}, bt601, true},
					"709":                  {Layout{Colorspace: colorspaceREC709}, bt709, false},
					"709 by encoding":      {Layout{Encoding: encoding709, Quantization: quantizationFull}, bt709, true},
					"2020":                 {Layout{Colorspace: colorspaceBT2020}, bt2020, false},
					"240M":                 {Layout{Colorspace: colorspaceSMPTE240M}, smpte240m, false},
					"601 in a 709 space":   {Layout{Colorspace: colorspaceREC709, Encoding: encoding601}, bt601, false},
					"limited, though JPEG": {Layout{Colorspace: colorspaceJPEG, Quantization: quantizationLimited}, bt601, false},
				} {
					t.Run(fmt.Sprint(format, size, padding, name), func(t *testing.T) {
						s := sample{size[0], size[1], 1}
						if format == NV12 || format == NV12M {
							s.shared = 2
						}
						l := colour.layout
						l.Format, l.Width, l.Height = format, s.w, s.h
						var planes [][]byte
						planes, l.Strides = s.planes(format, padding)
						for i, least := range l.minBytes() { // the driver may leave the last padding out
							planes[i] = planes[i][:least]
							l.Sizes = append(l.Sizes, least)
						}
						if err := l.check(); err != nil {
							t.Fatal(err)
						}
						_, m, err := newConverter(l).picture(planes)
						if err != nil {
							t.Fatal(err)
						}
						for y := range s.h {
							for x := range s.w {
								want := reference(colour.weights, colour.full, s.luma(x, y), s.u(x, y), s.v(x, y))
								for c, w := range want {
									if got := m.Pix[3*(y*s.w+x)+c]; math.Abs(float64(got)-w) > 0.51 {
										t.Fatalf("at (%d, %d) channel %d: %d, want %.2f", x, y, c, got, w)
									}
								}
							}
						}
					})
				}
			}
		}
	}
}

func TestConvertRGBAndGrey(t *testing.T) {
	for _, tc := range []struct {
		layout Layout
		plane  []byte
		want   []byte
	}{
		{Layout{Format: RGB24, Width: 2, Height: 2, Strides: []int{8}}, []byte{1, 2, 3, 4, 5, 6, 99, 99, 7, 8, 9, 10, 11, 12}, []byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}},
		{Layout{Format: RGB24, Width: 1, Height: 1, Strides: []int{3}, Quantization: quantizationLimited}, []byte{16, 235, 125}, []byte{0, 255, 127}},
		{Layout{Format: GREY, Width: 2, Height: 2, Strides: []int{3}}, []byte{0, 100, 99, 200, 255}, []byte{0, 0, 0, 100, 100, 100, 200, 200, 200, 255, 255, 255}},
		{Layout{Format: GREY, Width: 3, Height: 1, Strides: []int{3}, Quantization: quantizationLimited}, []byte{5, 16, 250}, []byte{0, 0, 0, 0, 0, 0, 255, 255, 255}},
	} {
		_, m, err := newConverter(tc.layout).picture([][]byte{tc.plane})
		if err != nil || string(m.Pix) != string(tc.want) {
			t.Errorf("%v: %v, %v, want %v", tc.layout, m.Pix, err, tc.want)
		}
	}
}

// A driver's answer that puts pixels outside the buffer is refused.
func TestLayoutCheck(t *testing.T) {
	for _, tc := range []struct {
		name   string
		layout Layout
		good   bool
	}{
		{"good", Layout{Format: YUYV, Width: 4, Height: 2, Strides: []int{8}, Sizes: []int{16}}, true},
		{"padding behind the last row missing", Layout{Format: YUYV, Width: 4, Height: 2, Strides: []int{10}, Sizes: []int{18}}, true},
		{"stride left out", Layout{Format: YUYV, Width: 4, Height: 2, Strides: []int{0}, Sizes: []int{16}}, true},
		{"JPEG", Layout{Format: MJPEG, Width: 4, Height: 2, Strides: []int{0}, Sizes: []int{100}}, true},
		{"two planes", Layout{Format: NV12M, Width: 4, Height: 2, Strides: []int{4, 4}, Sizes: []int{8, 4}}, true},
		{"stride too small", Layout{Format: YUYV, Width: 4, Height: 2, Strides: []int{7}, Sizes: []int{16}}, false},
		{"buffer too small", Layout{Format: YUYV, Width: 4, Height: 2, Strides: []int{8}, Sizes: []int{15}}, false},
		{"chroma missing", Layout{Format: NV12, Width: 4, Height: 2, Strides: []int{4}, Sizes: []int{8}}, false},
		{"a plane missing", Layout{Format: NV12M, Width: 4, Height: 2, Strides: []int{4}, Sizes: []int{8}}, false},
		{"JPEG in two planes", Layout{Format: MJPEG, Width: 4, Height: 2, Strides: []int{0, 0}, Sizes: []int{8, 8}}, false},
		{"no pixels", Layout{Format: GREY, Height: 2, Strides: []int{0}, Sizes: []int{0}}, false},
		{"huge", Layout{Format: GREY, Width: 1 << 20, Height: 2, Strides: []int{1 << 20}, Sizes: []int{1 << 21}}, false},
	} {
		if err := tc.layout.check(); (err == nil) != tc.good {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
}

func BenchmarkConvert(b *testing.B) {
	for _, format := range []FourCC{YUYV, NV12, RGB24} {
		for _, size := range [][2]int{{640, 480}, {1920, 1080}} {
			b.Run(fmt.Sprintf("%v/%dx%d", format, size[0], size[1]), func(b *testing.B) {
				l := Layout{Format: format, Width: size[0], Height: size[1], Strides: []int{0}, Sizes: []int{3 * size[0] * size[1]}}
				if err := l.check(); err != nil {
					b.Fatal(err)
				}
				plane := make([]byte, l.Sizes[0])
				for i := range plane {
					plane[i] = byte(i * 7)
				}
				c := newConverter(l)
				for b.Loop() {
					if _, _, err := c.picture([][]byte{plane}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
