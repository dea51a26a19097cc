package decode

import (
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
)

const (
	gifHeaderSize = 13
)

// inspectGIF reads the size of the canvas.
func inspectGIF(data []byte) (header, error) {
	if len(data) < gifHeaderSize {
		return header{}, fmt.Errorf("%w: ends in the header", ErrTruncated)
	}
	h := header{
		width:  int(binary.LittleEndian.Uint16(data[6:])),
		height: int(binary.LittleEndian.Uint16(data[8:])),
	}
	// No bound on the bytes: a small frame may lie on a large canvas.
	return h, nil
}

// decodeGIF returns the first frame on the canvas. Where the frame does not
// reach, the canvas has the background colour.
func decodeGIF(data []byte, h header) (image.Image, error) {
	r := newEOFReader(data)
	frame, err := gif.Decode(r)
	if err != nil {
		return nil, r.classify(err)
	}
	canvas := image.Rect(0, 0, h.width, h.height)
	if frame.Bounds() == canvas {
		return frame, nil
	}
	m := image.NewRGBA(canvas)
	draw.Draw(m, canvas, image.NewUniform(gifBackground(data)), image.Point{}, draw.Src)
	draw.Draw(m, frame.Bounds(), frame, frame.Bounds().Min, draw.Src)
	return m, nil
}

// gifBackground returns the background colour of the global table, black
// without one.
func gifBackground(data []byte) color.Color {
	flags, index := data[10], int(data[11])
	at := gifHeaderSize + 3*index
	if flags&0x80 == 0 || index >= 2<<(flags&7) || at+3 > len(data) {
		return color.Black
	}
	return color.RGBA{data[at], data[at+1], data[at+2], 0xff}
}
