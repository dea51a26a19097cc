package camera

import (
	"fmt"

	"edgeclr/camera/rgb"
)

// View is what of a camera's picture is used. It is applied before anything
// else sees the picture: first the turn, then the mask, then the crop. The zero
// value is the picture as it comes.
type View struct {
	// Rotate turns the picture clockwise, by 0, 90, 180 or 270 degrees.
	Rotate int

	// Mask is blacked out. Boxes are of the turned picture, before the crop.
	Mask []Box

	// Region is cut out; the zero Box keeps all. It is of the turned picture.
	Region Box
}

// check says what is wrong with the view: one error a key.
func (v View) check() error {
	switch v.Rotate {
	case 0, 90, 180, 270:
	default:
		return fmt.Errorf("rotate: %d is not one of 0, 90, 180, 270 (degrees clockwise)", v.Rotate)
	}
	for i, b := range v.Mask {
		if err := b.check(); err != nil {
			return fmt.Errorf("mask: box %d, %w", i+1, err)
		}
	}
	if v.Region != (Box{}) {
		if err := v.Region.check(); err != nil {
			return fmt.Errorf("region: %w", err)
		}
	}
	return nil
}

// plain reports whether the picture is used as it comes.
func (v View) plain() bool { return v.Rotate == 0 && len(v.Mask) == 0 && v.Region == (Box{}) }

// apply returns the part of the picture that is used. It may write on m.
func (v View) apply(m *rgb.Image) *rgb.Image {
	// EXIF's numbers for these turns.
	m = m.Orient(map[int]int{90: 6, 180: 3, 270: 8}[v.Rotate])
	for _, b := range v.Mask {
		r := b.outer(m.Width, m.Height)
		for y := r.Min.Y; y < r.Max.Y; y++ {
			clear(m.Pix[3*(y*m.Width+r.Min.X) : 3*(y*m.Width+r.Max.X)])
		}
	}
	if v.Region == (Box{}) {
		return m
	}
	r := v.Region.outer(m.Width, m.Height)
	return m.Crop(r.Min.X, r.Min.Y, r.Dx(), r.Dy())
}
