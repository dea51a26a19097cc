package model

import (
	"fmt"

	tf "github.com/tensorflow/tensorflow/tensorflow/go"
	"github.com/tensorflow/tensorflow/tensorflow/go/op"

	"edgeclr/model/arch"
	"edgeclr/model/weights"
)

// folding builds the ConvBN nodes of an encoder. It folds the batch normalisation into
// kernel and bias beforehand, so that a node is one fused operation.
//
// Kernels are variables although they never change. TensorFlow keeps some ten copies
// of a constant: in the graph, in the graphs it optimises, and reordered for its own
// kernels (520 MB for the 45 MB of ResNet-18).
type folding struct {
	arch    *arch.Architecture
	set     weights.Set
	kernels []foldedKernel
}

// foldedKernel is a kernel that load will write into the session.
type foldedKernel struct {
	slot
	value *tf.Tensor
}

// convolution is a [convBNBuilder].
func (f *folding) convolution(s *op.Scope, step arch.Step, x tf.Output) convolved {
	kernel, bias, err := f.arch.Fold(step.Node, f.set)
	if err != nil {
		s.UpdateErr("fold", err)
		return convolved{pre: x}
	}
	inGraph, shape := toGraph(kernel, step.KernelShape(), step.Depthwise)
	value, err := floatTensor(inGraph, shape...)
	if err != nil {
		s.UpdateErr("fold", err)
		return convolved{pre: x}
	}
	variable := newSlot(s, tf.MakeShape(shape...), step.Weight)
	f.kernels = append(f.kernels, foldedKernel{variable, value})
	c := convolve(s, step, x, variable.read)
	b := op.Const(at(s), bias)
	return convolved{c, b, op.BiasAdd(at(s), c.out, b)}
}

// load writes the kernels into the session and releases them.
func (f *folding) load(session *tf.Session) error {
	feeds, targets := map[tf.Output]*tf.Tensor{}, []*tf.Operation{}
	for _, k := range f.kernels {
		feeds[k.initial] = k.value
		targets = append(targets, k.assign)
	}
	f.kernels, f.set = nil, nil
	if _, err := session.Run(feeds, nil, targets); err != nil {
		return fmt.Errorf("loading weights into %s: %w", f.arch.Name, err)
	}
	return nil
}
