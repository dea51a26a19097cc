package rgb

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"slices"
	"testing"
)

// numbered is a picture whose pixels are all different: (x, y, 7).
func numbered(w, h int) *Image {
	m := New(w, h)
	for y := range h {
		for x := range w {
			copy(m.Pix[3*(y*w+x):], []uint8{uint8(x), uint8(y), 7})
		}
	}
	return m
}

func (m *Image) at(x, y int) [3]uint8 {
	return [3]uint8(m.Pix[3*(y*m.Width+x):])
}

func TestOrient(t *testing.T) {
	// For each orientation: where the stored corners (upper left, upper right)
	// of a picture of 4 x 3 stand when it is upright.
	const w, h = 4, 3
	left, right := [3]uint8{0, 0, 7}, [3]uint8{w - 1, 0, 7}
	for _, c := range []struct {
		exif, width, height int
		left, right         image.Point
	}{
		{0, w, h, image.Pt(0, 0), image.Pt(3, 0)},
		{1, w, h, image.Pt(0, 0), image.Pt(3, 0)},
		{2, w, h, image.Pt(3, 0), image.Pt(0, 0)},
		{3, w, h, image.Pt(3, 2), image.Pt(0, 2)},
		{4, w, h, image.Pt(0, 2), image.Pt(3, 2)},
		{5, h, w, image.Pt(0, 0), image.Pt(0, 3)},
		{6, h, w, image.Pt(2, 0), image.Pt(2, 3)},
		{7, h, w, image.Pt(2, 3), image.Pt(2, 0)},
		{8, h, w, image.Pt(0, 3), image.Pt(0, 0)},
		{9, w, h, image.Pt(0, 0), image.Pt(3, 0)},
		{-1, w, h, image.Pt(0, 0), image.Pt(3, 0)},
	} {
		t.Run(fmt.Sprint(c.exif), func(t *testing.T) {
			m := numbered(w, h).Orient(c.exif)
			if m.Width != c.width || m.Height != c.height {
				t.Fatalf("%d x %d, want %d x %d", m.Width, m.Height, c.width, c.height)
			}
			if m.at(c.left.X, c.left.Y) != left || m.at(c.right.X, c.right.Y) != right {
				t.Error("the corners are not where they belong")
			}
			seen := map[[3]uint8]bool{}
			for y := range m.Height {
				for x := range m.Width {
					seen[m.at(x, y)] = true
				}
			}
			if len(seen) != w*h {
				t.Errorf("%d of %d pixels are left", len(seen), w*h)
			}
		})
	}
}

func TestCrop(t *testing.T) {
	m := numbered(5, 4)
	black := [3]uint8{}
	for _, c := range []struct {
		name        string
		x, y, w, h  int
		first, last [3]uint8
	}{
		{"inside", 1, 2, 3, 2, [3]uint8{1, 2, 7}, [3]uint8{3, 3, 7}},
		{"whole", 0, 0, 5, 4, [3]uint8{0, 0, 7}, [3]uint8{4, 3, 7}},
		{"beyond the upper left", -1, -1, 3, 3, black, [3]uint8{1, 1, 7}},
		{"beyond the lower right", 3, 3, 4, 4, [3]uint8{3, 3, 7}, black},
		{"beside", 10, 10, 2, 2, black, black},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := m.Crop(c.x, c.y, c.w, c.h)
			if out.Width != c.w || out.Height != c.h || len(out.Pix) != 3*c.w*c.h {
				t.Fatalf("%d x %d with %d bytes", out.Width, out.Height, len(out.Pix))
			}
			if out.at(0, 0) != c.first || out.at(c.w-1, c.h-1) != c.last {
				t.Errorf("corners %v and %v, want %v and %v", out.at(0, 0), out.at(c.w-1, c.h-1), c.first, c.last)
			}
		})
	}
	m.Crop(0, 0, 5, 4).Pix[0] = 99
	if m.Pix[0] == 99 {
		t.Error("the crop shares memory with its source")
	}
}

func TestJPEG(t *testing.T) {
	m := New(33, 17)
	for i := range m.Pix {
		m.Pix[i] = 100
	}
	for _, quality := range []int{-5, 1, 75, 100, 1000} {
		data, err := m.JPEG(quality)
		if err != nil {
			t.Fatal(err)
		}
		back, err := jpeg.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		got := FromImage(back)
		if got.Width != 33 || got.Height != 17 || got.Pix[0] < 92 || got.Pix[0] > 108 {
			t.Errorf("quality %d: %d x %d, first value %d", quality, got.Width, got.Height, got.Pix[0])
		}
	}
	if _, err := New(70000, 1).JPEG(90); err == nil {
		t.Error("no error for a picture that JPEG cannot hold")
	}
}

func TestToImageAndBack(t *testing.T) {
	m := numbered(6, 5)
	if back := FromImage(m.ToImage()); !slices.Equal(back.Pix, m.Pix) {
		t.Error("the picture changed")
	}
}

func TestNewRefusesNegativeSizes(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	New(-1, 4)
}
