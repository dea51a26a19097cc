package camera

import "fmt"

// header is what a format's inspect finds without decoding pixels.
type header struct {
	format        string
	width, height int // as stored, before orientation
	orientation   int // 1..8, or 0 when the file does not say

	// incomplete says that the file ends before the format's end marker, or
	// before a length it states.
	incomplete bool

	// minBytes is the least number of bytes that can code so many pixels; 0 when
	// there is no such bound. It keeps small files from claiming much memory.
	minBytes int

	// plainJPEG marks what a JPEGDecoder decodes.
	plainJPEG bool
}

// info is the header as callers see it.
func (h header) info() Info {
	info := Info{Format: h.format, Width: h.width, Height: h.height, Orientation: max(h.orientation, 1)}
	if h.orientation >= 5 {
		info.Width, info.Height = h.height, h.width
	}
	return info
}

// checkWhole refuses a file of n bytes that cannot hold its picture.
func (h header) checkWhole(n int) error {
	if h.incomplete {
		return fmt.Errorf("%w: the %s ends after %d bytes without its end marker", ErrTruncated, h.format, n)
	}
	if n < h.minBytes {
		return fmt.Errorf("%w: %s of %d x %d pixels in %d bytes, needs at least %d",
			ErrTruncated, h.format, h.width, h.height, n, h.minBytes)
	}
	return nil
}
