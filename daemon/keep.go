package daemon

import (
	"context"
	"crypto/sha256"
	"fmt"

	"edgeclr/camera"
	"edgeclr/camera/decode"
	"edgeclr/camera/rgb"
	"edgeclr/storage"
)

const (
	// keepWhole is the largest file that is kept as it came.
	keepWhole = 8 << 20
	// jpegQuality of pictures that are encoded for keeping.
	jpegQuality = 92
)

// keeper decides what the store keeps of a picture.
type keeper struct {
	decoder *decode.Decoder
	frames  storage.Kept // "": files in full, live frames as thumbnails
	side    int          // short side of a thumbnail, in pixels
}

// keeper is that of the configuration in force.
func (s *Service) keeper() keeper {
	cfg := s.config().Store
	return keeper{decoder: s.decoder, frames: storage.Kept(cfg.Frames), side: cfg.ThumbnailSide}
}

// picture is a decoded frame with what is kept of it. Pixels are those that the
// kept bytes decode to, so that embedding a stored frame again, and asking
// with the same file, gives the same vector.
type picture struct {
	pixels *rgb.Image
	info   decode.Info
	sha    [32]byte
	kept   storage.Kept
	data   []byte

	small *rgb.Image // as the corpus keeps it; the gate looks at it
	jpeg  []byte     // small, encoded
}

// keep decodes a frame and makes what is to be stored of it.
func (k keeper) keep(ctx context.Context, f camera.Frame) (picture, error) {
	if f.Err != nil {
		return picture{}, f.Err
	}
	p, err := k.decode(ctx, f)
	if err != nil {
		return picture{}, err
	}
	switch p.kept = k.policy(f); {
	case p.kept == storage.KeptNone:
		p.data = nil
	case p.kept == storage.KeptThumbnail:
		err = k.reencode(ctx, &p, thumbnail(p.pixels, k.side))
	case p.data == nil:
		err = k.reencode(ctx, &p, p.pixels)
	case len(p.data) > keepWhole:
		if err = k.reencode(ctx, &p, p.pixels); err == nil && len(p.data) > keepWhole {
			p.kept = storage.KeptThumbnail
			err = k.reencode(ctx, &p, thumbnail(p.pixels, k.side))
		}
	}
	return p, err
}

// decode gives the frame's full pixels; data is nil for frames that came as pixels.
func (k keeper) decode(ctx context.Context, f camera.Frame) (picture, error) {
	if f.Image != nil {
		info := decode.Info{Format: "raw", Width: f.Image.Width, Height: f.Image.Height, Orientation: 1}
		return picture{pixels: f.Image, info: info, sha: sha256.Sum256(f.Image.Pix)}, nil
	}
	pixels, info, err := k.decoder.Decode(ctx, f.Data)
	if err != nil {
		return picture{}, err
	}
	return picture{pixels: pixels, info: info, sha: sha256.Sum256(f.Data), data: f.Data}, nil
}

func (k keeper) policy(f camera.Frame) storage.Kept {
	switch {
	case k.frames != "":
		return k.frames
	case f.File != nil:
		return storage.KeptFull
	default:
		return storage.KeptThumbnail
	}
}

// reencode replaces what is kept by a JPEG of m, and the pixels by what that
// JPEG decodes to.
func (k keeper) reencode(ctx context.Context, p *picture, m *rgb.Image) error {
	data, err := m.JPEG(jpegQuality)
	if err != nil {
		return fmt.Errorf("encoding the picture to keep: %w", err)
	}
	p.data = data
	p.pixels, _, err = k.decoder.Decode(ctx, data)
	return err
}

func thumbnail(m *rgb.Image, side int) *rgb.Image {
	if min(m.Width, m.Height) <= side {
		return m
	}
	return m.ResizeShortSide(side)
}
