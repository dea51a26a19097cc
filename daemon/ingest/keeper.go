package ingest

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
	// maxWholeBytes is the size of the largest file that is kept unchanged.
	maxWholeBytes = 8 << 20
	// JPEGQuality is the quality of the JPEG pictures that ingest encodes, 1 to 100.
	JPEGQuality = 92
)

// Keeper decides what the store keeps of a picture.
type Keeper struct {
	Decoder *decode.Decoder
	Frames  storage.Kept // "": files in full, live frames as thumbnails
	Side    int          // short side of a thumbnail, in pixels
}

// Keeper returns the keeper that the configuration in force asks for. A thumbnail is never
// smaller than the square that is embedded.
func (in *Ingest) Keeper() Keeper {
	cfg := in.Config()
	return Keeper{Decoder: in.Decoder, Frames: storage.Kept(cfg.Store.Frames), Side: max(cfg.Store.ThumbnailSide, cfg.ServingSize())}
}

// Picture is a decoded frame with the bytes that the store keeps of it.
type Picture struct {
	// Pixels are what the kept bytes decode to. So the frame gets the same vector when
	// it is embedded again, and when a query has the same file.
	Pixels *rgb.Image

	info decode.Info
	sha  [32]byte // of the bytes or pixels that the source delivered
	kept storage.Kept
	data []byte // to keep; nil for storage.KeptNone

	small *rgb.Image // in the size that the corpus keeps; the gate looks at it
	jpeg  []byte     // small, encoded
}

// Keep decodes a frame and makes the bytes to keep of it. A frame that cannot be read
// gives an error: see decode.Reason.
func (k Keeper) Keep(ctx context.Context, f camera.Frame) (Picture, error) {
	if f.Err != nil {
		return Picture{}, f.Err
	}
	p, err := k.decode(ctx, f)
	if err != nil {
		return Picture{}, err
	}
	switch p.kept = k.policy(f); {
	case p.kept == storage.KeptNone:
		p.data = nil
	case p.kept == storage.KeptThumbnail:
		err = k.reencode(ctx, &p, p.Pixels.Shrink(k.Side))
	case p.data == nil:
		err = k.reencode(ctx, &p, p.Pixels)
	case len(p.data) > maxWholeBytes:
		if err = k.reencode(ctx, &p, p.Pixels); err == nil && len(p.data) > maxWholeBytes {
			p.kept = storage.KeptThumbnail
			err = k.reencode(ctx, &p, p.Pixels.Shrink(k.Side))
		}
	}
	return p, err
}

// decode gives the frame's full pixels. The data is nil for a frame that came as
// pixels.
func (k Keeper) decode(ctx context.Context, f camera.Frame) (Picture, error) {
	if f.Image != nil {
		info := decode.Info{Format: "raw", Width: f.Image.Width, Height: f.Image.Height, Orientation: 1}
		return Picture{Pixels: f.Image, info: info, sha: sha256.Sum256(f.Image.Pix)}, nil
	}
	pixels, info, err := k.Decoder.Decode(ctx, f.Data)
	if err != nil {
		return Picture{}, err
	}
	return Picture{Pixels: pixels, info: info, sha: sha256.Sum256(f.Data), data: f.Data}, nil
}

func (k Keeper) policy(f camera.Frame) storage.Kept {
	switch {
	case k.Frames != "":
		return k.Frames
	case f.File != nil:
		return storage.KeptFull
	default:
		return storage.KeptThumbnail
	}
}

// reencode replaces the kept bytes by a JPEG of m, and the pixels by what that JPEG
// decodes to.
func (k Keeper) reencode(ctx context.Context, p *Picture, m *rgb.Image) error {
	data, err := m.JPEG(JPEGQuality)
	if err != nil {
		return fmt.Errorf("encoding the picture to keep: %w", err)
	}
	p.data = data
	p.Pixels, _, err = k.Decoder.Decode(ctx, data)
	return err
}
