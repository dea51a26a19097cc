package camera

import (
	"bytes"
	"fmt"
	"image"
)

// format is one kind of picture that is read.
type format struct {
	name    string
	magic   func(data []byte) bool
	inspect func(data []byte) (header, error)
	decode  func(data []byte, h header) (image.Image, error)
}

// formats lists what is read, one line each.
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

// identify finds the format by the first bytes.
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

// describe names what is not read, so that the user knows what to convert.
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

// hasPrefix recognises a format by one of its signatures. A file that is
// shorter than the signature and agrees so far is of that format, cut off.
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
