package rgb

// Orient returns the picture turned upright according to its EXIF orientation
// (TIFF tag 274, 1 to 8). For 1, and for values that mean nothing, it returns
// the picture itself, not a copy.
func (m *Image) Orient(exif int) *Image {
	if exif < 2 || exif > 8 {
		return m
	}
	// The tag tells where row 0 and column 0 of the stored picture belong. For
	// each target pixel (x, y) the source is at start + x*dx + y*dy, in pixels.
	w, h := m.Width, m.Height
	right, down, last := w-1, (h-1)*w, h*w-1
	var start, dx, dy int
	switch exif {
	case 2: // mirrored left to right
		start, dx, dy = right, -1, w
	case 3: // turned by 180 degrees
		start, dx, dy = last, -1, -w
	case 4: // mirrored top to bottom
		start, dx, dy = down, 1, -w
	case 5: // transposed
		start, dx, dy = 0, w, 1
	case 6: // to be turned clockwise by 90 degrees
		start, dx, dy = down, -w, 1
	case 7: // transposed along the other diagonal
		start, dx, dy = last, -w, -1
	case 8: // to be turned counter-clockwise by 90 degrees
		start, dx, dy = right, w, -1
	}
	if exif >= 5 {
		w, h = h, w
	}
	out := New(w, h)
	dst := out.Pix
	for y := range h {
		for x := range w {
			p := 3 * (start + x*dx + y*dy)
			dst[0], dst[1], dst[2] = m.Pix[p], m.Pix[p+1], m.Pix[p+2]
			dst = dst[3:]
		}
	}
	return out
}
