package rgb

// Square says what an encoder sees of a picture.
type Square struct {
	Size int // side, in pixels

	// Squash takes the whole of a wide picture, and scales width and height to the side,
	// each by a factor of its own: timm's crop mode "squash". Other pictures lose little as
	// their central square, which is undistorted: see [Image.EvalSquare].
	Squash bool
}

// Of makes the square of a picture.
func (s Square) Of(m *Image) *Image {
	if s.Squash && m.Wide() {
		return m.Resize(s.Size, s.Size)
	}
	return m.EvalSquare(s.Size)
}

// Wide tells whether the longer side of a picture is more than 1.55 times the shorter one,
// as in 16:10 and 16:9. The central square is less than two thirds of it. The bound lies
// between the usual proportions, so that a smaller copy of a picture, whose sides are
// rounded, counts like the picture.
func (m *Image) Wide() bool {
	return 20*max(m.Width, m.Height) > 31*min(m.Width, m.Height)
}
