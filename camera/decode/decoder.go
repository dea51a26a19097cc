package decode

import (
	"context"
	"fmt"
	"image"

	"edgeclr/camera/rgb"
)

// JPEGDecoder decodes baseline and progressive JPEG of one or three
// components. Package model supplies one with the pixels of libjpeg.
type JPEGDecoder interface {
	// DecodeJPEG decodes at 1/ratio of the size, rounded up, or at the full size
	// if it cannot reduce. It does not apply the orientation. ratio is 1, 2, 4 or 8.
	DecodeJPEG(data []byte, ratio int) (*rgb.Image, error)
}

// Decoder turns encoded bytes into upright RGB. The zero value works. It is
// safe for concurrent use when its JPEG decoder is.
type Decoder struct {
	// Limits are checked before a pixel is decoded.
	Limits Limits

	// JPEG decodes JPEGs of one or three components. Go's image/jpeg decodes
	// those of four components, and those that JPEG fails on. When JPEG is nil,
	// image/jpeg decodes all.
	JPEG JPEGDecoder
}

// Info describes an encoded picture.
type Info struct {
	// Format is "jpeg", "png", "gif", "webp", "bmp" or "tiff".
	Format string

	// Width and Height are those of the upright picture at full resolution.
	Width, Height int

	// Orientation is EXIF's, 1 to 8, as stored in the file; 1 when absent.
	Orientation int
}

// Sniff reads the header and allocates no pixels. A nil error says that the
// picture is of a known format and within the limits, not that it is whole.
func (d *Decoder) Sniff(data []byte) (Info, error) {
	_, h, err := d.inspect(data)
	if err != nil {
		return Info{}, err
	}
	return h.info(), nil
}

// CheckWhole does what Sniff does, and also refuses a file that ends too early
// to hold its picture. It decodes no pixels.
func (d *Decoder) CheckWhole(data []byte) (Info, error) {
	_, h, err := d.inspect(data)
	if err == nil {
		err = h.checkWhole(len(data))
	}
	if err != nil {
		return Info{}, err
	}
	return h.info(), nil
}

// Decode returns the picture at full resolution, upright, without alpha. It
// checks ctx before it decodes; decoding itself cannot be interrupted. The error
// is that of ctx, or matches one of the errors in errors.go.
func (d *Decoder) Decode(ctx context.Context, data []byte) (*rgb.Image, Info, error) {
	return d.decode(ctx, data, 0)
}

// DecodeReduced returns the picture at the smallest of 1/1, 1/2, 1/4 and 1/8
// of its size whose short side is still at least minSide pixels; sizes are
// rounded up. Info holds the full size. Only a JPEG that Decoder.JPEG decodes is
// reduced; all others have their full size. Use it for training views only:
// vectors are computed from what Decode returns.
func (d *Decoder) DecodeReduced(ctx context.Context, data []byte, minSide int) (*rgb.Image, Info, error) {
	return d.decode(ctx, data, max(minSide, 1))
}

// decode is Decode, or DecodeReduced when minSide is above 0.
func (d *Decoder) decode(ctx context.Context, data []byte, minSide int) (*rgb.Image, Info, error) {
	if err := ctx.Err(); err != nil {
		return nil, Info{}, err
	}
	f, h, err := d.inspect(data)
	if err != nil {
		return nil, Info{}, err
	}
	if err := h.checkWhole(len(data)); err != nil {
		return nil, Info{}, err
	}
	m, err := d.pixels(data, f, h, minSide)
	if err != nil {
		return nil, Info{}, err
	}
	return m.Orient(h.orientation), h.info(), nil
}

// inspect finds the format and reads its header within the limits.
func (d *Decoder) inspect(data []byte) (f format, h header, err error) {
	limits := d.Limits.WithDefaults()
	if err := limits.CheckBytes(int64(len(data))); err != nil {
		return f, h, err
	}
	if f, err = identify(data); err != nil {
		return f, h, err
	}
	err = recovered(func() (err error) {
		h, err = f.inspect(data)
		return err
	})
	if err != nil {
		return f, h, fmt.Errorf("%s header: %w", f.name, err)
	}
	h.format = f.name
	if err := limits.checkPixels(h.width, h.height); err != nil {
		return f, h, fmt.Errorf("%s: %w", f.name, err)
	}
	return f, h, nil
}

// pixels decodes with d.JPEG where it can, else with Go's decoder.
func (d *Decoder) pixels(data []byte, f format, h header, minSide int) (m *rgb.Image, err error) {
	if d.JPEG != nil && h.plainJPEG {
		ratio := ratioFor(h.width, h.height, minSide)
		err := recovered(func() (err error) {
			m, err = d.JPEG.DecodeJPEG(data, ratio)
			return err
		})
		if err == nil && (h.sized(m, ratio) || h.sized(m, 1)) {
			return m, nil
		}
		// Go's decoder is the second opinion, and its error names the fault.
	}
	err = recovered(func() error {
		decoded, err := f.decode(data, h)
		if err != nil {
			return err
		}
		if size := decoded.Bounds().Size(); size != image.Pt(h.width, h.height) {
			return fmt.Errorf("%w: %d x %d pixels under a header of %d x %d", ErrCorrupt, size.X, size.Y, h.width, h.height)
		}
		m = rgb.FromImage(decoded)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("decode %s: %w", f.name, err)
	}
	return m, nil
}

// sized reports whether m has 1/ratio of the size in the header.
func (h header) sized(m *rgb.Image, ratio int) bool {
	return m.Width == ceilDiv(h.width, ratio) && m.Height == ceilDiv(h.height, ratio)
}

// ratioFor returns the largest reduction whose short side keeps minSide.
func ratioFor(w, h, minSide int) int {
	if minSide <= 0 {
		return 1
	}
	for _, ratio := range []int{8, 4, 2} {
		if ceilDiv(min(w, h), ratio) >= minSide {
			return ratio
		}
	}
	return 1
}

func ceilDiv(a, b int) int { return (a + b - 1) / b }

// recovered runs a parser or decoder on bytes from outside. It returns a panic
// as an error.
func recovered(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: the decoder panicked: %v", ErrCorrupt, r)
		}
	}()
	return f()
}
