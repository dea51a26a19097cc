package decode

import (
	"encoding/binary"
	"fmt"
	"image"

	"golang.org/x/image/tiff"
)

const (
	tagRowsPerStrip = 0x0116
	tagTileWidth    = 0x0142
	tagTileLength   = 0x0143

	// maxBlocks bounds the strips or tiles of a picture, each of which costs
	// the decoder some 10 microseconds, however small it is.
	maxBlocks = 1 << 18
)

// inspectTIFF reads the first directory.
func inspectTIFF(data []byte) (header, error) {
	r := newEOFReader(data)
	config, err := tiff.DecodeConfig(r)
	if err != nil {
		return header{}, r.classify(err)
	}
	h := header{width: config.Width, height: config.Height, orientation: exifOrientation(data)}
	return h, checkBlocks(data, uint64(config.Width), uint64(config.Height))
}

// checkBlocks refuses strips and tiles that would cost too much time or memory: the decoder
// inflates a whole tile at once, whatever the size of the picture.
func checkBlocks(data []byte, width, height uint64) error {
	w, h := width, height
	tiffEntries(data, func(order binary.ByteOrder, e tiffEntry) {
		n, ok := e.number(order)
		switch {
		case !ok || n == 0:
		case e.tag == tagTileWidth:
			w = uint64(n)
		case e.tag == tagTileLength:
			h = uint64(n)
		case e.tag == tagRowsPerStrip: // a tile length follows, if there is one
			h = uint64(min(n, uint32(height)))
		}
	})
	if w*h > width*height+1024*1024 {
		return fmt.Errorf("%w: a tile of %d x %d pixels", ErrTooLarge, w, h)
	}
	if blocks := ((width + w - 1) / w) * ((height + h - 1) / h); blocks > maxBlocks {
		return fmt.Errorf("%w: %d strips or tiles, the limit is %d", ErrTooLarge, blocks, maxBlocks)
	}
	return nil
}

// decodeTIFF decodes the first page of a TIFF that is uncompressed or packed
// with LZW, Deflate, PackBits or CCITT.
func decodeTIFF(data []byte, _ header) (image.Image, error) {
	r := newEOFReader(data)
	m, err := tiff.Decode(r)
	return m, r.classify(err)
}
