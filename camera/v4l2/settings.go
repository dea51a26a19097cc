package v4l2

// Settings are what is asked of a camera. The zero value leaves the choice to
// the package, see its description.
type Settings struct {
	// Width and Height are the wanted size; the nearest that the camera has is
	// taken. 0 for one of them: what makes 4:3 of the other; for both: 640 x 480.
	Width, Height int

	// Format is the pixel format; 0: the best one that is read.
	Format FourCC

	// FPS is the wanted rate. The camera is asked for it, and pictures beyond
	// it are dropped before they cost anything. 0: as fast as the camera is set to.
	FPS float64

	// Controls are set before streaming, by their normalised names (see
	// [Control]). A value is a number, true or false, or the name of a menu's item.
	Controls map[string]string
}

// size is the wanted size without zeros.
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
