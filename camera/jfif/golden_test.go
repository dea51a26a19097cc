package jfif

import (
	"bytes"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"edgeclr/camera/rgb"
)

// Every pixel is that of libjpeg-turbo 3, as Pillow calls it (testdata/make.py).
func TestDecodeGolden(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.jpg")
	if err != nil || len(paths) < 15 {
		t.Fatalf("%d pictures, %v", len(paths), err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			got, err := Decode(data)
			if err != nil {
				t.Fatal(err)
			}
			file, err := os.Open(strings.TrimSuffix(path, ".jpg") + ".png")
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			m, err := png.Decode(file)
			if err != nil {
				t.Fatal(err)
			}
			want := rgb.FromImage(m)
			if got.Width != want.Width || got.Height != want.Height {
				t.Fatalf("%d x %d, want %d x %d", got.Width, got.Height, want.Width, want.Height)
			}
			if !bytes.Equal(got.Pix, want.Pix) {
				different, first := 0, -1
				for i, v := range got.Pix {
					if v != want.Pix[i] {
						if different++; first < 0 {
							first = i
						}
					}
				}
				t.Errorf("%d of %d values differ, the first at (%d, %d): %d, want %d", different, len(got.Pix),
					first/3%got.Width, first/3/got.Width, got.Pix[first], want.Pix[first])
			}
		})
	}
}
