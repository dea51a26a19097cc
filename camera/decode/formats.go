package decode

import (
	"bytes"
	"fmt"
	"image"
)

// format is one kind of picture that Decoder reads.
type format struct {
	name    string
	magic   func(data []byte) bool
	inspect func(data []byte) (header, error)
	decode  func(data []byte, h header) (image.Image, error)
}

// formats lists what Decoder reads, one line each.
func formats() [6]format {
	return [6]format{
		{"jpeg", hasPrefix("\xff\xd8"), inspectJPEG, decodeJPEG},
		{"png", hasPrefix(pngSignature), inspectPNG, decodePNG},
		{"gif", hasPrefix("GIF87a", "GIF89a"), inspectGIF, decodeGIF},
		{"webp", isWebP, inspectWebP, decodeWebP},
		{"bmp", hasPrefix("BM"), inspectBMP, decodeBMP},
		{"tiff", hasPrefix("II*\x00", "MM\x00*"), inspectTIFF, decodeTIFF},
	}
}

// header is what a format's inspect reads without decoding pixels.
type header struct {
	format        string
	width, height int // as stored, before orientation
	orientation   int // 1..8, or 0 when the file does not say

	// incomplete says that the file ends before the format's end marker, or
	// before a length it states.
	incomplete bool

	// minBytes is a lower bound for the file size of a picture with so many
	// pixels, 0 if the format has none. It keeps small files from claiming much
	// memory.
	minBytes int

	// plainJPEG marks a JPEG that a [JPEGDecoder] can decode.
	plainJPEG bool
}

// info returns the header as callers see it.
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

// identify finds the format from the first bytes.
func identify(data []byte) (format, error) {
	if len(data) == 0 {
		return format{}, fmt.Errorf("%w: no bytes", ErrEmpty)
	}
	for _, f := range formats() {
		if f.magic(data) {
			return f, nil
		}
	}
	return format{}, fmt.Errorf("%w: %s", ErrUnsupported, describe(data))
}

// describe names a kind that is not read, so that the user knows what to convert.
func describe(data []byte) string {
	switch {
	case len(data) >= 12 && string(data[4:8]) == "ftyp":
		return fmt.Sprintf("%q, a picture or video in an ISO container (AVIF, HEIC, MP4)", data[8:12])
	case hasPrefix("\xff\x4f\xff\x51", "\x00\x00\x00\x0cjP  ")(data):
		return "JPEG 2000"
	case hasPrefix("\xff\x0a", "\x00\x00\x00\x0cJXL ")(data):
		return "JPEG XL"
	case hasPrefix("%PDF")(data):
		return "PDF"
	case bytes.HasPrefix(bytes.TrimSpace(data[:min(len(data), 64)]), []byte("<")):
		return "text such as HTML, XML or SVG, not a picture"
	case len(bytes.Trim(data[:min(len(data), 4096)], "\x00")) == 0:
		return "zeros, not a picture"
	}
	return fmt.Sprintf("not a known picture (first bytes %q)", data[:min(len(data), 8)])
}

// hasPrefix recognises a format by one of its signatures. A file that consists of
// the beginning of a signature counts as a truncated file of that format.
func hasPrefix(signatures ...string) func(data []byte) bool {
	return func(data []byte) bool {
		for _, s := range signatures {
			n := min(len(data), len(s))
			if string(data[:n]) == s[:n] {
				return true
			}
		}
		return false
	}
}
