package model

import (
	tf "github.com/tensorflow/tensorflow/tensorflow/go"
	"github.com/tensorflow/tensorflow/tensorflow/go/op"

	"edgeclr/model/arch"
)

// lowered is a node in the graph, with the tensors that its gradient reads.
type lowered struct {
	step arch.Step
	in   []tf.Output // the outputs of its sources
	conv convolved   // of a ConvBN node
	pre  tf.Output   // before the margin and the activation
	out  tf.Output
}

// backward builds the gradients with respect to the encoder's trained
// variables. It starts from the gradient with respect to the features, and goes
// from the last node to the first.
//
// op.Gradients could build all of them in one call, and would be slower.
// TensorFlow's C++ gradient of an activation reads the activation's input. That
// input then has two readers and cannot be fused with the convolution that makes
// it. The output serves as well: it is above 0, and below 6, exactly where the
// input is. Some gradients with respect to a kernel are also faster in another
// form: see [convolution.kernelGrad].
func (t *Trainer) backward(s *op.Scope, nodes []lowered, featureGrad tf.Output) map[*variable]tf.Output {
	requiresGrad := t.requiresGrad(nodes)
	gradients := map[*variable]tf.Output{}
	// The upstream gradients of a node, by its name: one from each of its readers.
	upstream := map[string][]tf.Output{nodes[len(nodes)-1].step.Name: {featureGrad}}
	for i := len(nodes) - 1; i >= 0; i-- {
		n := nodes[i]
		if !requiresGrad[n.step.Name] {
			continue
		}
		g := unpad(s, activationGrad(s, n, sum(s, upstream[n.step.Name])), n.step.Margin, n.step.Output)
		if n.step.Op == arch.Add {
			for _, source := range n.step.Sources {
				upstream[source] = append(upstream[source], g)
			}
			continue
		}
		source := n.step.Sources[0]
		if n.step.Op == arch.ConvBN {
			var kernelGrad tf.Output
			g, kernelGrad = t.variableGrads(s, n, g, gradients)
			if requiresGrad[source] {
				after := s
				if kernelGrad.Op != nil {
					after = s.WithControlDependencies(kernelGrad.Op)
				}
				upstream[source] = append(upstream[source], n.conv.inputGrad(after, g))
			}
			continue
		}
		inputGrad := op.Gradients(at(s), []tf.Output{n.pre}, []tf.Output{n.in[0]}, g)
		if s.Err() != nil {
			return nil
		}
		upstream[source] = append(upstream[source], inputGrad[0])
	}
	return gradients
}

// variableGrads adds the gradients with respect to the trained variables of a
// ConvBN node to gradients. g is the gradient with respect to the node's output
// before the activation. It returns the gradients with respect to the output of
// the convolution and to its kernel; the latter is not set when nothing is trained.
func (t *Trainer) variableGrads(s *op.Scope, n lowered, g tf.Output, gradients map[*variable]tf.Output) (convGrad, kernelGrad tf.Output) {
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
	var grads []tf.Output
	if n.conv.bias.Op != nil {
		kernelGrad = n.conv.kernelGrad(s, g)
		folded := []tf.Output{n.conv.bias, n.conv.kernel}
		grads = op.Gradients(at(s), folded, reads, op.BiasAddGrad(at(s), g), kernelGrad)
	} else {
		reads[0] = n.conv.out // the kernel is behind it
		if grads = op.Gradients(at(s), []tf.Output{n.pre}, reads, g); s.Err() == nil {
			g = grads[0]
			kernelGrad = n.conv.kernelGrad(s, g)
			grads[0] = kernelGrad
		}
	}
	for i, v := range trained {
		if s.Err() == nil {
			gradients[v] = grads[i]
		}
	}
	return g, kernelGrad
}

// requiresGrad says which nodes a gradient has to reach, by name: those that
// have trained variables, and those above them.
func (t *Trainer) requiresGrad(nodes []lowered) map[string]bool {
	requires := map[string]bool{}
	for _, n := range nodes {
		for _, v := range t.byNode[n.step.Name] {
			requires[n.step.Name] = requires[n.step.Name] || v.trained
		}
		for _, source := range n.step.Sources {
			requires[n.step.Name] = requires[n.step.Name] || requires[source]
		}
	}
	return requires
}

// activationGrad builds the gradient with respect to the input of the node's
// activation. g is the gradient with respect to its output.
func activationGrad(s *op.Scope, n lowered, g tf.Output) tf.Output {
	switch n.step.Activation {
	case arch.ReLU:
		return op.ReluGrad(at(s), g, n.out)
	case arch.ReLU6:
		return op.Relu6Grad(at(s), g, n.out)
	}
	return g
}

func sum(s *op.Scope, gradients []tf.Output) tf.Output {
	if len(gradients) == 1 {
		return gradients[0]
	}
	return op.AddN(at(s), gradients)
}
