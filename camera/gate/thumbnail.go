package gate

import (
	"math"

	"edgeclr/camera/rgb"
)

const (
	// maxCells is the largest number of cells in a row and in a column of a thumbnail.
	maxCells = 32

	// cellSide is the least side of a cell, in pixels. In smaller cells fine texture
	// looks like noise. Averaging 64 pixels reduces noise to an eighth, but not a
	// texture.
	cellSide = 8

	// samples is the largest number of pixels that are read in each row and column of
	// a cell. More would only cost time.
	samples = 16
)

// The channels of a difference are brightness and two differences of colour, in which
// a camera has less noise.
const (
	channels = 3
	luma     = 0
)

// thumb is a picture as averages over the cells of a grid. It is immutable.
type thumb struct {
	cols, rows int
	cells      []float32         // R, G, B of each cell, 0 to 255, row-major
	mean       [3]float32        // of R, G, B over the picture
	edges      []float32         // of each cell, the largest step of brightness to a neighbour
	contrast   float32           // standard deviation of the cells' brightness
	noise      [channels]float32 // standard deviation of a cell, estimated from this picture
}

// newThumb averages the picture. It returns nil for a picture without pixels.
func newThumb(m *rgb.Image) *thumb {
	if m == nil || m.Width <= 0 || m.Height <= 0 {
		return nil
	}
	t := &thumb{cols: gridSide(m.Width), rows: gridSide(m.Height)}
	count := t.cols * t.rows
	t.cells = make([]float32, 0, 3*count)
	var halves [channels][]float32
	for c := range halves {
		halves[c] = make([]float32, 0, count)
	}
	for row := range t.rows {
		y0, y1 := row*m.Height/t.rows, (row+1)*m.Height/t.rows
		for col := range t.cols {
			white, black := sumBox(m, col*m.Width/t.cols, (col+1)*m.Width/t.cols, y0, y1)
			mean := white.with(black).mean()
			t.cells = append(t.cells, mean[:]...)
			if white.n == 0 || black.n == 0 {
				continue
			}
			w, b := white.mean(), black.mean()
			for c, v := range opponent(w[0]-b[0], w[1]-b[1], w[2]-b[2]) {
				halves[c] = append(halves[c], v/2)
			}
		}
	}
	for c := range halves {
		t.noise[c] = deviation(halves[c], 0.25)
	}
	t.summarise()
	return t
}

// gridSide returns the number of cells on a side of so many pixels.
func gridSide(pixels int) int { return min(max(pixels/cellSide, 1), maxCells) }

// summarise computes the fields that follow from the cells.
func (t *thumb) summarise() {
	count := t.cols * t.rows
	bright := make([]float32, count)
	var sum [3]float64
	var total, square float64
	for i := range bright {
		cell := t.cells[3*i : 3*i+3]
		for c, v := range cell {
			sum[c] += float64(v)
		}
		bright[i] = opponent(cell[0], cell[1], cell[2])[luma]
		y := float64(bright[i])
		total, square = total+y, square+y*y
	}
	n := float64(count)
	for c := range sum {
		t.mean[c] = float32(sum[c] / n)
	}
	t.contrast = float32(math.Sqrt(max(square/n-total/n*total/n, 0)))
	t.edges = steps(bright, t.cols)
}

// steps returns, for each value of a grid, the largest difference to the values beside,
// above and below it.
func steps(values []float32, cols int) []float32 {
	out := make([]float32, len(values))
	step := func(i, j int) {
		d := max(values[i]-values[j], values[j]-values[i])
		out[i], out[j] = max(out[i], d), max(out[j], d)
	}
	for i := range values {
		if i%cols > 0 {
			step(i, i-1)
		}
		if i >= cols {
			step(i, i-cols)
		}
	}
	return out
}

// opponent turns R, G, B into brightness and differences of colour.
func opponent(r, g, b float32) [channels]float32 {
	return [channels]float32{(r + 2*g + b) / 4, r - b, g - (r+b)/2}
}

// pixelSum is a sum of pixels.
type pixelSum struct{ r, g, b, n int }

func (t pixelSum) with(o pixelSum) pixelSum {
	return pixelSum{t.r + o.r, t.g + o.g, t.b + o.b, t.n + o.n}
}

func (t pixelSum) mean() [3]float32 {
	n := float32(t.n)
	return [3]float32{float32(t.r) / n, float32(t.g) / n, float32(t.b) / n}
}

// sumBox adds up the pixels of a box that is not empty, in two halves that lie like the
// fields of a chessboard. Both halves show the same, so their difference is noise.
func sumBox(m *rgb.Image, x0, x1, y0, y1 int) (white, black pixelSum) {
	stepX, stepY := max((x1-x0)/samples, 1), max((y1-y0)/samples, 1)
	for y := y0; y < y1; y += stepY {
		row := m.Pix[3*(y*m.Width+x0) : 3*(y*m.Width+x1)]
		sumRow(row, 3*stepX, &white, &black)
		white, black = black, white
	}
	return white, black
}

// sumRow adds the pixel at every step-th byte to a and b in turn.
func sumRow(row []uint8, step int, a, b *pixelSum) {
	var even, odd pixelSum
	for len(row) >= step+3 {
		p, q := row[:3:3], row[step:step+3:step+3]
		even.r += int(p[0])
		even.g += int(p[1])
		even.b += int(p[2])
		odd.r += int(q[0])
		odd.g += int(q[1])
		odd.b += int(q[2])
		even.n++
		odd.n++
		row = row[min(2*step, len(row)):]
	}
	if len(row) >= 3 {
		even = even.with(pixelSum{int(row[0]), int(row[1]), int(row[2]), 1})
	}
	*a, *b = a.with(even), b.with(odd)
}
