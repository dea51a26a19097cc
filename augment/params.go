package augment

import "fmt"

// Params says exactly what is done to a picture to make one view of it. The
// zero value resizes the whole picture and changes nothing else.
type Params struct {
	Crop               Box // zero: the whole picture
	Flip, VerticalFlip bool

	// Order is the sequence of the colour operations; None entries are
	// skipped. Only operations that stand here are done.
	Order      [4]Jitter
	Brightness float64 // factor, 1 changes nothing
	Contrast   float64 // factor
	Saturation float64 // factor
	Hue        float64 // shift, -0.5 to 0.5 of the colour circle

	Grayscale bool

	BlurKernel int     // width in pixels, odd; 0: no blur
	BlurSigma  float64 // in pixels of the view
}

// Box is a part of a picture, in its pixels: (X, Y) is the upper left corner.
type Box struct{ X, Y, Width, Height int }

// Jitter names one operation of the colour jitter.
type Jitter uint8

// The operations of torchvision's ColorJitter. None takes the place of one that
// is switched off.
const (
	None Jitter = iota
	Brightness
	Contrast
	Saturation
	Hue
)

// String is the operation's name as in the configuration.
func (j Jitter) String() string {
	names := [...]string{"none", "brightness", "contrast", "saturation", "hue"}
	if int(j) < len(names) {
		return names[j]
	}
	return fmt.Sprintf("Jitter(%d)", uint8(j))
}
