package rgb

// Square says what an encoder sees of a picture.
type Square struct {
	Size int // side, in pixels

	// Squash takes the whole picture, and scales width and height to the side, each by a
	// factor of its own. Otherwise it is the central square: see [Image.EvalSquare]. timm
	// calls these crop modes "squash" and "center".
	Squash bool
}

// Of makes the square of a picture. A square picture looks the same either way.
func (s Square) Of(m *Image) *Image {
	if s.Squash && m.Width != m.Height {
		return m.Resize(s.Size, s.Size)
	}
	return m.EvalSquare(s.Size)
}
