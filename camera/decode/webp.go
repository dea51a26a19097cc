package decode

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/draw"

	"golang.org/x/image/webp"
)

// riffHeaderSize is "RIFF", a length and "WEBP".
const riffHeaderSize = 12

func isWebP(data []byte) bool {
	return len(data) >= riffHeaderSize && string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP"
}

// riffChunks calls f for each chunk of data until f returns false. It reports whether the
// chunks that it went through are whole. raw is the chunk with its header and padding.
func riffChunks(data []byte, f func(id string, raw, payload []byte) bool) (whole bool) {
	for len(data) >= 8 {
		n := int64(binary.LittleEndian.Uint32(data[4:]))
		if n > int64(len(data)-8) {
			return false
		}
		end := min(int64(len(data)), 8+n+n&1)
		if !f(string(data[:4]), data[:end], data[8:8+n]) {
			return true
		}
		data = data[end:]
	}
	return true
}

// webpContent is what the chunks of a file describe.
type webpContent struct {
	header
	animated bool
	frame    webpFrame
}

// inspectWebP reads the size of the canvas, and the orientation.
func inspectWebP(data []byte) (header, error) {
	c, err := readWebP(data)
	return c.header, err
}

func readWebP(data []byte) (webpContent, error) {
	var c webpContent
	var bad error
	xmp := 0
	end := 8 + int64(binary.LittleEndian.Uint32(data[4:]))
	whole := riffChunks(data[riffHeaderSize:max(riffHeaderSize, min(end, int64(len(data))))], func(id string, _, p []byte) bool {
		switch id {
		case "VP8X":
			if len(p) >= 10 {
				c.width, c.height = uint24(p[4:])+1, uint24(p[7:])+1
				c.animated = p[0]&2 != 0
			}
		case "VP8 ":
			bad = c.setSize(vp8Size(p))
		case "VP8L":
			bad = c.setSize(vp8lSize(p))
		case "ANMF":
			if c.animated && c.frame.chunks == nil {
				c.frame, bad = newWebPFrame(p)
			}
		case "EXIF":
			c.orientation = exifOrientation(p)
		case "XMP ":
			xmp = xmpOrientation(p)
		}
		return bad == nil
	})
	c.incomplete = !whole || end > int64(len(data))
	switch {
	case bad != nil:
		return c, bad
	case c.width == 0 && c.incomplete:
		return c, fmt.Errorf("%w: ends in the first chunk", ErrTruncated)
	case c.width == 0:
		return c, fmt.Errorf("%w: no picture in it", ErrCorrupt)
	case c.animated && c.frame.chunks == nil && !c.incomplete:
		return c, fmt.Errorf("%w: an animation without frames", ErrCorrupt)
	}
	if c.animated && c.frame.chunks != nil {
		// Later frames may be cut; the first is what is shown.
		c.incomplete = false
	}
	if c.orientation == 0 {
		c.orientation = xmp
	}
	return c, nil
}

// setSize compares the size in the coded data with the canvas. The limits are checked for
// the canvas, and the decoder would use the size in the coded data.
func (c *webpContent) setSize(size image.Point, err error) error {
	if err != nil {
		return err
	}
	if c.width != 0 && size != image.Pt(c.width, c.height) {
		return fmt.Errorf("%w: %d x %d pixels on a canvas of %d x %d", ErrCorrupt, size.X, size.Y, c.width, c.height)
	}
	c.width, c.height = size.X, size.Y
	return nil
}

// decodeWebP decodes a still picture, or the first frame of an animation on a
// black canvas.
func decodeWebP(data []byte, h header) (image.Image, error) {
	c, err := readWebP(data)
	if err != nil {
		return nil, err
	}
	if !c.animated {
		return decodeStillWebP(data)
	}
	canvas := image.Rect(0, 0, h.width, h.height)
	if !c.frame.bounds.In(canvas) {
		return nil, fmt.Errorf("%w: frame %v outside the canvas", ErrCorrupt, c.frame.bounds)
	}
	frame, err := decodeStillWebP(c.frame.still())
	if err != nil {
		return nil, err
	}
	if frame.Bounds().Size() != c.frame.bounds.Size() {
		return nil, fmt.Errorf("%w: frame of %v, stated as %v", ErrCorrupt, frame.Bounds().Size(), c.frame.bounds.Size())
	}
	if c.frame.bounds == canvas {
		return frame, nil
	}
	m := image.NewNRGBA(canvas)
	draw.Draw(m, c.frame.bounds, frame, frame.Bounds().Min, draw.Src)
	return m, nil
}

func decodeStillWebP(data []byte) (image.Image, error) {
	r := newEOFReader(data)
	m, err := webp.Decode(r)
	return m, r.classify(err)
}

// vp8Size reads the size of a lossy key frame (RFC 6386, section 9.1).
func vp8Size(p []byte) (image.Point, error) {
	if len(p) < 10 || p[0]&1 != 0 || string(p[3:6]) != "\x9d\x01\x2a" {
		return image.Point{}, fmt.Errorf("%w: not a VP8 key frame", ErrCorrupt)
	}
	le := binary.LittleEndian
	return image.Pt(int(le.Uint16(p[6:])&0x3fff), int(le.Uint16(p[8:])&0x3fff)), nil
}

// vp8lSize reads the size of a lossless picture.
func vp8lSize(p []byte) (image.Point, error) {
	if len(p) < 5 || p[0] != 0x2f {
		return image.Point{}, fmt.Errorf("%w: not a VP8L picture", ErrCorrupt)
	}
	bits := binary.LittleEndian.Uint32(p[1:])
	return image.Pt(int(bits&0x3fff)+1, int(bits>>14&0x3fff)+1), nil
}

func uint24(p []byte) int { return int(p[0]) | int(p[1])<<8 | int(p[2])<<16 }

// webpFrame is the first frame of an animation: its place on the canvas and its chunks.
type webpFrame struct {
	bounds image.Rectangle
	chunks []byte
	alpha  bool
}

// newWebPFrame reads an ANMF chunk.
func newWebPFrame(p []byte) (webpFrame, error) {
	if len(p) < 16 {
		return webpFrame{}, fmt.Errorf("%w: frame of %d bytes", ErrCorrupt, len(p))
	}
	at := image.Pt(2*uint24(p), 2*uint24(p[3:]))
	f := webpFrame{bounds: image.Rectangle{Min: at, Max: at.Add(image.Pt(uint24(p[6:])+1, uint24(p[9:])+1))}, chunks: p[16:]}
	riffChunks(f.chunks, func(id string, _, _ []byte) bool {
		f.alpha = f.alpha || id == "ALPH"
		return true
	})
	return f, nil
}

// still wraps the chunks of a frame into a file of its own.
func (f webpFrame) still() []byte {
	var b bytes.Buffer
	b.WriteString("RIFF\x00\x00\x00\x00WEBP")
	size := f.bounds.Size()
	flags := byte(0)
	if f.alpha {
		flags = 0x10
	}
	b.WriteString("VP8X\x0a\x00\x00\x00")
	b.Write([]byte{flags, 0, 0, 0})
	b.Write(put24(size.X - 1))
	b.Write(put24(size.Y - 1))
	riffChunks(f.chunks, func(id string, raw, _ []byte) bool {
		if id == "ALPH" || id == "VP8 " || id == "VP8L" {
			b.Write(raw)
		}
		return true
	})
	out := b.Bytes()
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out
}

func put24(n int) []byte { return []byte{byte(n), byte(n >> 8), byte(n >> 16)} }
