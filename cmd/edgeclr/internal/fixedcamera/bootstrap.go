package fixedcamera

import (
	"math"
	"math/rand/v2"
	"time"
)

// blockCount is how many blocks of time a clip is divided into at most. A block is at
// least as long as two moments are apart.
const blockCount = 40

// Blocks divides the frames into blocks of the same length of time, for the bootstrap
// (Künsch 1989: frames of one block depend on each other, those of different blocks
// little). It returns the block of each frame and the number of blocks that have frames.
func Blocks(times []time.Duration, length time.Duration) (block []int, count int) {
	block = make([]int, len(times))
	last := int64(-1)
	for i, t := range times {
		if b := int64(t / length); b != last {
			last = b
			count++
		}
		block[i] = count - 1
	}
	return block, count
}

// blockLength is the length of a block for a clip of that span.
func blockLength(span, apart time.Duration) time.Duration {
	return max(apart, span/blockCount+1, 1)
}

// Change compares an encoder with the baseline, frame by frame.
type Change struct {
	Difference float64 `json:"difference"` // mean error minus that of the baseline; below 0 it is better
	Deviation  float64 `json:"se"`         // standard error of Difference
	// Relative is Difference as a share of the baseline's error, and RelativeDeviation
	// its standard error. Both are 0 if the baseline has no error.
	Relative          float64 `json:"relative"`
	RelativeDeviation float64 `json:"relative_se"`
}

// draws is how many samples the bootstrap draws.
const draws = 2000

// change computes the change of one error. block and count come from [Blocks]. The
// deviations are 0 with fewer than two blocks.
func change(values, baseline []float64, block []int, count int) Change {
	sums := make([]struct{ difference, baseline, frames float64 }, count)
	for i, v := range values {
		s := &sums[block[i]]
		s.difference += v - baseline[i]
		s.baseline += baseline[i]
		s.frames++
	}
	random := rand.New(rand.NewPCG(3, 4))
	statistic := func(draw func(k int) int) (difference, relative float64) {
		var d, b, n float64
		for k := range count {
			s := sums[draw(k)]
			d, b, n = d+s.difference, b+s.baseline, n+s.frames
		}
		if b > 0 {
			relative = d / b
		}
		return d / n, relative
	}
	var c Change
	c.Difference, c.Relative = statistic(func(k int) int { return k })
	var differences, relatives []float64
	for range draws {
		d, r := statistic(func(int) int { return random.IntN(count) })
		differences, relatives = append(differences, d), append(relatives, r)
	}
	c.Deviation, c.RelativeDeviation = deviation(differences), deviation(relatives)
	return c
}

// deviation is the standard deviation of the values.
func deviation(values []float64) float64 {
	mean, squares := 0.0, 0.0
	for _, v := range values {
		mean += v / float64(len(values))
	}
	for _, v := range values {
		squares += (v - mean) * (v - mean)
	}
	return math.Sqrt(squares / float64(len(values)))
}
