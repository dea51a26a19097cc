package gate

import "math"

const (
	// levelWindow is how many pairs of frames the noise is learned from.
	levelWindow = 64

	// contrastShare of the scene's contrast is the most that noise can be.
	contrastShare = 1.0 / 8
)

// levelFloor is the least noise of a cell's difference, in grey levels: what
// JPEG of quality 75 makes of the mean of a block, whose steps are 8 of
// brightness and 9 of colour, an eighth of that a pixel.
func levelFloor() [channels]float32 { return [channels]float32{0.5, 1, 1} }

// noise learns how much cells of two frames differ when nothing happened.
type noise struct {
	levels [channels]window // standard deviations, one for each pair of frames
}

// learn takes two frames that followed each other. Up to a quarter of the
// picture may move without an effect; more does no harm now and then, since
// the quiet quarter of the pairs decides.
func (n *noise) learn(before, now *thumb) {
	gain, ok := exposure(before, now)
	if !ok {
		return
	}
	var all [channels][]float32
	for c := range all {
		all[c] = make([]float32, 0, len(now.cells)/3)
	}
	moved := false
	for i := 0; i < len(now.cells); i += 3 {
		for c, v := range difference(before.cells[i:i+3], now.cells[i:i+3], gain) {
			all[c] = append(all[c], v)
			moved = moved || v != 0
		}
	}
	if !moved {
		return // a camera that delivers a frame twice is not free of noise
	}
	for c := range all {
		n.levels[c].add(deviation(all[c], 0.75), levelWindow)
	}
}

// level is the standard deviation of a cell's difference, in grey levels.
func (n *noise) level(t *thumb) [channels]float32 {
	level := levelFloor()
	for c := range level {
		within := max(level[c], math.Sqrt2*t.noise[c])
		between := min(n.levels[c].quantile(0.25), contrastShare*t.contrast)
		level[c] = max(within, between)
	}
	return level
}

// deviation is the standard deviation of normally distributed values around 0
// by the share q of smallest ones, whatever the others are; it sorts the values.
// Without any it is 0.
func deviation(values []float32, q float64) float32 {
	if len(values) == 0 {
		return 0
	}
	for i, v := range values {
		values[i] = float32(math.Abs(float64(v)))
	}
	return quantile(values, q) / float32(math.Sqrt2*math.Erfinv(q))
}
