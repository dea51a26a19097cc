package decode

import (
	"encoding/binary"
	"fmt"
	"image"
	"math"

	"golang.org/x/image/bmp"
)

// inspectBMP reads the info header. The supported kinds have uncompressed pixels, so the
// header says how long the file must be.
func inspectBMP(data []byte) (header, error) {
	if len(data) < 34 {
		return header{}, fmt.Errorf("%w: ends in the header", ErrTruncated)
	}
	le := binary.LittleEndian
	w, hgt := int64(int32(le.Uint32(data[18:]))), int64(int32(le.Uint32(data[22:])))
	if hgt < 0 { // rows from top to bottom
		hgt = -hgt
	}
	if w <= 0 || hgt == 0 || hgt > math.MaxInt32 {
		return header{}, fmt.Errorf("%w: %d x %d pixels", ErrCorrupt, w, hgt)
	}
	h := header{width: int(w), height: int(hgt)}
	offset, bits, compression := int64(le.Uint32(data[10:])), int64(le.Uint16(data[28:])), le.Uint32(data[30:])
	if compression == 0 && bits <= 32 {
		rows := (w*bits + 31) / 32 * 4 * hgt
		h.minBytes = int(min(offset+rows, math.MaxInt32))
	}
	return h, nil
}

// decodeBMP decodes uncompressed BMP of 1 to 8 bits with a palette, 24 or 32
// bits.
func decodeBMP(data []byte, _ header) (image.Image, error) {
	r := newEOFReader(data)
	m, err := bmp.Decode(r)
	return m, r.classify(err)
}
