package gate

const (
	// limit is the largest difference of a cell that counts as noise, in standard
	// deviations. With normal noise, one of the 3,072 values of a picture (32 x 32 cells,
	// 3 channels) exceeds it less than once in ten million pictures. That leaves room for
	// other noise.
	limit = 6

	// shake is how far an edge may move, in cells: one pixel of a picture 640 pixels
	// wide, for a camera that shakes with its machine.
	shake = 0.05

	// unrelatedShare is a share of the contrast. Two unrelated pictures of the same
	// contrast differ by about 1.4 times the contrast (standard deviations). Half of that
	// already counts as unrelated.
	unrelatedShare = 0.7

	// maxGain is the largest change of the light that is compensated.
	maxGain = 1.25

	// dark is the mean below which a ratio of means is meaningless, in grey levels.
	dark = 4

	// clipped is the grey level from which on a value does not follow the light, since
	// the sensor may be saturated.
	clipped = 250
)

// exposure returns the gain of the light in R, G and B: the ratio of the means. ok is
// false when the gain is too far from 1 or the grids have different sizes.
func exposure(from, to *thumb) (gain [3]float32, ok bool) {
	if from.cols != to.cols || from.rows != to.rows {
		return gain, false
	}
	for c := range gain {
		gain[c] = 1
		if max(from.mean[c], to.mean[c]) < dark {
			continue
		}
		g := to.mean[c] / from.mean[c]
		if !(g <= maxGain && g*maxGain >= 1) {
			return gain, false
		}
		gain[c] = g
	}
	return gain, true
}

// changed reports whether any cell differs by more than noise of that level, or whether
// all cells together differ by as much as those of unrelated pictures. The second test
// separates two surfaces without features: no single cell of theirs differs by much.
func changed(from, to *thumb, level [channels]float32) bool {
	gain, ok := exposure(from, to)
	if !ok {
		return true
	}
	var square float32
	for i := 0; i < len(to.cells); i += 3 {
		d := difference(from.cells[i:i+3], to.cells[i:i+3], gain)
		shaken := shake * from.edges[i/3]
		for c, v := range d {
			if max(v, -v) > limit*level[c]+shaken {
				return true
			}
		}
		square += d[luma] * d[luma]
	}
	unrelated := max(level[luma], unrelatedShare*max(from.contrast, to.contrast))
	return square > unrelated*unrelated*float32(len(to.cells)/3)
}

// difference returns how much a cell differs from its value under the changed light,
// in the channels of a thumbnail.
func difference(from, to []float32, gain [3]float32) [channels]float32 {
	return opponent(
		residual(from[0], to[0], gain[0]),
		residual(from[1], to[1], gain[1]),
		residual(from[2], to[2], gain[2]),
	)
}

// residual returns the difference of to from the value that is expected under the
// changed light. A clipped value may lie anywhere between its old and its expected value,
// so only the distance to that range counts.
func residual(from, to, gain float32) float32 {
	expected := from * gain
	if max(from, expected) < clipped {
		return to - expected
	}
	low, high := min(from, expected), max(from, expected)
	return to - min(max(to, low), high)
}
