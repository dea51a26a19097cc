package augment

import (
	"fmt"

	"edgeclr/camera/rgb"
)

// Augmenter makes views. It keeps tables and scratch memory from call to call
// and does not allocate after the first view of a size. It is not safe for
// concurrent use: one for each worker.
type Augmenter struct {
	resizer rgb.Resizer
	hue     *hueTables
	blur    blurrer
}

// NewAugmenter builds the tables (about 0.5 MB, some milliseconds).
func NewAugmenter() *Augmenter {
	return newAugmenter(newHueTables())
}

// newAugmenter lets the workers of a Loader share one set of tables, which are
// only read.
func newAugmenter(hue *hueTables) *Augmenter {
	return &Augmenter{hue: hue}
}

// Apply writes one view of src, a square of size by size pixels (RGB,
// row-major, 8 bits), to dst[:3*size*size]. src is only read. It panics if dst
// is too short, size is not positive or p.Crop is not inside src, which
// [Config.Draw] with src's size never draws.
func (a *Augmenter) Apply(dst []uint8, size int, src *rgb.Image, p Params) {
	if size <= 0 || len(dst) < 3*size*size {
		panic(fmt.Sprintf("augment: %d bytes cannot hold a view of %d x %d pixels", len(dst), size, size))
	}
	crop := p.Crop
	if crop == (Box{}) {
		crop = Box{0, 0, src.Width, src.Height}
	}
	dst = dst[:3*size*size]
	a.resizer.Resize(dst, size, size, src, crop.X, crop.Y, crop.Width, crop.Height)
	if p.Flip {
		flipRows(dst, size)
	}
	if p.VerticalFlip {
		flipColumns(dst, size)
	}
	a.jitter(dst, p)
	if p.Grayscale {
		grayscale(dst)
	}
	if p.BlurKernel > 1 {
		a.blur.apply(dst, size, p.BlurKernel, p.BlurSigma)
	}
}
