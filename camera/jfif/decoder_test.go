package jfif

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"testing"

	"edgeclr/camera/rgb"
)

// scene is a picture with edges, gradients and saturated colours.
func scene(width, height int) image.Image {
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			c := color.RGBA{uint8(x * 5), uint8(y * 3), uint8(x*y/16 + 40), 255}
			if (x/7+y/5)%3 == 0 {
				c = color.RGBA{255, uint8(x), 0, 255}
			}
			m.Set(x, y, c)
		}
	}
	return m
}

func encode(t testing.TB, m image.Image, quality int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Go's decoder repeats chroma pixels where this one interpolates them. A gray picture has
// none, so only the rounding of the inverse DCT differs. Package model compares all pixels
// with libjpeg's.
func TestDecodeAgreesWithGo(t *testing.T) {
	gray := image.NewGray(image.Rect(0, 0, 131, 77))
	for i := range gray.Pix {
		gray.Pix[i] = uint8(i * i >> 5)
	}
	tests := []struct {
		name  string
		m     image.Image
		limit float64 // of the mean difference
	}{
		{"gray", gray, 0.1},
		{"colour", scene(131, 77), 12},
		{"whole blocks", scene(64, 48), 12},
		{"one pixel", scene(1, 1), 2},
		{"one column", scene(1, 40), 12},
		{"one row", scene(40, 1), 12},
		{"four columns", scene(4, 9), 12},
	}
	for _, tt := range tests {
		for _, quality := range []int{10, 75, 100} {
			data := encode(t, tt.m, quality)
			got, err := Decode(data)
			if err != nil {
				t.Fatalf("%s: %v", tt.name, err)
			}
			m, err := jpeg.Decode(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			want := rgb.FromImage(m)
			if got.Width != want.Width || got.Height != want.Height {
				t.Fatalf("%s: %d x %d, want %d x %d", tt.name, got.Width, got.Height, want.Width, want.Height)
			}
			sum := 0
			for i, v := range got.Pix {
				sum += max(int(v)-int(want.Pix[i]), int(want.Pix[i])-int(v))
			}
			if mean := float64(sum) / float64(len(got.Pix)); mean > tt.limit {
				t.Errorf("%s at quality %d: the mean difference is %.2f", tt.name, quality, mean)
			}
		}
	}
}

func TestDecodeErrors(t *testing.T) {
	data := encode(t, scene(40, 30), 80)
	frame := bytes.Index(data, []byte{0xff, markerSOF0})
	scan := bytes.Index(data, []byte{0xff, markerSOS})
	changed := func(at int, to ...byte) []byte {
		c := bytes.Clone(data)
		copy(c[at:], to)
		return c
	}
	tests := []struct {
		name string
		data []byte
		want error
	}{
		{"nothing", nil, ErrCorrupt},
		{"text", []byte("<html>not found</html>"), ErrCorrupt},
		{"start and end", []byte{0xff, 0xd8, 0xff, 0xd9}, ErrCorrupt},
		{"header alone", data[:frame+10], ErrCorrupt},
		{"cut in half", data[:len(data)/2], ErrCorrupt},
		{"a segment too long", changed(frame+2, 0xff, 0xff), ErrCorrupt},
		{"two frame headers", append(bytes.Clone(data[:scan]), data[frame:]...), ErrCorrupt},
		{"no pixels", changed(frame+5, 0, 0), ErrUnsupported},
		{"12 bits", changed(frame+4, 12), ErrUnsupported},
		{"lossless", changed(frame+1, 0xc3), ErrUnsupported},
		{"a sampling factor of 0", changed(frame+11, 0x02), ErrCorrupt},
		{"3 to 2", changed(frame+11, 0x32, 0, 2, 0x21), ErrUnsupported},
		{"an unknown component", changed(scan+5, 9), ErrCorrupt},
		{"a component twice", changed(scan+7, 1), ErrCorrupt},
		{"no Huffman table", changed(scan+6, 0x33), ErrCorrupt},
		{"no quantisation table", changed(frame+12, 3), ErrCorrupt},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if m, err := Decode(tt.data); !errors.Is(err, tt.want) {
				t.Errorf("%v, %v, want %v", m, err, tt.want)
			}
		})
	}
}

// Data that are missing before the end marker are zeros: the picture ends grey.
func TestDecodeStarved(t *testing.T) {
	data := encode(t, scene(64, 64), 80)
	got, err := Decode(append(bytes.Clone(data[:len(data)*2/3]), 0xff, markerEOI))
	if err != nil {
		t.Fatal(err)
	}
	if last := got.Pix[len(got.Pix)-3:]; !bytes.Equal(last, []byte{128, 128, 128}) {
		t.Errorf("the last pixel is %v, want grey", last)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(encode(f, scene(20, 10), 50))
	for _, pattern := range []string{"fuzz/*.jpg", "progressive-and-odd-jpeg/*", "tiny-and-extreme-aspect/*.jpg", "corrupt/*.jpg"} {
		paths, _ := filepath.Glob(filepath.Join("../../../shared/data/awkward", pattern))
		for _, path := range paths {
			if data, err := os.ReadFile(path); err == nil && len(data) < 16<<10 {
				f.Add(data)
			}
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		frame := 2
		for frame+9 < len(data) { // callers check the size in the header
			if data[frame] == 0xff && data[frame+1] >= markerSOF0 && data[frame+1] <= markerSOF2 {
				if height, width := int(data[frame+5])<<8|int(data[frame+6]), int(data[frame+7])<<8|int(data[frame+8]); width*height > 1<<18 {
					t.Skip("large")
				}
			}
			frame++
		}
		if m, err := Decode(data); err == nil && len(m.Pix) != m.Width*m.Height*3 {
			t.Errorf("%d bytes for %d x %d", len(m.Pix), m.Width, m.Height)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	data := encode(b, scene(1920, 1080), 85)
	b.Run("jfif", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Decode(data); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("image/jpeg", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			m, err := jpeg.Decode(bytes.NewReader(data))
			if err != nil {
				b.Fatal(err)
			}
			rgb.FromImage(m)
		}
	})
}
