package rgb

import "math"

// ResizeShortSide scales the picture so that its shorter side has size pixels,
// keeping the aspect ratio: torchvision's Resize(size) on a PIL image. The
// longer side is cut, not rounded, to whole pixels. It may return m itself.
func (m *Image) ResizeShortSide(size int) *Image {
	return m.Resize(m.shortSide(size))
}

func (m *Image) shortSide(size int) (w, h int) {
	if m.Width <= m.Height {
		return size, size * m.Height / m.Width
	}
	return size * m.Width / m.Height, size
}

// CenterCrop cuts the central square of size by size pixels: torchvision's
// CenterCrop. A side that is shorter is first padded with black on both ends,
// the odd pixel at the right or bottom.
func (m *Image) CenterCrop(size int) *Image {
	return m.Crop(centerOffset(m.Width, size), centerOffset(m.Height, size), size, size)
}

// centerOffset is where a centred window of size pixels begins on a side of n;
// negative when the side has to be padded. torchvision rounds the halves of
// crops to even (Python's round) but those of paddings down.
func centerOffset(n, size int) int {
	if n < size {
		return -((size - n) / 2)
	}
	return int(math.RoundToEven(float64(n-size) / 2))
}

// EvalSquare is what an encoder sees when it embeds a picture: the shorter
// side resized to size, then the central square. It equals
// m.ResizeShortSide(size).CenterCrop(size) but resamples only that square.
func (m *Image) EvalSquare(size int) *Image {
	out := New(size, size)
	var r Resizer
	r.EvalSquare(out.Pix, size, m)
	return out
}
