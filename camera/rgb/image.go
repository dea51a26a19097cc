package rgb

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"math"
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

// ToImage copies the picture into an opaque image of a type for which the encoders of the
// standard library have fast paths.
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
// moved to the nearest end), with 4:2:0 chroma. It fails only for pictures
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

// Orient returns the picture upright according to its EXIF orientation (TIFF tag 274, 1 to
// 8). For 1 and for unknown values it returns the picture itself, not a copy.
func (m *Image) Orient(exif int) *Image {
	if exif < 2 || exif > 8 {
		return m
	}
	// The tag tells where row 0 and column 0 of the stored picture belong. For
	// each target pixel (x, y) the source is at start + x*dx + y*dy, in pixels.
	w, h := m.Width, m.Height
	right, down, last := w-1, (h-1)*w, h*w-1
	var start, dx, dy int
	switch exif {
	case 2: // mirrored left to right
		start, dx, dy = right, -1, w
	case 3: // turned by 180 degrees
		start, dx, dy = last, -1, -w
	case 4: // mirrored top to bottom
		start, dx, dy = down, 1, -w
	case 5: // transposed
		start, dx, dy = 0, w, 1
	case 6: // to be turned clockwise by 90 degrees
		start, dx, dy = down, -w, 1
	case 7: // transposed along the other diagonal
		start, dx, dy = last, -w, -1
	case 8: // to be turned counter-clockwise by 90 degrees
		start, dx, dy = right, w, -1
	}
	if exif >= 5 {
		w, h = h, w
	}
	out := New(w, h)
	dst := out.Pix
	for y := range h {
		for x := range w {
			p := 3 * (start + x*dx + y*dy)
			dst[0], dst[1], dst[2] = m.Pix[p], m.Pix[p+1], m.Pix[p+2]
			dst = dst[3:]
		}
	}
	return out
}

// ResizeShortSide scales the picture so that its shorter side has size pixels, and keeps the
// aspect ratio: torchvision's Resize(size) on a PIL image. The longer side is truncated, not
// rounded, to whole pixels. It may return m itself.
func (m *Image) ResizeShortSide(size int) *Image {
	return m.Resize(m.shortSide(size))
}

// Shrink is ResizeShortSide for a picture whose shorter side has more than size
// pixels. It returns every other picture as it is.
func (m *Image) Shrink(size int) *Image {
	if min(m.Width, m.Height) <= size {
		return m
	}
	return m.ResizeShortSide(size)
}

func (m *Image) shortSide(size int) (w, h int) {
	if m.Width <= m.Height {
		return size, size * m.Height / m.Width
	}
	return size * m.Width / m.Height, size
}

// centerOffset returns where a centred window of size pixels begins on a side of n pixels;
// negative when the side must be padded. torchvision rounds halves to even (Python's round)
// for crops, and down for paddings.
func centerOffset(n, size int) int {
	if n < size {
		return -((size - n) / 2)
	}
	return int(math.RoundToEven(float64(n-size) / 2))
}

// EvalSquare returns what an encoder sees when it embeds a picture: the shorter side resized
// to size, then the central square. It equals torchvision's
// Resize(size) and CenterCrop(size), but resamples only that square.
func (m *Image) EvalSquare(size int) *Image {
	out := New(size, size)
	var r Resizer
	r.EvalSquare(out.Pix, size, m)
	return out
}
