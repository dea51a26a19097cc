package tflite

import (
	"fmt"
	"math"

	"edgeclr/camera/rgb"
	"edgeclr/model/arch"
)

// MinMax is the share of values that [Statistics.Ranges] keeps for the full range.
const MinMax = 1.0

// Statistics gather the distribution of each step's output over many pictures, in a
// memory that does not grow with their number: a histogram of 64 kB for each step. The
// same values in the same order give the same ranges.
type Statistics struct {
	steps map[string]*distribution
	plan  *arch.Plan
}

// NewStatistics returns statistics without values for the steps of a plan, for the layers
// of a head unless it is nil, and for the plan's input, [arch.Input].
func NewStatistics(plan *arch.Plan, head *Head) *Statistics {
	s := &Statistics{steps: map[string]*distribution{arch.Input: newDistribution(plan.Input.Channels)}, plan: plan}
	for _, step := range plan.Steps {
		s.steps[step.Name] = newDistribution(step.Out)
	}
	if head != nil {
		for _, l := range head.Layers {
			s.steps[l.Name] = newDistribution(l.Out)
		}
	}
	return s
}

// Add adds output values of a step, or of the normalised picture for [arch.Input]. The
// channels are the last dimension, and values holds whole pixels.
func (s *Statistics) Add(step string, values []float32) error {
	d, ok := s.steps[step]
	if !ok {
		return fmt.Errorf("%s has no step %q", s.plan.Arch.Name, step)
	}
	if len(values)%len(d.sums) != 0 {
		return fmt.Errorf("step %s: %d values are no whole pixels of %d channels", step, len(values), len(d.sums))
	}
	for i, v := range values {
		if v-v != 0 {
			return fmt.Errorf("step %s: value %d is %v, which is not a finite number", step, i, v)
		}
	}
	d.add(values)
	d.addMeans(values)
	return nil
}

// AddPictures adds pictures of the plan's size as the network sees them, normalised. Only
// their means are needed.
func (s *Statistics) AddPictures(squares []*rgb.Image) error {
	pixels := make([]float32, s.plan.Input.Values())
	for i, m := range squares {
		if len(m.Pix) != len(pixels) {
			return fmt.Errorf("picture %d is %dx%d and should be %v", i, m.Width, m.Height, s.plan.Input)
		}
		for k, v := range m.Pix {
			c := k % s.plan.Input.Channels
			pixels[k] = (float32(v) - s.plan.Arch.Mean[c]) / s.plan.Arch.Std[c]
		}
		if err := s.Add(arch.Input, pixels); err != nil {
			return err
		}
	}
	return nil
}

// Ranges gives the range of each step that keeps the share of its values at either end:
// [MinMax] keeps all, and 0.999 cuts off the smallest thousandth and the largest one. A
// range always includes 0. It is an error when a step has no values.
func (s *Statistics) Ranges(share float64) (Ranges, error) {
	if !(share > 0.5 && share <= 1) {
		return nil, fmt.Errorf("a range cannot keep the share %v of the values; give more than 0.5, at most 1", share)
	}
	ranges := Ranges{}
	for name, d := range s.steps {
		if d.count == 0 && name == arch.Input {
			continue
		}
		if d.count == 0 {
			return nil, fmt.Errorf("%w: step %s has seen no values", ErrRanges, name)
		}
		ranges[name] = d.keep(share)
	}
	return ranges, nil
}

// bins of a histogram. Half of them are for negative values, so that bin i is the
// values from (i - bins/2) * width.
const bins = 1 << 13

// distribution is the histogram of one tensor. The width of a bin is a power of two. It
// doubles when a value does not fit, so no value need be known beforehand.
type distribution struct {
	width    float32
	counts   [bins]int64
	count    int64
	min, max float32   // 0 included
	sums     []float64 // by channel
}

func newDistribution(channels int) *distribution {
	return &distribution{width: 1.0 / (1 << 40), sums: make([]float64, channels)}
}

func (d *distribution) add(values []float32) {
	for _, v := range values {
		d.min, d.max = min(d.min, v), max(d.max, v)
	}
	for max(d.max, -d.min) >= bins/2*d.width {
		d.widen()
	}
	perBin := 1 / float64(d.width) // exact, as the width is a power of two
	for _, v := range values {
		d.counts[int(float64(v)*perBin+bins/2)]++
	}
	d.count += int64(len(values))
}

// widen doubles the width of the bins. Two neighbours become one.
func (d *distribution) widen() {
	var wide [bins]int64
	for i, n := range d.counts {
		wide[(i-bins/2)>>1+bins/2] += n
	}
	d.width, d.counts = 2*d.width, wide
}

func (d *distribution) addMeans(values []float32) {
	channels := len(d.sums)
	for ; len(values) > 0; values = values[channels:] {
		for c, v := range values[:channels] {
			d.sums[c] += float64(v)
		}
	}
}

// keep cuts off the share of the values that is not kept, at either end. A bound is the
// outer edge of its bin, and no further out than the values.
func (d *distribution) keep(share float64) Range {
	out := int64(math.Floor((1 - share) * float64(d.count)))
	edge := func(bin int) float32 { return float32(bin-bins/2) * d.width }
	first, last := 0, bins-1
	for below := d.counts[first]; below <= out && first < last; below += d.counts[first] {
		first++
	}
	for above := d.counts[last]; above <= out && last > first; above += d.counts[last] {
		last--
	}
	r := Range{Min: min(max(edge(first), d.min), 0), Max: max(min(edge(last+1), d.max), 0)} // 0 stays inside
	pixels := float64(d.count) / float64(len(d.sums))
	for _, sum := range d.sums {
		r.Means = append(r.Means, float32(sum/pixels))
	}
	return r
}
