package model

import (
	tf "github.com/tensorflow/tensorflow/tensorflow/go"
	"github.com/tensorflow/tensorflow/tensorflow/go/op"

	"edgeclr/model/arch"
)

// lowered is a node in the graph, with what its gradient needs.
type lowered struct {
	node    arch.Node
	sources []string    // names of the nodes that it reads
	in      []tf.Output // what they give
	pre     tf.Output   // before the activation
	out     tf.Output
}

// backward builds the gradients by the encoder's trained variables, from the
// gradient that has arrived at the features, node by node from the top.
//
// op.Gradients could take all of them at one stroke and be slower: TensorFlow's
// C++ gradient of an activation reads the activation's input, which then has
// two readers and cannot be fused with the convolution that makes it. The
// output serves as well: it is above 0, and below 6, exactly where the input is.
func (t *Trainer) backward(s *op.Scope, nodes []lowered, arrived tf.Output) map[*variable]tf.Output {
	moving := t.moving(nodes)
	gradients := map[*variable]tf.Output{}
	reaching := map[string][]tf.Output{nodes[len(nodes)-1].node.Name: {arrived}} // by node, one from each reader
	for i := len(nodes) - 1; i >= 0; i-- {
		n := nodes[i]
		if !moving[n.node.Name] {
			continue
		}
		g := activationGradient(s, n, total(s, reaching[n.node.Name]))
		if n.node.Op == arch.Add {
			for _, source := range n.sources {
				reaching[source] = append(reaching[source], g)
			}
			continue
		}
		var by []tf.Output
		source := n.sources[0]
		if moving[source] {
			by = append(by, n.in[0])
		}
		inputs := len(by)
		var trained []*variable
		for _, v := range t.byNode[n.node.Name] {
			if v.trained {
				trained, by = append(trained, v), append(by, v.read)
			}
		}
		back := op.Gradients(at(s), []tf.Output{n.pre}, by, g)
		if s.Err() != nil {
			return nil
		}
		reaching[source] = append(reaching[source], back[:inputs]...)
		for i, v := range trained {
			gradients[v] = back[inputs+i]
		}
	}
	return gradients
}

// moving tells which nodes a gradient has to reach: those that are trained and
// those above them.
func (t *Trainer) moving(nodes []lowered) map[string]bool {
	moving := map[string]bool{}
	for _, n := range nodes {
		for _, v := range t.byNode[n.node.Name] {
			moving[n.node.Name] = moving[n.node.Name] || v.trained
		}
		for _, source := range n.sources {
			moving[n.node.Name] = moving[n.node.Name] || moving[source]
		}
	}
	return moving
}

func activationGradient(s *op.Scope, n lowered, g tf.Output) tf.Output {
	switch n.node.Activation {
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
