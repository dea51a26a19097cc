package gate

const (
	// limit is in standard deviations. With normal noise, one of the 3,072 values
	// exceeds it less than once in ten million pictures; that leaves room for other noise.
	limit = 6

	// shake is how far, in cells, an edge may move: one pixel of a picture of 640, for
	// a camera that shakes with its machine.
	shake = 0.05

	// unrelatedShare of the contrast is half of the difference between unrelated
	// pictures of that contrast, as standard deviations.
	unrelatedShare = 0.7

	// maxGain is the largest change of the light that is compensated.
	maxGain = 1.25

	// dark is the mean below which a ratio of means is meaningless.
	dark = 4

	// clipped and larger values do not follow the light.
	clipped = 250
)

// exposure returns the change of the light in each channel, from the means. ok is
// false when the change is too large or the pictures cannot be compared.
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

// changed reports whether any cell differs by more than noise of that level, or all
// cells together by as much as unrelated pictures. The latter is for two surfaces
// without features, which differ nowhere by much.
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

func residual(from, to, gain float32) float32 {
	expected := from * gain
	if max(from, expected) < clipped {
		return to - expected
	}
	low, high := min(from, expected), max(from, expected)
	return to - min(max(to, low), high)
}
