package model

import (
	tf "github.com/tensorflow/tensorflow/tensorflow/go"
	"github.com/tensorflow/tensorflow/tensorflow/go/op"

	"edgeclr/model/arch"
)

// lowered is a node in the graph, with what its gradient needs.
type lowered struct {
	step arch.Step
	in   []tf.Output // what its sources give
	conv convolved   // of a ConvBN node
	pre  tf.Output   // before the margin and the activation
	out  tf.Output
}

// backward builds the gradients by the encoder's trained variables, from the
// gradient that has arrived at the features, node by node from the top.
//
// op.Gradients could take all of them at one stroke and be slower: TensorFlow's
// C++ gradient of an activation reads the activation's input, which then has
// two readers and cannot be fused with the convolution that makes it. The
// output serves as well: it is above 0, and below 6, exactly where the input is.
// And some gradients by a kernel are faster in another form: see
// [convolution.byKernel].
func (t *Trainer) backward(s *op.Scope, nodes []lowered, arrived tf.Output) map[*variable]tf.Output {
	moving := t.moving(nodes)
	gradients := map[*variable]tf.Output{}
	reaching := map[string][]tf.Output{nodes[len(nodes)-1].step.Name: {arrived}} // by node, one from each reader
	for i := len(nodes) - 1; i >= 0; i-- {
		n := nodes[i]
		if !moving[n.step.Name] {
			continue
		}
		g := unpad(s, activationGradient(s, n, total(s, reaching[n.step.Name])), n.step.Margin, n.pre)
		if n.step.Op == arch.Add {
			for _, source := range n.step.Sources {
				reaching[source] = append(reaching[source], g)
			}
			continue
		}
		source := n.step.Sources[0]
		if n.step.Op == arch.ConvBN {
			var kernel tf.Output
			g, kernel = t.byVariables(s, n, g, gradients)
			if moving[source] {
				after := s
				if kernel.Op != nil {
					after = s.WithControlDependencies(kernel.Op)
				}
				reaching[source] = append(reaching[source], n.conv.byInput(after, g))
			}
			continue
		}
		back := op.Gradients(at(s), []tf.Output{n.pre}, []tf.Output{n.in[0]}, g)
		if s.Err() != nil {
			return nil
		}
		reaching[source] = append(reaching[source], back[0])
	}
	return gradients
}

// byVariables adds the gradients by a ConvBN node's trained variables, from that
// by its output, and returns that by its convolution.
func (t *Trainer) byVariables(s *op.Scope, n lowered, g tf.Output, gradients map[*variable]tf.Output) (byConv, kernel tf.Output) {
	var trained []*variable
	var reads []tf.Output
	for _, v := range t.byNode[n.step.Name] {
		if v.trained {
			trained, reads = append(trained, v), append(reads, v.read)
		}
	}
	if len(trained) == 0 {
		return g, tf.Output{}
	}
	var by []tf.Output
	if n.conv.bias.Op != nil {
		kernel = n.conv.byKernel(s, g)
		folded := []tf.Output{n.conv.bias, n.conv.kernel}
		by = op.Gradients(at(s), folded, reads, op.BiasAddGrad(at(s), g), kernel)
	} else {
		reads[0] = n.conv.out // the kernel is behind it
		if by = op.Gradients(at(s), []tf.Output{n.pre}, reads, g); s.Err() == nil {
			g = by[0]
			kernel = n.conv.byKernel(s, g)
			by[0] = kernel
		}
	}
	for i, v := range trained {
		if s.Err() == nil {
			gradients[v] = by[i]
		}
	}
	return g, kernel
}

// moving tells which nodes a gradient has to reach: those that are trained and
// those above them.
func (t *Trainer) moving(nodes []lowered) map[string]bool {
	moving := map[string]bool{}
	for _, n := range nodes {
		for _, v := range t.byNode[n.step.Name] {
			moving[n.step.Name] = moving[n.step.Name] || v.trained
		}
		for _, source := range n.step.Sources {
			moving[n.step.Name] = moving[n.step.Name] || moving[source]
		}
	}
	return moving
}

func activationGradient(s *op.Scope, n lowered, g tf.Output) tf.Output {
	switch n.step.Activation {
	case arch.ReLU:
		return op.ReluGrad(at(s), g, n.out)
	case arch.ReLU6:
		return op.Relu6Grad(at(s), g, n.out)
	}
	return g
}

func total(s *op.Scope, gradients []tf.Output) tf.Output {
	if len(gradients) == 1 {
		return gradients[0]
	}
	return op.AddN(at(s), gradients)
}
