package arch

import (
	"errors"
	"fmt"

	"edgeclr/camera/rgb"
)

// ErrSize is returned for an input size that an architecture cannot work on.
var ErrSize = errors.New("the input size does not work")

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

// Plan is an architecture at one input size. It holds everything but the weights
// that an emitter needs. An emitter writes the network for one runtime: package
// model emits a TensorFlow graph. It walks Steps in order and computes no shape and
// no padding of its own.
type Plan struct {
	Arch     *Architecture
	Size     int    // side of the square input, in pixels
	Input    Shape  // of one picture: Size x Size with 3 channels
	Steps    []Step // in order of evaluation: a step reads only the image and earlier steps
	Features int    // length of the feature vector, the output of the last step
}

// Step is a node of the architecture at the plan's size.
type Step struct {
	Node

	// Sources are the names of the steps that this one reads; [Input] is the
	// image. An Add reads two, every other operation one.
	Sources []string

	// Input is the shape of each source's output, its Margin included.
	Input Shape

	// Pad is the border of zeros that a ConvBN or MaxPool puts around its input.
	// All windows lie inside the padded input (TensorFlow's VALID). A MaxPool may
	// pad with zeros because its input is never negative.
	Pad Padding

	// Same says that Pad equals TensorFlow's SAME padding at this size. An emitter
	// may then write SAME and leave the border to the convolution.
	Same bool

	// Output is the shape of the result without Margin. A GlobalMean has height
	// and width 1.
	Output Shape

	// Margin is a border of zeros around the result. It replaces the padding of a
	// MaxPool that is the only reader of this step; the Pad of that MaxPool is
	// zero. An emitter may add it before the activation, which keeps zeros zero:
	// training then stores the map once for the gradient and not twice.
	Margin Padding
}

// PaddedOutput returns the shape that the readers of a step receive: the output with its
// margin.
func (s Step) PaddedOutput() Shape { return s.Margin.Around(s.Output) }

// NewPlan computes the plan of an architecture for inputs of size x size pixels. It
// returns [ErrSize] for a size at which the network does not work, for example
// because a window is larger than its input, and another error if the data of the
// architecture contradict themselves.
func NewPlan(a *Architecture, size int) (*Plan, error) {
	if err := a.validate(); err != nil {
		return nil, err
	}
	if size < 1 || size > maxSide {
		return nil, fmt.Errorf("%w: %s cannot take pictures of %d px; choose 1 to %d", ErrSize, a.Name, size, maxSide)
	}
	p := &Plan{Arch: a, Size: size, Input: Shape{size, size, inputChannels}, Features: a.Features}
	margins := a.poolMargins()
	given := map[string]Shape{Input: p.Input}
	for i, n := range a.Nodes {
		step := Step{Node: n, Sources: a.sources(i), Margin: margins[n.Name]}
		step.Input = given[step.Sources[0]]
		for _, source := range step.Sources {
			if given[source] != step.Input {
				return nil, fmt.Errorf("%w: %s at %d px: node %q adds maps of %v and %v", ErrSize, a.Name, size, n.Name, step.Input, given[source])
			}
		}
		if err := step.computeOutput(margins[step.Sources[0]]); err != nil {
			return nil, fmt.Errorf("%w: %s at %d px: node %q: %w", ErrSize, a.Name, size, n.Name, err)
		}
		given[n.Name] = step.PaddedOutput()
		p.Steps = append(p.Steps, step)
	}
	return p, nil
}

// maxSide bounds the side of an input, so that no count of values overflows.
const maxSide = 1 << 14

// computeOutput sets Pad, Same and Output. margin is the border that the source has
// added already. An error says that a window is larger than its input.
func (s *Step) computeOutput(margin Padding) error {
	switch s.Op {
	case Add:
		s.Output = s.Input
		return nil
	case GlobalMean:
		s.Output = Shape{1, 1, s.Out}
		return nil
	}
	same := Padding{}
	same.Top, same.Bottom = samePadding(s.Input.Height, s.Kernel, s.Stride)
	same.Left, same.Right = samePadding(s.Input.Width, s.Kernel, s.Stride)
	switch {
	case margin != Padding{}: // the source has added this step's padding
	case s.Padding == SamePadding:
		s.Pad = same
	default:
		s.Pad = Padding{s.Padding, s.Padding, s.Padding, s.Padding}
	}
	s.Same = s.Pad == same
	padded := s.Pad.Around(s.Input)
	if padded.Height < s.Kernel || padded.Width < s.Kernel {
		return fmt.Errorf("a window of %d px is larger than its input of %v", s.Kernel, padded)
	}
	s.Output = Shape{(padded.Height-s.Kernel)/s.Stride + 1, (padded.Width-s.Kernel)/s.Stride + 1, s.Out}
	return nil
}

// samePadding returns TensorFlow's SAME padding of one dimension. The output has
// in/stride values, rounded up, and an odd pixel of padding comes last.
func samePadding(in, kernel, stride int) (before, after int) {
	out := (in + stride - 1) / stride
	total := max((out-1)*stride+kernel-in, 0)
	return total / 2, total - total/2
}

// poolMargins returns the margins by node. The symmetric padding of a MaxPool moves
// to the node that it reads, unless another node reads that one too.
func (a *Architecture) poolMargins() map[string]Padding {
	readers, margins := map[string]int{}, map[string]Padding{}
	for i, n := range a.Nodes {
		for _, source := range a.sources(i) {
			readers[source]++
			if n.Op == MaxPool && n.Padding > 0 && source != Input {
				margins[source] = Padding{n.Padding, n.Padding, n.Padding, n.Padding}
			}
		}
	}
	for source := range margins {
		if readers[source] > 1 {
			delete(margins, source)
		}
	}
	return margins
}

// EvalSquare prepares a picture for embedding and evaluation. It scales the short
// side to Size (antialiased bilinear, as torchvision's Resize of a PIL image) and
// cuts out the centre square.
func (p *Plan) EvalSquare(m *rgb.Image) *rgb.Image { return m.EvalSquare(p.Size) }

// MultiplyAdds counts the multiply-adds of one forward pass over one picture. It
// counts the convolutions, which do more than 99 % of them.
func (p *Plan) MultiplyAdds() int64 {
	total := int64(0)
	for _, s := range p.Steps {
		if s.Op == ConvBN {
			total += int64(product(s.KernelShape())) * int64(s.Output.Height) * int64(s.Output.Width)
		}
	}
	return total
}

// MapValues counts the values of all feature maps of one picture.
func (p *Plan) MapValues() int64 {
	total := int64(0)
	for _, s := range p.Steps {
		total += int64(s.Output.Values())
	}
	return total
}

// WeightCount counts the values of all tensors of the encoder, the running statistics
// included.
func (a *Architecture) WeightCount() int64 {
	total := int64(0)
	for _, spec := range a.Specs() {
		total += int64(product(spec.Shape))
	}
	return total
}

func product(dimensions []int) int {
	n := 1
	for _, d := range dimensions {
		n *= d
	}
	return n
}
