package benchmark

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image/png"
	"slices"

	"edgeclr/camera/decode"
	"edgeclr/camera/rgb"
)

// Gallery holds labelled pictures for learning and for the evaluation. It keeps the
// pictures in memory, because a benchmark takes long and folders change meanwhile.
type Gallery struct {
	decoder *decode.Decoder
	sizes   []int // sides of the squares on which encoders are evaluated, in pixels
	side    int   // bound of the shorter side of a picture that is kept smaller, in pixels
	largest int   // bytes of a file that is kept as it is, whatever its side

	pictures []kept
}

// kept is one picture of the gallery.
type kept struct {
	class string
	data  []byte // the file, or a smaller JPEG

	// squares are what an encoder of each size sees of the full picture, as PNG. They are
	// there when data is smaller than the file.
	squares map[int][]byte
}

const (
	// keptQuality is the JPEG quality of a picture that is kept smaller.
	keptQuality = 95
	// largestFile is what most pictures for learning are below. Their files are kept.
	largestFile = 192 << 10
)

// NewGallery makes an empty gallery for encoders of these input sizes.
func NewGallery(d *decode.Decoder, sizes ...int) *Gallery {
	// Training cuts views from pictures of up to twice the side of a view.
	return &Gallery{decoder: d, sizes: sizes, side: max(256, 2*slices.Max(sizes)), largest: largestFile}
}

// Add adds a picture. The error says why it cannot be read: see [decode.Reason].
func (g *Gallery) Add(ctx context.Context, class string, data []byte) error {
	m, _, err := g.decoder.Decode(ctx, data)
	if err != nil {
		return err
	}
	one := kept{class: class, data: data}
	if len(data) > g.largest && min(m.Width, m.Height) > g.side {
		one.squares = map[int][]byte{}
		for _, size := range g.sizes {
			if one.squares[size], err = lossless(m.EvalSquare(size)); err != nil {
				return err
			}
		}
		if one.data, err = m.ResizeShortSide(g.side).JPEG(keptQuality); err != nil {
			return err
		}
	}
	g.pictures = append(g.pictures, one)
	return nil
}

// Len is the number of pictures.
func (g *Gallery) Len() int { return len(g.pictures) }

// Classes returns the class of each picture.
func (g *Gallery) Classes() []string {
	names := make([]string, len(g.pictures))
	for i, p := range g.pictures {
		names[i] = p.class
	}
	return names
}

// CountClasses is the number of classes.
func (g *Gallery) CountClasses() int {
	return len(slices.Compact(slices.Sorted(slices.Values(g.Classes()))))
}

// Fingerprint is the same for galleries of the same files in the same classes and order:
// the begin of a SHA-256.
func (g *Gallery) Fingerprint() string {
	sum := sha256.New()
	for _, p := range g.pictures {
		fmt.Fprintf(sum, "%q %d ", p.class, len(p.data))
		sum.Write(p.data)
	}
	return hex.EncodeToString(sum.Sum(nil))[:16]
}

// File returns a picture to learn from, encoded: its file, or a smaller JPEG.
func (g *Gallery) File(picture int) []byte { return g.pictures[picture].data }

// Square returns what an encoder sees of a picture. The central square has the pixels that
// the encoder would cut from the full picture; its size is one of the gallery's. A whole
// picture is scaled from the file to learn from.
func (g *Gallery) Square(ctx context.Context, picture int, square rgb.Square) (*rgb.Image, error) {
	data := g.pictures[picture].data
	if !square.Squash {
		data = g.evaluated(picture, square.Size)
	}
	m, _, err := g.decoder.Decode(ctx, data)
	if err != nil {
		return nil, err
	}
	return square.Of(m), nil
}

// evaluated is an encoded picture of which an encoder of that size cuts the square of the
// full picture.
func (g *Gallery) evaluated(picture, size int) []byte {
	one := g.pictures[picture]
	if one.squares == nil {
		return one.data
	}
	return one.squares[size]
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
