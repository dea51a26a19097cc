package arch

// newcomer is what a new architecture takes: this function in a file of its own,
// and its line in the registry. It is a small VGG with batch normalisation
// (Simonyan and Zisserman 2015), with TensorFlow's padding in its pools.
func newcomer() *Architecture {
	a := &Architecture{
		Name: "newcomer", Features: 32,
		Mean: [3]float32{127, 127, 127}, Std: [3]float32{128, 128, 128},
		Epsilon: 1e-5, BNMomentum: 0.1,
		Classifier: "classifier", Classes: 10,
	}
	in := inputChannels
	for i, out := range []int{8, 16, 32} {
		name := []string{"features.0", "features.1", "features.2"}[i]
		node := Node{Name: name, Op: ConvBN, Weight: name + ".weight", BatchNorm: name + ".norm",
			In: in, Out: out, Kernel: 3, Stride: 1, Padding: 1, Activation: ReLU, Stage: i}
		pool := Node{Name: name + ".pool", Op: MaxPool, In: out, Out: out, Kernel: 2, Stride: 2, Padding: SamePadding, Stage: i}
		a.Nodes = append(a.Nodes, node, pool)
		in = out
	}
	a.Nodes = append(a.Nodes, Node{Name: "mean", Op: GlobalMean, In: in, Out: in, Stage: 2})
	return a
}
