package v4l2

import (
	"fmt"
	"math"
	"strings"
)

// Settings are what to ask a camera for. The zero value leaves every choice to the
// package (see the package comment, "Choice of the format").
type Settings struct {
	// Width and Height are the wanted size in pixels; the camera's nearest size is
	// used. If one is 0, it follows from the other at 4:3. If both are 0, the wanted
	// size is 640 x 480.
	Width, Height int

	// Format is the pixel format; 0 means the best one that this package reads.
	Format FourCC

	// FPS is the wanted rate in pictures a second. The camera is set to it. If the
	// camera is faster all the same, pictures are dropped before they are converted. 0
	// means the rate that the camera is set to.
	FPS float64

	// Controls are set before streaming, by their normalised names (see
	// [Control]). A value is a number, true or false, or the name of a menu item.
	Controls map[string]string
}

// size returns the wanted size without zeros.
func (s Settings) size() (width, height int) {
	switch {
	case s.Width > 0 && s.Height > 0:
		return s.Width, s.Height
	case s.Width > 0:
		return s.Width, max(s.Width*defaultHeight/defaultWidth, 1)
	case s.Height > 0:
		return max(s.Height*defaultWidth/defaultHeight, 1), s.Height
	}
	return defaultWidth, defaultHeight
}

// The size to look for when the settings name none.
const (
	defaultWidth  = 640
	defaultHeight = 480
)

// offer is a format with its sizes. Without sizes, any size may be tried.
type offer struct {
	format FourCC
	sizes  []Size
}

// choice is what to ask the driver for.
type choice struct {
	format        FourCC
	width, height int
}

// choose picks the offer whose size is nearest to the wanted one. The distance of two sizes
// is the sum of the logarithms of the ratios of their sides. At the same distance, choose
// prefers the format of the better rank; for large pictures from USB it prefers JPEG, since
// uncompressed ones do not fit through the cable.
func choose(offers []offer, want Settings, usb bool) (choice, error) {
	wide, high := want.size()
	var best choice
	least, rank := math.Inf(1), 0
	for _, o := range offers {
		if !o.format.Supported() || want.Format != 0 && o.format != want.Format {
			continue
		}
		c, distance := o.nearest(wide, high)
		r := o.format.rank()
		if usb && o.format.compressed() && c.width*c.height > defaultWidth*defaultHeight {
			r -= len(formatNames)
		}
		if distance < least || distance == least && r < rank {
			best, least, rank = c, distance, r
		}
	}
	if best.format == 0 {
		return best, noFormat(offers, want.Format)
	}
	return best, nil
}

// nearest returns the offer's size that is nearest to the wanted one, and its
// distance.
func (o offer) nearest(wide, high int) (choice, float64) {
	if len(o.sizes) == 0 {
		return choice{o.format, wide, high}, 0
	}
	var best choice
	least := math.Inf(1)
	for _, s := range o.sizes {
		c := choice{o.format, s.Width.nearest(wide), s.Height.nearest(high)}
		distance := ratio(c.width, wide) + ratio(c.height, high)
		if distance < least {
			best, least = c, distance
		}
	}
	return best, least
}

// ratio returns the absolute logarithm of a/b.
func ratio(a, b int) float64 { return math.Abs(math.Log(float64(max(a, 1)) / float64(b))) }

// noFormat says which formats there are when the wanted one is missing.
func noFormat(offers []offer, wanted FourCC) error {
	var all []string
	for _, o := range offers {
		all = append(all, o.format.String())
	}
	offered := "it offers " + strings.Join(all, ", ")
	if len(all) == 0 {
		offered = "it offers none"
	}
	if wanted != 0 {
		return fmt.Errorf("%w: it has no format %s; %s", ErrSetting, wanted, offered)
	}
	return fmt.Errorf("%w: it has no format that is read; %s (a CSI sensor needs its own program in front, such as exec:rpicam-vid)", ErrSetting, offered)
}
