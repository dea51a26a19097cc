package arch

import (
	"errors"
	"fmt"

	"edgeclr/camera/rgb"
)

// ErrSize says that an architecture cannot work on inputs of the size that was
// asked for.
var ErrSize = errors.New("the input size does not work")

// Plan is an architecture at one input size: everything that an emitter needs to
// know of the network but the weights. An emitter writes the network for one
// runtime (package model a TensorFlow graph). It goes through Steps in order and
// computes no shape and no padding of its own.
type Plan struct {
	Arch     *Architecture
	Size     int    // side of the square input, in pixels
	Steps    []Step // in order of evaluation: a step reads the image and earlier steps
	Features int    // length of the feature vector, which is the output of the last step
}

// Step is a node of the architecture at the plan's size.
type Step struct {
	Node

	// Sources are the names of the steps that this one reads, [Input] for the
	// image. An Add has two, every other operation one.
	Sources []string

	// Input is the shape of what each source gives, with the source's Margin.
	Input Shape

	// Pad are the zeros to put around the input before the windows of a ConvBN or
	// MaxPool move over it. Every window then lies inside: what TensorFlow calls
	// VALID. Zeros are right for a MaxPool too, since its input is never negative.
	Pad Padding

	// Same says that Pad is what TensorFlow's SAME padding gives at this size. A
	// ConvBN may be written as SAME then, without a padding of its own.
	Same bool

	// Output is the shape of the result, without Margin. A GlobalMean has a height
	// and width of 1.
	Output Shape

	// Margin are zeros to put around the result: the padding of the MaxPool that
	// alone reads this step, whose Pad is then zero. It may be added before the
	// activation, which leaves zeros as they are. Training then keeps the map
	// once for the gradient and not twice.
	Margin Padding
}

// Gives is the shape of what the readers of a step receive.
func (s Step) Gives() Shape { return s.Margin.Around(s.Output) }

// NewPlan computes the plan of an architecture for square inputs of size x size
// pixels. A size at which some map would have no pixel gives [ErrSize]. A mistake
// in the architecture's data is an error too.
func NewPlan(a *Architecture, size int) (*Plan, error) {
	if err := a.validate(); err != nil {
		return nil, err
	}
	if size < 1 || size > maxSide {
		return nil, fmt.Errorf("%w: %s cannot take pictures of %d px; choose 1 to %d", ErrSize, a.Name, size, maxSide)
	}
	p := &Plan{Arch: a, Size: size, Features: a.Features}
	margins := a.poolMargins()
	given := map[string]Shape{Input: {size, size, inputChannels}}
	for i, n := range a.Nodes {
		step := Step{Node: n, Sources: a.Sources(i), Margin: margins[n.Name]}
		step.Input = given[step.Sources[0]]
		for _, source := range step.Sources {
			if given[source] != step.Input {
				return nil, fmt.Errorf("%w: %s at %d px: node %q adds maps of %v and %v", ErrSize, a.Name, size, n.Name, step.Input, given[source])
			}
		}
		if err := step.place(margins[step.Sources[0]]); err != nil {
			return nil, fmt.Errorf("%w: %s at %d px: node %q: %w", ErrSize, a.Name, size, n.Name, err)
		}
		given[n.Name] = step.Gives()
		p.Steps = append(p.Steps, step)
	}
	return p, nil
}

// maxSide bounds the side of an input, so that no count of values overflows.
const maxSide = 1 << 14

// place computes Pad, Same and Out. margin is what the source has around its
// result already.
func (s *Step) place(margin Padding) error {
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
	case margin != Padding{}: // the source has put it there
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

// poolMargins are the margins by node: the symmetric padding of a MaxPool belongs
// to the node that it reads, unless something else reads that node as well.
func (a *Architecture) poolMargins() map[string]Padding {
	readers, margins := map[string]int{}, map[string]Padding{}
	for i, n := range a.Nodes {
		for _, source := range a.Sources(i) {
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

// EvalSquare turns a picture into the input of the network when it is embedded or
// evaluated: the short side is scaled to Size (antialiased bilinear, as
// torchvision's Resize of a PIL image), and the centre square is cut out.
func (p *Plan) EvalSquare(m *rgb.Image) *rgb.Image { return m.EvalSquare(p.Size) }

// MultiplyAdds counts the multiply-adds of one forward pass over one picture:
// those of the convolutions, which are all but one in a hundred.
func (p *Plan) MultiplyAdds() int64 {
	total := int64(0)
	for _, s := range p.Steps {
		if s.Op == ConvBN {
			total += int64(product(s.KernelShape())) * int64(s.Output.Height) * int64(s.Output.Width)
		}
	}
	return total
}

// Values counts the values of all maps of one forward pass over one picture.
func (p *Plan) Values() int64 {
	total := int64(0)
	for _, s := range p.Steps {
		total += int64(s.Output.Values())
	}
	return total
}

// Weights counts the values of the encoder's tensors.
func (a *Architecture) Weights() int64 {
	total := int64(0)
	for _, spec := range a.Specs() {
		total += int64(product(spec.Shape))
	}
	return total
}
