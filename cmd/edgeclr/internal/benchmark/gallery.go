package benchmark

import (
	"bytes"
	"context"
	"fmt"
	"image/png"

	"edgeclr/camera/decode"
	"edgeclr/camera/rgb"
)

// Gallery holds labelled pictures for the stream and for the evaluation. It keeps the
// pictures in memory, because a benchmark takes long and folders change meanwhile.
type Gallery struct {
	decoder *decode.Decoder
	size    int // side of an encoder's input, in pixels
	side    int // bound of the shorter side of a picture that is kept for streaming, in pixels

	pictures []kept
}

// kept is one picture of the gallery.
type kept struct {
	class  string
	data   []byte // the file, or a smaller JPEG
	square []byte // PNG of what the encoder sees of the full picture
}

// keptQuality is the JPEG quality of a picture that is stored smaller.
const keptQuality = 95

// NewGallery makes an empty gallery for an encoder of that input size.
func NewGallery(d *decode.Decoder, size int) *Gallery {
	// Training cuts views from pictures of twice the side of a view.
	return &Gallery{decoder: d, size: size, side: max(256, 2*size)}
}

// Add adds a picture. The error says why it cannot be read: see [decode.Reason].
func (g *Gallery) Add(ctx context.Context, class string, data []byte) error {
	m, _, err := g.decoder.Decode(ctx, data)
	if err != nil {
		return err
	}
	one := kept{class: class, data: data}
	if one.square, err = lossless(m.EvalSquare(g.size)); err != nil {
		return err
	}
	if min(m.Width, m.Height) > g.side {
		if one.data, err = m.ResizeShortSide(g.side).JPEG(keptQuality); err != nil {
			return err
		}
	}
	g.pictures = append(g.pictures, one)
	return nil
}

// Len is the number of pictures.
func (g *Gallery) Len() int { return len(g.pictures) }

// classes returns the class of each picture.
func (g *Gallery) classes() []string {
	names := make([]string, len(g.pictures))
	for i, p := range g.pictures {
		names[i] = p.class
	}
	return names
}

// load decodes a picture.
func (g *Gallery) load(ctx context.Context, picture int) (*rgb.Image, error) {
	m, _, err := g.decoder.Decode(ctx, g.pictures[picture].data)
	return m, err
}

// lossless encodes the square that the encoder sees as PNG. So the encoder gets
// exactly the pixels that it would cut from the full picture.
func lossless(m *rgb.Image) ([]byte, error) {
	var buffer bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := encoder.Encode(&buffer, m.ToImage()); err != nil {
		return nil, fmt.Errorf("encoding %d x %d pixels as PNG: %w", m.Width, m.Height, err)
	}
	return buffer.Bytes(), nil
}
