package arch

import "fmt"

// resNet18 is torchvision's ResNet-18 (He et al. 2016, "Deep Residual Learning
// for Image Recognition", table 1, with the stride in the first 3x3
// convolution of a stage): 512 features.
func resNet18() *Architecture {
	a := &Architecture{
		Name:     "resnet18",
		Features: 512,
		// torchvision gives means and deviations of x/255.
		Mean:       [3]float32{0.485 * 255, 0.456 * 255, 0.406 * 255},
		Std:        [3]float32{0.229 * 255, 0.224 * 255, 0.225 * 255},
		Epsilon:    1e-5,
		BNMomentum: 0.1,
		Classifier: "fc",
		Classes:    1000,
	}
	a.Nodes = []Node{
		{Name: "conv1", Op: ConvBN, Inputs: []string{Input}, Weight: "conv1.weight", BatchNorm: "bn1",
			In: 3, Out: 64, Kernel: 7, Stride: 2, Padding: 3, Activation: ReLU},
		{Name: "maxpool", Op: MaxPool, In: 64, Out: 64, Kernel: 3, Stride: 2, Padding: 1},
	}
	in, last := 64, "maxpool"
	for stage, out := range []int{64, 128, 256, 512} {
		for block := range 2 {
			stride := 1
			if stage > 0 && block == 0 {
				stride = 2
			}
			last = a.basicBlock(fmt.Sprintf("layer%d.%d", stage+1, block), stage+1, last, in, out, stride)
			in = out
		}
	}
	a.Nodes = append(a.Nodes, Node{Name: "avgpool", Op: GlobalMean, In: in, Out: in, Stage: 4})
	return a
}

// basicBlock appends two 3x3 convolutions and a shortcut. It returns the name of
// the block's output.
func (a *Architecture) basicBlock(name string, stage int, input string, in, out, stride int) string {
	conv := func(weight, bn, from string, in, kernel, stride int, act Activation) string {
		node := name + "." + weight
		a.Nodes = append(a.Nodes, Node{
			Name: node, Op: ConvBN, Inputs: []string{from}, Weight: node + ".weight", BatchNorm: name + "." + bn,
			In: in, Out: out, Kernel: kernel, Stride: stride, Padding: kernel / 2, Activation: act, Stage: stage,
		})
		return node
	}
	first := conv("conv1", "bn1", input, in, 3, stride, ReLU)
	second := conv("conv2", "bn2", first, out, 3, 1, Linear)
	shortcut := input
	if stride != 1 || in != out {
		shortcut = conv("downsample.0", "downsample.1", input, in, 1, stride, Linear)
	}
	a.Nodes = append(a.Nodes, Node{
		Name: name, Op: Add, Inputs: []string{second, shortcut}, In: out, Out: out, Activation: ReLU, Stage: stage,
	})
	return name
}
