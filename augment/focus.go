package augment

import (
	"math"
	"math/rand/v2"
	"slices"

	"edgeclr/camera/rgb"
)

const (
	// changeSide is the number of cells along each side of a change map.
	changeSide = 24

	// leastPictures is the smallest number of pictures that show what is usual.
	leastPictures = 12

	// focusDraws is the number of places of a crop to choose from.
	focusDraws = 8

	// usual is how far a cell may be from its median, in mean deviations, before it counts as changed, and most how far counts.
	usual, most = 2, 8
)

// Background is what a fixed camera usually sees. It is safe for concurrent use.
type Background struct {
	median, deviation [changeSide * changeSide]float32
}

// Change tells where a picture differs from its background: the share of all change in the cells above and to the left of each corner
// of the grid, so that the sum over any box takes four look-ups.
type Change struct {
	sums [changeSide + 1][changeSide + 1]float32
}

// NewBackground returns what is usual in some pictures of one camera, or nil where they are too few to tell.
func NewBackground(pictures []*rgb.Image) *Background {
	if len(pictures) < leastPictures {
		return nil
	}
	grids := make([][changeSide * changeSide]float32, len(pictures))
	for i, m := range pictures {
		grids[i] = cells(m)
	}
	b := &Background{}
	values := make([]float32, len(grids))
	for k := range b.median {
		for i := range grids {
			values[i] = grids[i][k]
		}
		slices.Sort(values)
		b.median[k] = values[len(values)/2]
		for i := range values {
			values[i] = float32(math.Abs(float64(values[i] - b.median[k])))
		}
		slices.Sort(values)
		// A cell that hardly ever changes is still not perfectly still.
		b.deviation[k] = max(values[len(values)/2], 0.02)
	}
	return b
}

// Change returns where a picture of the camera differs from the background, or nil where it does not.
func (b *Background) Change(m *rgb.Image) *Change {
	grid := cells(m)
	sorted := make([]float32, len(grid))
	for k, v := range grid {
		grid[k] = float32(math.Abs(float64(v-b.median[k]))) / b.deviation[k]
		sorted[k] = grid[k]
	}
	// When the light changes, most cells do. What changes more than most is what matters.
	slices.Sort(sorted)
	level := max(usual, 1.5*sorted[len(sorted)/2])
	total := float32(0)
	for k, v := range grid {
		grid[k] = min(max(v-level, 0), most)
		total += grid[k]
	}
	if total < 1 {
		return nil
	}
	c := &Change{}
	for y := range changeSide {
		for x := range changeSide {
			c.sums[y+1][x+1] = grid[y*changeSide+x]/total + c.sums[y][x+1] + c.sums[y+1][x] - c.sums[y][x]
		}
	}
	return c
}

// within returns the share of all change that lies in a box of a picture of w by h pixels.
func (c *Change) within(b Box, w, h int) float32 {
	return c.sum(b.X+b.Width, b.Y+b.Height, w, h) - c.sum(b.X, b.Y+b.Height, w, h) - c.sum(b.X+b.Width, b.Y, w, h) + c.sum(b.X, b.Y, w, h)
}

// sum interpolates sums at a pixel.
func (c *Change) sum(x, y, w, h int) float32 {
	fx, fy := float32(x)*changeSide/float32(w), float32(y)*changeSide/float32(h)
	ix, iy := min(int(fx), changeSide-1), min(int(fy), changeSide-1)
	tx, ty := fx-float32(ix), fy-float32(iy)
	above := c.sums[iy][ix]*(1-tx) + c.sums[iy][ix+1]*tx
	below := c.sums[iy+1][ix]*(1-tx) + c.sums[iy+1][ix+1]*tx
	return above*(1-ty) + below*ty
}

// focus moves the crop to where the picture has changed, with the probability Focus. The size of the crop stays, so that views are as
// large as without. It takes one of a few random places, each with a probability in proportion to the change that it shows.
func (c Config) focus(rng *rand.Rand, p *Params, w, h int, change *Change) {
	if c.Focus <= 0 || change == nil || rng.Float64() >= c.Focus {
		return
	}
	boxes := [focusDraws]Box{p.Crop}
	var upTo [focusDraws]float32
	total := float32(0)
	for i := range boxes {
		if i > 0 {
			boxes[i] = Box{rng.IntN(w - p.Crop.Width + 1), rng.IntN(h - p.Crop.Height + 1), p.Crop.Width, p.Crop.Height}
		}
		total += max(change.within(boxes[i], w, h), 0)
		upTo[i] = total
	}
	at := rng.Float32() * total
	for i := range boxes {
		if at < upTo[i] {
			p.Crop = boxes[i]
			return
		}
	}
}

// cells returns the logarithm of the brightness of each cell, less its mean over the picture. So the exposure does not matter.
func cells(m *rgb.Image) (grid [changeSide * changeSide]float32) {
	var sums, counts [changeSide * changeSide]int
	for y := range m.Height {
		row := y * changeSide / m.Height * changeSide
		for x := range m.Width {
			px := m.Pix[3*(y*m.Width+x):][:3]
			k := row + x*changeSide/m.Width
			sums[k] += int(px[0]) + 2*int(px[1]) + int(px[2])
			counts[k]++
		}
	}
	var mean float32
	for k := range grid {
		grid[k] = float32(math.Log(float64(sums[k])/float64(4*max(counts[k], 1)) + 12))
		mean += grid[k] / float32(len(grid))
	}
	for k := range grid {
		grid[k] -= mean
	}
	return grid
}
