package augment

import (
	"fmt"

	"edgeclr/camera/rgb"
)

// Augmenter makes views. It keeps tables and scratch memory between calls and does
// not allocate after the first view of a size. It is not safe for concurrent use: each
// worker has its own.
type Augmenter struct {
	resizer rgb.Resizer
	hue     *hueTables
	blur    blurrer
}

// NewAugmenter builds the tables. They take about 0.5 MB and some milliseconds.
func NewAugmenter() *Augmenter {
	return newAugmenter(newHueTables())
}

// newAugmenter takes the tables. The workers of a Loader share them, since they are
// only read.
func newAugmenter(hue *hueTables) *Augmenter {
	return &Augmenter{hue: hue}
}

// Apply writes one view of src to dst[:3*size*size]: a square of size by size pixels
// (RGB, row-major, 8 bits). It only reads src. It panics if dst is too short, if size
// is not positive, or if p.Crop is not inside src. [Config.Draw] never draws such a
// crop when it is given src's size.
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

// flipRows mirrors a view left to right.
func flipRows(pix []uint8, size int) {
	for y := range size {
		row := pix[3*size*y : 3*size*(y+1)]
		for i, j := 0, len(row)-3; i < j; i, j = i+3, j-3 {
			left, right := row[i:i+3:i+3], row[j:j+3:j+3]
			left[0], right[0] = right[0], left[0]
			left[1], right[1] = right[1], left[1]
			left[2], right[2] = right[2], left[2]
		}
	}
}

// flipColumns mirrors a view top to bottom.
func flipColumns(pix []uint8, size int) {
	stride := 3 * size
	for i, j := 0, len(pix)-stride; i < j; i, j = i+stride, j-stride {
		upper, lower := pix[i:i+stride], pix[j:j+stride]
		for k := range upper {
			upper[k], lower[k] = lower[k], upper[k]
		}
	}
}
