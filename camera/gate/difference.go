package gate

const (
	// limit in standard deviations: of 3,072 normal values none in ten million
	// pictures is as large, which leaves room for noise that is not normal.
	limit = 6

	// shake is how far, in cells, an edge may move: a pixel of a picture of 640,
	// as a camera on a machine shakes.
	shake = 0.05

	// unrelatedShare of the contrast is half of what unrelated pictures of that
	// contrast differ by, as standard deviations.
	unrelatedShare = 0.7

	// maxGain is the largest change of the light that is evened out.
	maxGain = 1.25

	// dark is a mean below which a ratio of means says nothing.
	dark = 4

	// clipped values do not follow the light.
	clipped = 250
)

// exposure is by how much the light of each channel changed, judged by the
// means; false when that is too much, or the pictures cannot be compared.
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

// changed tells whether any cell differs by more than noise of that level, or all
// of them together by as much as unrelated pictures do: two surfaces without
// features differ nowhere by much.
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

// difference is by how much a cell differs from what the change of the light
// makes of it, in the channels of a thumbnail.
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
