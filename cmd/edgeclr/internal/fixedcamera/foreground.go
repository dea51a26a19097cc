package fixedcamera

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"edgeclr/camera/decode"
	"edgeclr/camera/rgb"
)

const (
	// Frames that the background is the median of: as many as fit in backgroundBytes,
	// within these limits.
	mostBackground  = 61
	leastBackground = 15
	backgroundBytes = 128 << 20

	// truthSide bounds the shorter side of the pictures that are compared, in pixels.
	// Larger pictures are reduced to it.
	truthSide = 720

	// A pixel has changed when a channel is further from the background than its
	// threshold: five deviations of its noise, at least leastChange of 255. The deviation
	// of one pixel is at most noiseRange times that of the picture, since a pixel that is
	// often covered looks noisy.
	leastChange    = 12
	noiseFactor    = 5
	noiseRange     = 3
	madToDeviation = 1.4826 // of a normal distribution

	// trembleShare bounds how far a fixed camera moves: see Background.
	trembleShare = 100

	// leastShare is the share of changed pixels below which a cell counts as unchanged.
	leastShare = 0.02
)

// Background is what a fixed camera sees when nothing is there: the median of frames
// that are spread over a clip, for each pixel and channel.
type Background struct {
	picture *rgb.Image

	// low and high are the least and largest values around each pixel, up to
	// 1/trembleShare of the shorter side away. What lies between is no change: edges move
	// a little when a camera trembles.
	low, high *rgb.Image
	threshold []uint8 // of each pixel
}

// errSizes is returned for frames of different size.
var errSizes = errors.New("the frames of a fixed camera have one size")

