package arch

import "fmt"

// efficientNetLite0 is EfficientNet-Lite0 (Tan and Le 2019, "EfficientNet",
// table 1, in the lite form of 2020: no squeeze-and-excitation, ReLU6): 1280
// features. Names are those of efficientnet_lite_pytorch.
func efficientNetLite0() *Architecture {
	a := &Architecture{
		Name:       "efficientnet_lite0",
		Features:   1280,
		Mean:       [3]float32{127, 127, 127},
		Std:        [3]float32{128, 128, 128},
		Epsilon:    1e-3,
		BNMomentum: 0.01,
		Classifier: "_fc",
		Classes:    1000,
	}
	a.Nodes = []Node{{
		Name: "_conv_stem", Op: ConvBN, Inputs: []string{Input}, Weight: "_conv_stem.weight", BatchNorm: "_bn0",
		In: 3, Out: 32, Kernel: 3, Stride: 2, Padding: SamePadding, Activation: ReLU6,
	}}
	stages := []struct{ repeats, kernel, stride, expand, out int }{
		{1, 3, 1, 1, 16},
		{2, 3, 2, 6, 24},
		{2, 5, 2, 6, 40},
		{3, 3, 2, 6, 80},
		{3, 5, 1, 6, 112},
		{4, 5, 2, 6, 192},
		{1, 3, 1, 6, 320},
	}
	in, last, block := 32, "_conv_stem", 0
	for i, s := range stages {
		for r := range s.repeats {
			stride := s.stride
			if r > 0 {
				stride = 1
			}
			last = a.mbConv(fmt.Sprintf("_blocks.%d", block), i+1, last, in, s.out, s.kernel, stride, s.expand)
			in = s.out
			block++
		}
	}
	top := len(stages) + 1
	a.Nodes = append(a.Nodes,
		Node{Name: "_conv_head", Op: ConvBN, Inputs: []string{last}, Weight: "_conv_head.weight", BatchNorm: "_bn1",
			In: in, Out: a.Features, Kernel: 1, Stride: 1, Padding: SamePadding, Activation: ReLU6, Stage: top},
		Node{Name: "_avg_pooling", Op: GlobalMean, In: a.Features, Out: a.Features, Stage: top})
	return a
}

// mbConv appends a mobile inverted bottleneck (Sandler et al. 2018,
// "MobileNetV2", section 3.3): an expansion unless expand is 1, a depthwise
// convolution, a linear projection, and a shortcut where the shapes agree. It
// returns the name of the block's output.
func (a *Architecture) mbConv(name string, stage int, input string, in, out, kernel, stride, expand int) string {
	conv := func(weight, bn, from string, node Node) string {
		node.Name = name + "." + weight
		node.Op, node.Inputs, node.Stage = ConvBN, []string{from}, stage
		node.Weight, node.BatchNorm, node.Padding = node.Name+".weight", name+"."+bn, SamePadding
		a.Nodes = append(a.Nodes, node)
		return node.Name
	}
	last, wide := input, in*expand
	if expand != 1 {
		last = conv("_expand_conv", "_bn0", last, Node{In: in, Out: wide, Kernel: 1, Stride: 1, Activation: ReLU6})
	}
	last = conv("_depthwise_conv", "_bn1", last,
		Node{In: wide, Out: wide, Kernel: kernel, Stride: stride, Depthwise: true, Activation: ReLU6})
	last = conv("_project_conv", "_bn2", last, Node{In: wide, Out: out, Kernel: 1, Stride: 1})
	if stride != 1 || in != out {
		return last
	}
	a.Nodes = append(a.Nodes, Node{Name: name, Op: Add, Inputs: []string{last, input}, In: out, Out: out, Stage: stage})
	return name
}
