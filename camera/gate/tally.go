package gate

import "edgeclr/camera/rgb"

// tally adds up pixels.
type tally struct{ r, g, b, n int }

func (t tally) with(o tally) tally { return tally{t.r + o.r, t.g + o.g, t.b + o.b, t.n + o.n} }

func (t tally) mean() [3]float32 {
	n := float32(t.n)
	return [3]float32{float32(t.r) / n, float32(t.g) / n, float32(t.b) / n}
}

// tallyBox adds up the pixels of a box that is not empty, in two halves that lie
// like the fields of a chessboard: what the picture shows is in both alike, so
// what they differ by is noise.
func tallyBox(m *rgb.Image, x0, x1, y0, y1 int) (white, black tally) {
	stepX, stepY := max((x1-x0)/samples, 1), max((y1-y0)/samples, 1)
	for y := y0; y < y1; y += stepY {
		row := m.Pix[3*(y*m.Width+x0) : 3*(y*m.Width+x1)]
		tallyRow(row, 3*stepX, &white, &black)
		white, black = black, white
	}
	return white, black
}

// tallyRow adds every step-th byte's pixel to a and b in turn.
func tallyRow(row []uint8, step int, a, b *tally) {
	var even, odd tally
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
		even = even.with(tally{int(row[0]), int(row[1]), int(row[2]), 1})
	}
	*a, *b = a.with(even), b.with(odd)
}
