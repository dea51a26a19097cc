package camera

import (
	"fmt"
	"image"
	"math"
)

// Box is a rectangle of a picture in shares of its width and height, from the
// upper left corner: it means the same at every resolution that a camera may
// choose.
type Box struct {
	X, Y, Width, Height float64
}

// check says what is wrong with the box.
func (b Box) check() error {
	const slack = 1e-9                                                                  // 0.7 + 0.3 is above 1 in binary
	within := b.X >= 0 && b.Y >= 0 && b.X+b.Width <= 1+slack && b.Y+b.Height <= 1+slack // NaN is not
	if !within || !(b.Width > 0) || !(b.Height > 0) {
		return fmt.Errorf("%v is not a part of the picture: give x, y, width and height as shares of it, from 0 to 1 and within it, like [0.25, 0, 0.5, 1] for the middle half", b)
	}
	return nil
}

// String is the box as a configuration has it.
func (b Box) String() string { return fmt.Sprintf("[%v, %v, %v, %v]", b.X, b.Y, b.Width, b.Height) }

// outer is every pixel of a w x h picture that the box touches.
func (b Box) outer(w, h int) image.Rectangle {
	const slack = 1e-6 // of a pixel: what rounding adds is not touched
	return image.Rect(
		int(math.Floor(b.X*float64(w)+slack)), int(math.Floor(b.Y*float64(h)+slack)),
		int(math.Ceil((b.X+b.Width)*float64(w)-slack)), int(math.Ceil((b.Y+b.Height)*float64(h)-slack)),
	).Intersect(image.Rect(0, 0, w, h))
}
