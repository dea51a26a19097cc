package camera

import (
	"fmt"
	"image"
	"math"

	"edgeclr/camera/rgb"
)

// View says which part of a camera's picture is used. It is applied before
// anything else sees the picture: first the rotation, then the mask, then the
// crop. The zero value keeps the picture as it comes.
type View struct {
	// Rotate turns the picture clockwise, by 0, 90, 180 or 270 degrees.
	Rotate int

	// Mask is blacked out. Its boxes refer to the rotated picture before the
	// crop.
	Mask []Box

	// Region is cut out. It refers to the rotated picture; the zero Box keeps
	// all.
	Region Box
}

// check says what is wrong with the view. The error begins with the key.
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

// KeepsAll reports whether the picture is used as it comes.
func (v View) KeepsAll() bool { return v.Rotate == 0 && len(v.Mask) == 0 && v.Region == (Box{}) }

// Apply returns the part of the picture that is used. It may write to m and may
// return m.
func (v View) Apply(m *rgb.Image) *rgb.Image {
	// EXIF's numbers for these rotations.
	m = m.Orient(map[int]int{90: 6, 180: 3, 270: 8}[v.Rotate])
	for _, b := range v.Mask {
		r := b.pixels(m.Width, m.Height)
		for y := r.Min.Y; y < r.Max.Y; y++ {
			clear(m.Pix[3*(y*m.Width+r.Min.X) : 3*(y*m.Width+r.Max.X)])
		}
	}
	if v.Region == (Box{}) {
		return m
	}
	r := v.Region.pixels(m.Width, m.Height)
	return m.Crop(r.Min.X, r.Min.Y, r.Dx(), r.Dy())
}

// Box is a rectangle in shares of a picture's width and height, measured from
// the upper left corner. It means the same at every resolution that a camera may
// choose.
type Box struct {
	X, Y, Width, Height float64
}

// check says what is wrong with the box.
func (b Box) check() error {
	const slack = 1e-9                                                                  // 0.7 + 0.3 is above 1 in binary
	within := b.X >= 0 && b.Y >= 0 && b.X+b.Width <= 1+slack && b.Y+b.Height <= 1+slack // false for NaN
	if !within || !(b.Width > 0) || !(b.Height > 0) {
		return fmt.Errorf("%v is not a part of the picture: give x, y, width and height as shares of it, from 0 to 1 and within it, like [0.25, 0, 0.5, 1] for the middle half", b)
	}
	return nil
}

// String returns the box as a configuration writes it.
func (b Box) String() string { return fmt.Sprintf("[%v, %v, %v, %v]", b.X, b.Y, b.Width, b.Height) }

// pixels returns every pixel of a w x h picture that the box touches.
func (b Box) pixels(w, h int) image.Rectangle {
	const slack = 1e-6 // pixels: rounding alone must not add a row or a column
	return image.Rect(
		int(math.Floor(b.X*float64(w)+slack)), int(math.Floor(b.Y*float64(h)+slack)),
		int(math.Ceil((b.X+b.Width)*float64(w)-slack)), int(math.Ceil((b.Y+b.Height)*float64(h)-slack)),
	).Intersect(image.Rect(0, 0, w, h))
}
