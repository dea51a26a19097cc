package decode

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
)

const (
	pngSignature = "\x89PNG\r\n\x1a\n"

	// pngEnd is a whole IEND chunk.
	pngEnd = "\x00\x00\x00\x00IEND\xaeB\x60\x82"

	// pngXMP is the keyword of an iTXt chunk with XMP, and the four fields behind
	// it: not compressed, no language, no translation.
	pngXMP = "XML:com.adobe.xmp\x00\x00\x00\x00\x00"

	// deflateMost is the largest expansion of deflate (RFC 1951): 258 bytes for
	// two bits.
	deflateMost = 1032
)

// pngChunk is one chunk: all of it, and its type and data.
type pngChunk struct {
	raw, data []byte
	kind      string
}

// pngChunks calls f for each whole chunk up to IEND, and reports whether IEND
// was there.
func pngChunks(data []byte, f func(pngChunk)) (ended bool) {
	for pos := len(pngSignature); pos+12 <= len(data); {
		n := int64(binary.BigEndian.Uint32(data[pos:]))
		if n > int64(len(data)-pos-12) {
			return false
		}
		c := pngChunk{raw: data[pos : pos+12+int(n)], data: data[pos+8 : pos+8+int(n)], kind: string(data[pos+4 : pos+8])}
		if c.kind == "IEND" {
			return true
		}
		f(c)
		pos += len(c.raw)
	}
	return false
}

// inspectPNG reads the header and the orientation. It accepts a missing end: all pixels may
// be there.
func inspectPNG(data []byte) (header, error) {
	if len(data) < len(pngSignature)+12+13 {
		return header{}, fmt.Errorf("%w: ends in the header", ErrTruncated)
	}
	ihdr := data[len(pngSignature)+8:]
	if string(data[len(pngSignature)+4:len(pngSignature)+8]) != "IHDR" {
		return header{}, fmt.Errorf("%w: the first chunk is not the header", ErrCorrupt)
	}
	w, hgt := binary.BigEndian.Uint32(ihdr), binary.BigEndian.Uint32(ihdr[4:])
	if w > 1<<31-1 || hgt > 1<<31-1 {
		return header{}, fmt.Errorf("%w: %d x %d pixels", ErrCorrupt, w, hgt)
	}
	h := header{width: int(w), height: int(hgt)}
	// At least one bit a pixel.
	h.minBytes = int(min(uint64(w)*uint64(hgt)/8/deflateMost, 1<<40))
	xmp := 0
	pngChunks(data, func(c pngChunk) {
		switch {
		case c.kind == "eXIf" && h.orientation == 0:
			h.orientation = exifOrientation(c.data)
		case c.kind == "iTXt" && xmp == 0 && bytes.HasPrefix(c.data, []byte(pngXMP)):
			xmp = xmpOrientation(c.data[len(pngXMP):])
		}
	})
	if h.orientation == 0 {
		h.orientation = xmp
	}
	return h, nil
}

// decodePNG gives the decoder only the chunks that it needs for the pixels, and an end
// chunk. So text that inflates without end, transparency in the wrong place (dropped
// anyway) and a missing end after the last pixel do no harm.
func decodePNG(data []byte, _ header) (image.Image, error) {
	parts := []io.Reader{bytes.NewReader(data[:len(pngSignature)])}
	ended := pngChunks(data, func(c pngChunk) {
		switch c.kind {
		case "IHDR", "PLTE", "IDAT":
			parts = append(parts, bytes.NewReader(c.raw))
		}
	})
	parts = append(parts, bytes.NewReader([]byte(pngEnd)))
	m, err := png.Decode(io.MultiReader(parts...))
	var unsupported png.UnsupportedError
	switch {
	case err == nil:
		return m, nil
	case errors.As(err, &unsupported):
		return nil, fmt.Errorf("%w: %w", ErrUnsupported, err)
	case !ended:
		return nil, fmt.Errorf("%w: %w", ErrTruncated, err)
	}
	return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
}
