package archtest

import (
	"fmt"
	"math"

	"edgeclr/model/arch"
	"edgeclr/model/weights"
)

// featureMap is one picture's map: row-major [Height, Width, Channels].
type featureMap struct {
	arch.Shape
	values []float32
}

func newMap(s arch.Shape) featureMap { return featureMap{s, make([]float32, s.Values())} }

// at are the channels of a pixel.
func (m featureMap) at(y, x int) []float32 {
	from := (y*m.Width + x) * m.Channels
	return m.values[from : from+m.Channels]
}

// Evaluate computes the features of one picture, RGB of plan.Size x plan.Size, in
// plain Go. It is slow and simple: runtimes are compared with it.
func Evaluate(plan *arch.Plan, set weights.Set, pixels []uint8) ([]float32, error) {
	image := newMap(plan.Input)
	if len(pixels) != len(image.values) {
		return nil, fmt.Errorf("%d bytes are no picture of %v", len(pixels), image.Shape)
	}
	for i, v := range pixels {
		c := i % plan.Input.Channels
		image.values[i] = (float32(v) - plan.Arch.Mean[c]) / plan.Arch.Std[c]
	}
	maps := map[string]featureMap{arch.Input: image}
	var last featureMap
	for _, step := range plan.Steps {
		in := maps[step.Sources[0]]
		if in.Shape != step.Input {
			return nil, fmt.Errorf("node %s reads a map of %v and the plan says %v", step.Name, in.Shape, step.Input)
		}
		out := newMap(step.Output)
		switch step.Op {
		case arch.ConvBN:
			kernel, bias, err := plan.Arch.Fold(step.Node, set)
			if err != nil {
				return nil, err
			}
			convolve(out, step, padded(in, step.Pad), kernel, bias)
		case arch.MaxPool:
			maxPool(out, step, padded(in, step.Pad))
		case arch.Add:
			for i, v := range maps[step.Sources[1]].values {
				out.values[i] = in.values[i] + v
			}
		case arch.GlobalMean:
			globalMean(out, in)
		}
		activate(out.values, step.Activation)
		last = padded(out, step.Margin)
		maps[step.Name] = last
	}
	return last.values, nil
}

func padded(m featureMap, by arch.Padding) featureMap {
	out := newMap(by.Around(m.Shape))
	for y := range m.Height {
		for x := range m.Width {
			copy(out.at(y+by.Top, x+by.Left), m.at(y, x))
		}
	}
	return out
}

// eachWindow visits the pixels of the window that each output pixel sees.
func eachWindow(out, in featureMap, step arch.Step, visit func(to, from []float32, ky, kx int)) {
	for y := range out.Height {
		for x := range out.Width {
			for ky := range step.Kernel {
				for kx := range step.Kernel {
					visit(out.at(y, x), in.at(y*step.Stride+ky, x*step.Stride+kx), ky, kx)
				}
			}
		}
	}
}

// convolve reads the kernel in PyTorch's layout, [O,I,H,W].
func convolve(out featureMap, step arch.Step, in featureMap, kernel, bias []float32) {
	side := step.Kernel
	for i := range out.values {
		out.values[i] = bias[i%out.Channels]
	}
	eachWindow(out, in, step, func(to, from []float32, ky, kx int) {
		for o := range to {
			if step.Depthwise {
				to[o] += from[o] * kernel[(o*side+ky)*side+kx]
				continue
			}
			sum := float32(0)
			for i, v := range from {
				sum += v * kernel[((o*step.In+i)*side+ky)*side+kx]
			}
			to[o] += sum
		}
	})
}

func maxPool(out featureMap, step arch.Step, in featureMap) {
	for i := range out.values {
		out.values[i] = float32(math.Inf(-1))
	}
	eachWindow(out, in, step, func(to, from []float32, _, _ int) {
		for c, v := range from {
			to[c] = max(to[c], v)
		}
	})
}

func globalMean(out, in featureMap) {
	sums := make([]float64, in.Channels)
	for i, v := range in.values {
		sums[i%in.Channels] += float64(v)
	}
	for c, sum := range sums {
		out.values[c] = float32(sum / float64(in.Height*in.Width))
	}
}

func activate(values []float32, a arch.Activation) {
	for i, v := range values {
		switch a {
		case arch.ReLU:
			values[i] = max(v, 0)
		case arch.ReLU6:
			values[i] = min(max(v, 0), 6)
		}
	}
}
