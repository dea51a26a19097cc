package gate

import "math"

const (
	// levelWindow is the number of pairs of frames from which the noise is learned.
	levelWindow = 64

	// contrastShare of the scene's contrast is an upper bound of the noise.
	contrastShare = 1.0 / 8
)

// levelFloor returns the least noise of a cell's difference, in grey levels. It is about
// the error of JPEG in the mean of a block. At quality 75 the mean of a block is coded in
// steps of 8 (brightness) and 9 (colour), which are about 1 grey level of each pixel.
func levelFloor() [channels]float32 { return [channels]float32{0.5, 1, 1} }

// noise learns how much the cells of two frames differ when nothing changes.
type noise struct {
	levels [channels]window // standard deviations, one for each pair of frames
}

// learn measures the noise on two consecutive frames. Up to a quarter of the picture may
// move without an effect. More movement does no harm now and then, because level takes
// the quietest quarter of the pairs.
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
		return // the camera delivered a frame twice; that says nothing about noise
	}
	for c := range all {
		n.levels[c].add(deviation(all[c], 0.75), levelWindow)
	}
}

// level returns the standard deviation of a cell's difference, in grey levels.
func (n *noise) level(t *thumb) [channels]float32 {
	level := levelFloor()
	for c := range level {
		within := max(level[c], math.Sqrt2*t.noise[c])
		between := min(n.levels[c].quantile(0.25), contrastShare*t.contrast)
		level[c] = max(within, between)
	}
	return level
}

// deviation returns the standard deviation of normally distributed values around 0,
// estimated from the share q of smallest ones. It sorts the values. It returns 0
// without values.
func deviation(values []float32, q float64) float32 {
	if len(values) == 0 {
		return 0
	}
	for i, v := range values {
		values[i] = float32(math.Abs(float64(v)))
	}
	return quantile(values, q) / float32(math.Sqrt2*math.Erfinv(q))
}
