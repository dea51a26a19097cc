package archtest

import "edgeclr/model/arch"

// Tiny is an architecture that has every operation, with symmetric and SAME padding. It
// is small enough for a training step in milliseconds. What holds for it holds for
// larger ones, since all are data to the same code.
func Tiny() *arch.Architecture {
	conv := func(n arch.Node) arch.Node {
		n.Op, n.Weight, n.BatchNorm = arch.ConvBN, n.Name+".weight", n.Name+"_norm"
		return n
	}
	return &arch.Architecture{
		Name: "tiny", Features: 12,
		Mean: [3]float32{120, 127, 130}, Std: [3]float32{60, 64, 70},
		Epsilon: 1e-3, BNMomentum: 0.1,
		Classifier: "fc", Classes: 4,
		Nodes: []arch.Node{
			conv(arch.Node{Name: "stem", Inputs: []string{arch.Input}, In: 3, Out: 8, Kernel: 3, Stride: 2, Padding: 1,
				Activation: arch.ReLU}),
			{Name: "pool", Op: arch.MaxPool, In: 8, Out: 8, Kernel: 3, Stride: 2, Padding: 1},
			conv(arch.Node{Name: "_expand", In: 8, Out: 16, Kernel: 1, Stride: 1, Padding: arch.SamePadding,
				Activation: arch.ReLU6, Stage: 1}),
			conv(arch.Node{Name: "depthwise", In: 16, Out: 16, Kernel: 5, Stride: 1, Padding: arch.SamePadding, Depthwise: true,
				Activation: arch.ReLU6, Stage: 1}),
			conv(arch.Node{Name: "project", In: 16, Out: 8, Kernel: 1, Stride: 1, Padding: arch.SamePadding, Stage: 1}),
			{Name: "add", Op: arch.Add, Inputs: []string{"project", "pool"}, In: 8, Out: 8, Activation: arch.ReLU, Stage: 1},
			conv(arch.Node{Name: "top", In: 8, Out: 12, Kernel: 1, Stride: 1, Padding: arch.SamePadding, Activation: arch.ReLU6,
				Stage: 2}),
			{Name: "mean", Op: arch.GlobalMean, In: 12, Out: 12, Stage: 2},
		},
	}
}
