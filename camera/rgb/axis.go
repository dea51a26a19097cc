package rgb

import "math"

// weightBits is the fixed-point precision of the resampling weights. Pillow
// takes 32 bits less 8 for the value and 2 for overshoot (Resample.c,
// PRECISION_BITS); equal bytes need the same number.
const weightBits = 32 - 8 - 2

// axis holds the resampling weights of one direction: output i is the sum over
// t of weight[i*taps+t] * input[first[i]+t], for t < count[i], in units of
// 2^-weightBits. Bilinear weights are never negative.
type axis struct {
	taps   int
	first  []int
	count  []int
	weight []uint32
	raw    []float64
}

// plan fills in the weights that scale in pixels to out pixels, for the outputs
// from..from+n-1: the triangle filter of Pillow, widened by the scale when
// shrinking (which is what antialiases), cut at the borders and normalised to
// sum 1 in float64 before rounding.
func (a *axis) plan(in, out, from, n int) {
	scale := float64(in) / float64(out)
	support := max(scale, 1)
	a.taps = int(math.Ceil(support))*2 + 1
	a.first = resized(a.first, n)
	a.count = resized(a.count, n)
	a.weight = resized(a.weight, n*a.taps)
	a.raw = resized(a.raw, a.taps)

	step := 1 / support
	for i := range n {
		center := (float64(from+i) + 0.5) * scale
		first := max(int(center-support+0.5), 0)
		count := min(int(center+support+0.5), in) - first
		raw, sum := a.raw[:count], 0.0
		for t := range raw {
			w := max(1-math.Abs((float64(t+first)-center+0.5)*step), 0)
			raw[t] = w
			sum += w
		}
		weight := a.weight[i*a.taps : i*a.taps+count]
		for t, w := range raw {
			if sum != 0 {
				w /= sum
			}
			weight[t] = uint32(0.5 + w*(1<<weightBits))
		}
		limit(weight)
		a.first[i], a.count[i] = first, count
	}
}

// limit keeps white white. Rounding more than 16,000 weights can make their sum
// so much larger than 1 that 255 would overflow 8 bits; Pillow clips each
// result instead, for the same value.
func limit(weight []uint32) {
	const most = (256<<weightBits - 1 - 1<<(weightBits-1)) / 255
	var sum int
	for _, w := range weight {
		sum += int(w)
	}
	for t := 0; sum > most; t = (t + 1) % len(weight) {
		if weight[t] > 0 {
			weight[t]--
			sum--
		}
	}
}

// weights are those of output i, without the unused ones.
func (a *axis) weights(i int) []uint32 {
	return a.weight[i*a.taps : i*a.taps+a.count[i]]
}

// resized returns a slice of length n, in s where it is large enough. The
// contents are arbitrary.
func resized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
