package arch

import (
	"fmt"
	"strings"

	"edgeclr/model/weights"
)

// Op is the operation of a node.
type Op int

// The operations that encoders are made of.
const (
	// ConvBN is a convolution without bias, then batch normalisation, then the
	// activation. They are one node because frozen statistics make them one
	// operation: the normalisation folds into kernel and bias.
	ConvBN Op = iota
	// MaxPool takes the maximum over Kernel x Kernel windows.
	MaxPool
	// Add sums its two inputs and applies the node's activation.
	Add
	// GlobalMean averages over height and width: [B,H,W,C] becomes [B,C].
	GlobalMean
)

// String is the operation's name.
func (o Op) String() string {
	switch o {
	case ConvBN:
		return "ConvBN"
	case MaxPool:
		return "MaxPool"
	case Add:
		return "Add"
	case GlobalMean:
		return "GlobalMean"
	}
	return fmt.Sprintf("Op(%d)", int(o))
}

// Activation is the non-linearity that ends a node.
type Activation int

// Activations.
const (
	Linear Activation = iota
	ReLU
	ReLU6
)

// String is the activation's name.
func (a Activation) String() string {
	switch a {
	case Linear:
		return "Linear"
	case ReLU:
		return "ReLU"
	case ReLU6:
		return "ReLU6"
	}
	return fmt.Sprintf("Activation(%d)", int(a))
}

// SamePadding as a node's Padding means TensorFlow's SAME padding, whose amount
// depends on the input's size and whose odd pixel is at the bottom and right.
// A Padding of 0 or more is the same on all sides, as torchvision pads.
const SamePadding = -1

// Node is one step of an encoder.
type Node struct {
	Name   string // unique within the architecture
	Op     Op
	Inputs []string // names of earlier nodes, or Input for the image; empty means the node before

	Weight    string // name of the kernel (ConvBN)
	BatchNorm string // prefix of .weight .bias .running_mean .running_var (ConvBN)
	In, Out   int    // channels
	Kernel    int    // side in pixels
	Stride    int
	Padding   int  // pixels on each side, or SamePadding
	Depthwise bool // one filter for each channel; In equals Out

	Activation Activation
	Stage      int // 0 is the stem; training can be limited to the last stages
}

// Architecture describes an encoder, which turns an image into a feature vector.
type Architecture struct {
	Name     string
	Features int // length of the feature vector
	Nodes    []Node

	// Input normalisation, per channel: (x - Mean) / Std with x in 0 to 255.
	Mean, Std [3]float32

	// Batch normalisation.
	Epsilon    float32 // added to the variance
	BNMomentum float32 // share of the new batch in the running statistics (PyTorch's sense)

	// Classifier is the name of the dense layer in a pretrained file. Its tensors
	// are Classifier.weight [Classes, Features] and Classifier.bias. The encoder
	// does not use them.
	Classifier string
	Classes    int
}

// Input is the name by which nodes read the image. It has inputChannels channels.
const (
	Input         = "image"
	inputChannels = 3
)

// Stages returns the number of stages, the stem included. A stage is a group of
// nodes that is trained or frozen as a whole.
func (a *Architecture) Stages() int {
	top := 0
	for _, n := range a.Nodes {
		top = max(top, n.Stage)
	}
	return top + 1
}

// sources returns the names of the nodes that node i reads: its Inputs, or the
// node before it.
func (a *Architecture) sources(i int) []string {
	switch {
	case len(a.Nodes[i].Inputs) > 0:
		return a.Nodes[i].Inputs
	case i == 0:
		return []string{Input}
	}
	return []string{a.Nodes[i-1].Name}
}

// batchNormParts are the suffixes of a batch normalisation's tensors, in
// torchvision's order.
var batchNormParts = [...]string{".weight", ".bias", ".running_mean", ".running_var"}

// Specs lists the names and shapes of all tensors of the encoder, in PyTorch's
// layout and in the order of the nodes.
func (a *Architecture) Specs() []weights.Spec {
	var specs []weights.Spec
	for _, n := range a.Nodes {
		if n.Op != ConvBN {
			continue
		}
		specs = append(specs, weights.Spec{Name: n.Weight, Shape: n.KernelShape()})
		for _, part := range batchNormParts {
			specs = append(specs, weights.Spec{Name: n.BatchNorm + part, Shape: []int{n.Out}})
		}
	}
	return specs
}

// KernelShape returns the shape of a ConvBN node's kernel, [O,I,H,W].
func (n Node) KernelShape() []int {
	in := n.In
	if n.Depthwise {
		in = 1
	}
	return []int{n.Out, in, n.Kernel, n.Kernel}
}

// validate returns an error if the data of an architecture contradict themselves.
func (a *Architecture) validate() error {
	if len(a.Nodes) == 0 {
		return fmt.Errorf("architecture %s has no nodes", a.Name)
	}
	before := map[string]Node{Input: {Name: Input, Out: inputChannels}}
	for i, n := range a.Nodes {
		if _, twice := before[n.Name]; twice {
			return fmt.Errorf("architecture %s: node %q is there twice", a.Name, n.Name)
		}
		sources := a.sources(i)
		for _, source := range sources {
			read, ok := before[source]
			if !ok {
				return fmt.Errorf("architecture %s: node %q reads %q, which is not before it", a.Name, n.Name, source)
			}
			if read.Out != n.In {
				return fmt.Errorf("architecture %s: node %q reads %d channels from %q and says %d", a.Name, n.Name, read.Out, source, n.In)
			}
		}
		if err := n.validate(len(sources), before[sources[0]]); err != nil {
			return fmt.Errorf("architecture %s: node %q %w", a.Name, n.Name, err)
		}
		before[n.Name] = n
	}
	last := a.Nodes[len(a.Nodes)-1]
	if last.Op != GlobalMean {
		return fmt.Errorf("architecture %s: the last node is %q, which is no GlobalMean", a.Name, last.Name)
	}
	if last.Out != a.Features {
		return fmt.Errorf("architecture %s: ends with %d features and says %d", a.Name, last.Out, a.Features)
	}
	return nil
}

// validate returns an error that completes "node NAME ...". sources is how many
// nodes this one reads, and read is the first of them.
func (n Node) validate(sources int, read Node) error {
	inputs := 1
	if n.Op == Add {
		inputs = 2
	}
	windowed := n.Op == ConvBN || n.Op == MaxPool
	switch {
	case n.Op < ConvBN || n.Op > GlobalMean:
		return fmt.Errorf("has operation %d, which is not known", n.Op)
	case sources != inputs:
		return fmt.Errorf("reads %d nodes and should read %d", sources, inputs)
	case windowed && (n.Kernel < 1 || n.Stride < 1 || n.Padding < SamePadding):
		return fmt.Errorf("has kernel %d, stride %d and padding %d", n.Kernel, n.Stride, n.Padding)
	case (n.Op != ConvBN || n.Depthwise) && n.In != n.Out:
		return fmt.Errorf("changes the channels from %d to %d, which only a full convolution can", n.In, n.Out)
	case n.Op == MaxPool && n.Padding != 0 && read.Activation == Linear:
		return fmt.Errorf("pads %q with zeros, which can be negative", read.Name)
	}
	return nil
}

// Ignores reports whether a weights file may hold a tensor of this name although
// the encoder does not use it: the classifier, and PyTorch's counts of batches.
func (a *Architecture) Ignores(name string) bool {
	return name == a.Classifier+".weight" || name == a.Classifier+".bias" ||
		strings.HasSuffix(name, ".num_batches_tracked")
}
