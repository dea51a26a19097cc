package model

import (
	"bytes"
	"errors"
	"fmt"
	"image/jpeg"
	"runtime"
	"sync"
	"testing"

	"edgeclr/camera/rgb"
)

func testJPEG(t testing.TB, side int) []byte {
	t.Helper()
	m := &rgb.Image{Width: side, Height: side, Pix: picture(5, 0, side)}
	data, err := m.Crop(0, 0, side, side*3/4).JPEG(90)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func openJPEGDecoder(t testing.TB) *JPEGDecoder {
	t.Helper()
	d := NewJPEGDecoder()
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// Pixels equal those of Go's decoder, except for rounding and for the chroma: Go
// repeats its pixels and libjpeg interpolates them.
func TestJPEGPixels(t *testing.T) {
	d, data := openJPEGDecoder(t), testJPEG(t, 200)
	got, err := d.DecodeJPEG(data, 1)
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	want := rgb.FromImage(decoded)
	if got.Width != want.Width || got.Height != want.Height {
		t.Fatalf("%d x %d, want %d x %d", got.Width, got.Height, want.Width, want.Height)
	}
	if mean := meanDifference(got, want); mean > 3 {
		t.Errorf("pixels differ by %.2f on average", mean)
	} else {
		t.Logf("pixels differ by %.2f on average", mean)
	}
}

// A reduced picture has 1/ratio of each side, rounded up, and the same content.
func TestJPEGRatios(t *testing.T) {
	d := openJPEGDecoder(t)
	for _, side := range []int{200, 33, 8} {
		data := testJPEG(t, side)
		whole, err := d.DecodeJPEG(data, 1)
		if err != nil {
			t.Fatal(err)
		}
		for _, ratio := range []int{2, 4, 8} {
			t.Run(fmt.Sprintf("%d at 1/%d", side, ratio), func(t *testing.T) {
				got, err := d.DecodeJPEG(data, ratio)
				if err != nil {
					t.Fatal(err)
				}
				w, h := (whole.Width+ratio-1)/ratio, (whole.Height+ratio-1)/ratio
				if got.Width != w || got.Height != h {
					t.Fatalf("%d x %d, want %d x %d", got.Width, got.Height, w, h)
				}
				if mean := meanDifference(got, whole.Resize(w, h)); side == 200 && mean > 6 {
					t.Errorf("pixels differ by %.2f on average", mean)
				}
			})
		}
	}
}

func meanDifference(a, b *rgb.Image) float64 {
	sum := 0
	for i := range a.Pix {
		sum += max(int(a.Pix[i])-int(b.Pix[i]), int(b.Pix[i])-int(a.Pix[i]))
	}
	return float64(sum) / float64(len(a.Pix))
}

func TestJPEGErrors(t *testing.T) {
	d, data := openJPEGDecoder(t), testJPEG(t, 64)
	tests := []struct {
		name  string
		data  []byte
		ratio int
	}{
		{"nothing", nil, 1},
		{"zeros", make([]byte, 1000), 1},
		{"text", []byte("<html><body>404 Not Found</body></html>"), 1},
		{"header alone", data[:20], 1},
		{"cut in half", data[:len(data)/2], 1},
		{"start and end alone", []byte{0xFF, 0xD8, 0xFF, 0xD9}, 1},
		{"no such ratio", data, 3},
		{"ratio 0", data, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if m, err := d.DecodeJPEG(tt.data, tt.ratio); err == nil {
				t.Errorf("no error, but %d x %d", m.Width, m.Height)
			}
		})
	}
	if _, err := d.DecodeJPEG(data, 1); err != nil {
		t.Errorf("a good picture after bad ones: %v", err)
	}
}

func TestJPEGConcurrentAndClosed(t *testing.T) {
	d, data := openJPEGDecoder(t), testJPEG(t, 96)
	want, err := d.DecodeJPEG(data, 2)
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for {
				got, err := d.DecodeJPEG(data, 2)
				if errors.Is(err, ErrClosed) {
					return
				}
				if err != nil || !bytes.Equal(got.Pix, want.Pix) {
					t.Errorf("another picture, or %v", err)
					return
				}
			}
		})
	}
	for range 2 {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}
	wait.Wait()
}

func FuzzDecodeJPEG(f *testing.F) {
	d := openJPEGDecoder(f)
	data := testJPEG(f, 16)
	f.Add(data)
	f.Add(data[:len(data)/2])
	f.Add([]byte{0xFF, 0xD8, 0xFF, 0xD9})
	f.Fuzz(func(t *testing.T, data []byte) {
		header, err := jpeg.DecodeConfig(bytes.NewReader(data))
		if err == nil && header.Width*header.Height > 1<<20 {
			t.Skip("callers check the size that the header claims")
		}
		if m, err := d.DecodeJPEG(data, 1); err == nil && len(m.Pix) != m.Width*m.Height*3 {
			t.Errorf("%d bytes for %d x %d", len(m.Pix), m.Width, m.Height)
		}
	})
}

// A tensor is not freed while its values are copied out, however busy the garbage
// collector is. Reading a freed tensor would end the process.
func TestTensorsOutliveTheirReading(t *testing.T) {
	d, data := openJPEGDecoder(t), testJPEG(t, 8)
	done := make(chan struct{})
	var collecting, decoding sync.WaitGroup
	collecting.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
				runtime.GC()
			}
		}
	})
	for range 4 {
		decoding.Go(func() {
			for range 5000 {
				if _, err := d.DecodeJPEG(data, 1); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	decoding.Wait()
	close(done)
	collecting.Wait()
}
