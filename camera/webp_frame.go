package camera

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
)

// webpFrame is where the first frame of an animation lies on the canvas, and
// its chunks.
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
