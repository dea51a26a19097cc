package arch

import "fmt"

// Shape is the height, width and number of channels of one picture's map.
type Shape struct{ Height, Width, Channels int }

// Values is how many values a map of this shape has.
func (s Shape) Values() int { return s.Height * s.Width * s.Channels }

// String writes height x width x channels.
func (s Shape) String() string { return fmt.Sprintf("%dx%dx%d", s.Height, s.Width, s.Channels) }

// Padding is how many rows and columns of zeros stand at each side of a map.
type Padding struct{ Top, Bottom, Left, Right int }

// Around is the shape of a map of shape s with the padding around it.
func (p Padding) Around(s Shape) Shape {
	return Shape{s.Height + p.Top + p.Bottom, s.Width + p.Left + p.Right, s.Channels}
}

// String writes top, bottom, left and right.
func (p Padding) String() string {
	return fmt.Sprintf("%d,%d,%d,%d", p.Top, p.Bottom, p.Left, p.Right)
}

// samePadding is TensorFlow's SAME padding of one dimension: one output for each
// started stride, and the odd pixel at the end.
func samePadding(in, kernel, stride int) (before, after int) {
	out := (in + stride - 1) / stride
	total := max((out-1)*stride+kernel-in, 0)
	return total / 2, total - total/2
}

func product(dimensions []int) int {
	n := 1
	for _, d := range dimensions {
		n *= d
	}
	return n
}
