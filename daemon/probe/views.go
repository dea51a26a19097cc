package probe

import (
	"edgeclr/augment"
	"edgeclr/camera/rgb"
)

// Viewer makes mild views of pictures. It keeps the tables and the scratch memory
// of its Augmenter from picture to picture. It is for one goroutine.
type Viewer struct {
	config    augment.Config
	augmenter *augment.Augmenter
}

// NewViewer builds the tables (some milliseconds). Views for cameras are not mirrored: see
// [augment.PresetCamera].
func NewViewer(cameras bool) *Viewer {
	c := mild()
	if cameras {
		c.Flip = 0
	}
	return &Viewer{config: c, augmenter: augment.NewAugmenter()}
}

// mild is the augmentation of mild views: what a camera itself might do between two
// frames. It has a crop of 0.6 to 1 of the area, a flip, and half of the tutorial's
// jitter. It has no blur and no loss of colour.
func mild() augment.Config {
	c := augment.Default()
	c.CropScaleMin = 0.6
	c.Brightness, c.Contrast, c.Saturation, c.Hue = 0.2, 0.2, 0.2, 0.05
	c.Blur = 0
	return c
}

// Views makes n views of m. Each is a square of size pixels. View i depends only on
// seed, id, i and m. Crops come from the central square, since an encoder sees only
// that square of the picture. M must not be empty, and is only read.
func (v *Viewer) Views(m *rgb.Image, size int, seed, id uint64, n int) []*rgb.Image {
	views := make([]*rgb.Image, n)
	side := min(m.Width, m.Height)
	for i := range views {
		p := v.config.Draw(generator(seed, useView, id, uint64(i)), side, side)
		p.Crop.X += (m.Width - side) / 2
		p.Crop.Y += (m.Height - side) / 2
		views[i] = rgb.New(size, size)
		v.augmenter.Apply(views[i].Pix, size, m, p)
	}
	return views
}