// NewBackground makes the background of a clip.
func NewBackground(ctx context.Context, d *decode.Decoder, c *Clip) (*Background, error) {
	first, err := c.decoded(ctx, d, 0)
	if err != nil {
		return nil, err
	}
	n := backgroundBytes / max(len(first.Shrink(truthSide).Pix), 1)
	n = min(max(n, leastBackground), mostBackground)
	var frames []*rgb.Image
	err = c.each(ctx, d, evenly(len(c.Frames), n), func(_ int, batch []*rgb.Image) error {
		for _, m := range batch {
			frames = append(frames, m.Shrink(truthSide))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return backgroundOf(frames)
}

// backgroundOf makes the background of some frames. Their light is evened first.
func backgroundOf(frames []*rgb.Image) (*Background, error) {
	for _, m := range frames {
		if m.Width != frames[0].Width || m.Height != frames[0].Height {
			return nil, fmt.Errorf("%w: %d x %d, not %d x %d", errSizes, m.Width, m.Height, frames[0].Width, frames[0].Height)
		}
	}
	raw := medianOf(frames)
	evened := make([]*rgb.Image, len(frames))
	for i, m := range frames {
		evened[i] = gainOf(m, raw).apply(m)
	}
	b := &Background{picture: medianOf(evened)}
	b.low, b.high = b.picture, b.picture
	for range max(min(b.picture.Width, b.picture.Height)/trembleShare, 1) {
		b.low = around(b.low, func(a, b uint8) uint8 { return min(a, b) })
		b.high = around(b.high, func(a, b uint8) uint8 { return max(a, b) })
	}
	b.threshold = b.thresholds(evened)
	return b, nil
}

// medianOf is the median of each value of the pictures.
func medianOf(frames []*rgb.Image) *rgb.Image {
	m := rgb.New(frames[0].Width, frames[0].Height)
	values := make([]uint8, len(frames))
	for i := range m.Pix {
		for k, f := range frames {
			values[k] = f.Pix[i]
		}
		slices.Sort(values)
		m.Pix[i] = values[len(values)/2]
	}
	return m
}

// around combines the values of the nine pixels around each, for each channel. Pixels
// beyond the edge do not count.
func around(m *rgb.Image, combine func(a, b uint8) uint8) *rgb.Image {
	rows := rgb.New(m.Width, m.Height)
	stride := 3 * m.Width
	for i, v := range m.Pix {
		if i%stride >= 3 {
			v = combine(v, m.Pix[i-3])
		}
		if i%stride < stride-3 {
			v = combine(v, m.Pix[i+3])
		}
		rows.Pix[i] = v
	}
	out := rgb.New(m.Width, m.Height)
	for i, v := range rows.Pix {
		if i >= stride {
			v = combine(v, rows.Pix[i-stride])
		}
		if i+stride < len(rows.Pix) {
			v = combine(v, rows.Pix[i+stride])
		}
		out.Pix[i] = v
	}
	return out
}

// thresholds returns the least change of each pixel that is more than noise: see
// leastChange.
func (b *Background) thresholds(frames []*rgb.Image) []uint8 {
	n := b.picture.Width * b.picture.Height
	typical := make([]uint8, n) // median of the change
	values := make([]uint8, len(frames))
	for p := range n {
		for k, f := range frames {
			values[k] = b.change(f, p)
		}
		slices.Sort(values)
		typical[p] = values[len(values)/2]
	}
	sorted := slices.Clone(typical)
	slices.Sort(sorted)
	picture := max(float64(sorted[n/2]), 0.5)
	for p, v := range typical {
		deviation := madToDeviation * min(max(float64(v), picture), noiseRange*picture)
		typical[p] = uint8(min(max(noiseFactor*deviation, leastChange), 255))
	}
	return typical
}

// change is how far pixel p of a frame is from the background: the largest distance of a
// channel.
func (b *Background) change(m *rgb.Image, p int) uint8 {
	d := uint8(0)
	for i := 3 * p; i < 3*p+3; i++ {
		switch v := m.Pix[i]; {
		case v < b.low.Pix[i]:
			d = max(d, b.low.Pix[i]-v)
		case v > b.high.Pix[i]:
			d = max(d, v-b.high.Pix[i])
		}
	}
	return d
}

// Grid tells where a frame differs from the background. The light of the whole frame is
// evened first. A pixel counts when most pixels around it changed too.
func (b *Background) Grid(m *rgb.Image) (Grid, error) {
	m = m.Shrink(truthSide)
	if m.Width != b.picture.Width || m.Height != b.picture.Height {
		return Grid{}, fmt.Errorf("%w: %d x %d, not %d x %d", errSizes, m.Width, m.Height, b.picture.Width, b.picture.Height)
	}
	m = gainOf(m, b.picture).apply(m)
	changed := make([]uint8, m.Width*m.Height) // 0 or 1
	for p := range changed {
		if b.change(m, p) > b.threshold[p] {
			changed[p] = 1
		}
	}
	return gridOf(majority(changed, m.Width, m.Height), m.Width, m.Height), nil
}

// majority sets each pixel to what most of the nine pixels around it are. Pixels beyond
// the edge are 0.
func majority(changed []uint8, w, h int) []uint8 {
	rows := make([]uint8, w*h) // sums of three in a row
	for y := range h {
		row, sums := changed[y*w:(y+1)*w], rows[y*w:(y+1)*w]
		for x := range row {
			sums[x] = row[x]
			if x > 0 {
				sums[x] += row[x-1]
			}
			if x < w-1 {
				sums[x] += row[x+1]
			}
		}
	}
	out := make([]uint8, w*h)
	for p := range out {
		sum := rows[p]
		if p >= w {
			sum += rows[p-w]
		}
		if p < w*(h-1) {
			sum += rows[p+w]
		}
		if sum >= 5 {
			out[p] = 1
		}
	}
	return out
}

// gridOf counts the changed pixels of each cell.
func gridOf(changed []uint8, w, h int) Grid {
	var g, all Grid
	for y := range h {
		for x := range w {
			cell := y*Side/h*Side + x*Side/w
			all[cell]++
			g[cell] += float32(changed[y*w+x])
		}
	}
	for i := range g {
		if all[i] > 0 {
			g[i] /= all[i]
		}
		if g[i] < leastShare {
			g[i] = 0
		}
	}
	return g
}
