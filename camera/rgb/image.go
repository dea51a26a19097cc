package rgb

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
)

// Image is an 8-bit RGB picture: Height rows of Width pixels of 3 bytes
// (R, G, B), row-major and without padding, so len(Pix) = 3*Width*Height.
type Image struct {
	Width, Height int
	Pix           []uint8
}

// New returns a black image of w by h pixels. It panics if either is negative.
func New(w, h int) *Image {
	if w < 0 || h < 0 {
		panic(fmt.Sprintf("rgb: New(%d, %d): sizes cannot be negative", w, h))
	}
	return &Image{Width: w, Height: h, Pix: make([]uint8, 3*w*h)}
}

// ToImage copies the picture into a type that the encoders of the standard
// library have fast paths for. It is opaque.
func (m *Image) ToImage() image.Image {
	out := image.NewRGBA(image.Rect(0, 0, m.Width, m.Height))
	src, dst := m.Pix, out.Pix
	for len(src) >= 3 && len(dst) >= 4 {
		dst[0], dst[1], dst[2], dst[3] = src[0], src[1], src[2], 0xff
		src, dst = src[3:], dst[4:]
	}
	return out
}

// JPEG encodes the picture at the given quality, 1 to 100 (values outside are
// taken to the nearest end), with 4:2:0 chroma. It fails only for pictures
// above JPEG's limit of 65535 pixels a side.
func (m *Image) JPEG(quality int) ([]byte, error) {
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, m.ToImage(), &jpeg.Options{Quality: quality}); err != nil {
		return nil, fmt.Errorf("encoding %d x %d pixels as JPEG: %w", m.Width, m.Height, err)
	}
	return buf.Bytes(), nil
}

// Crop copies the box of w by h pixels with its upper left corner at (x, y).
// As in Pillow, what lies outside the picture is black.
func (m *Image) Crop(x, y, w, h int) *Image {
	out := New(w, h)
	inner := image.Rect(x, y, x+w, y+h).Intersect(image.Rect(0, 0, m.Width, m.Height))
	for row := inner.Min.Y; row < inner.Max.Y; row++ {
		from := 3 * (row*m.Width + inner.Min.X)
		to := 3 * ((row-y)*w + inner.Min.X - x)
		copy(out.Pix[to:to+3*inner.Dx()], m.Pix[from:])
	}
	return out
}
