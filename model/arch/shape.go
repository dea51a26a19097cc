package arch

import "fmt"

// Shape is the shape of one picture's feature map.
type Shape struct{ Height, Width, Channels int }

// Values returns the number of values in a map of this shape.
func (s Shape) Values() int { return s.Height * s.Width * s.Channels }

// String returns HEIGHTxWIDTHxCHANNELS.
func (s Shape) String() string { return fmt.Sprintf("%dx%dx%d", s.Height, s.Width, s.Channels) }

// Padding is the number of rows and columns of zeros on each side of a map.
type Padding struct{ Top, Bottom, Left, Right int }

// Around returns the shape of a map of shape s with the padding added.
func (p Padding) Around(s Shape) Shape {
	return Shape{s.Height + p.Top + p.Bottom, s.Width + p.Left + p.Right, s.Channels}
}

// String returns TOP,BOTTOM,LEFT,RIGHT.
func (p Padding) String() string {
	return fmt.Sprintf("%d,%d,%d,%d", p.Top, p.Bottom, p.Left, p.Right)
}

// samePadding returns TensorFlow's SAME padding of one dimension. The output has
// in/stride values, rounded up, and an odd pixel of padding comes last.
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
