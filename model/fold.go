package model

import (
	"fmt"
	"math"

	tf "github.com/tensorflow/tensorflow/tensorflow/go"
	"github.com/tensorflow/tensorflow/tensorflow/go/op"

	"edgeclr/model/arch"
	"edgeclr/model/weights"
)

// folding builds ConvBN nodes whose batch normalisation is folded into kernel and
// bias (Jacob et al. 2018, "Quantization and Training of Neural Networks",
// section 3.2): one fused operation when embedding.
//
// Kernels are variables though they never change. Of a constant TensorFlow keeps
// some ten copies: in the graph, in those that it optimises that to, and
// rearranged for its own kernels (520 MB for the 45 of ResNet-18).
type folding struct {
	arch    *arch.Architecture
	set     weights.Set
	kernels []foldedKernel
}

// foldedKernel is a kernel on its way into the session.
type foldedKernel struct {
	slot
	value *tf.Tensor
}

// convolution is a [normalized].
func (f *folding) convolution(s *op.Scope, n arch.Node, x tf.Output) convolved {
	kernel, bias, err := Fold(f.arch, n, f.set)
	if err != nil {
		s.UpdateErr("fold", err)
		return convolved{pre: x}
	}
	inGraph, shape := toGraph(kernel, n.KernelShape(), n.Depthwise)
	value, err := floatTensor(inGraph, shape...)
	if err != nil {
		s.UpdateErr("fold", err)
		return convolved{pre: x}
	}
	variable := newSlot(s, tf.MakeShape(shape...), n.Weight)
	f.kernels = append(f.kernels, foldedKernel{variable, value})
	c := convolve(s, n, x, variable.read)
	b := op.Const(at(s), bias)
	return convolved{c, b, op.BiasAdd(at(s), c.out, b)}
}

// load gives the session the kernels, and lets go of them.
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

// Fold computes a ConvBN node's kernel ([O,I,H,W]) and bias ([O]) with its
// frozen batch normalisation folded in:
//
//	kernel' = kernel * gamma / sqrt(variance + epsilon)
//	bias'   = beta - mean * gamma / sqrt(variance + epsilon)
func Fold(a *arch.Architecture, n arch.Node, set weights.Set) (kernel, bias []float32, err error) {
	var parts [5][]float32
	for i, name := range []string{n.Weight, n.BatchNorm + ".weight", n.BatchNorm + ".bias",
		n.BatchNorm + ".running_mean", n.BatchNorm + ".running_var"} {
		t, ok := set.Find(name)
		if !ok {
			return nil, nil, fmt.Errorf("node %s: the weights have no tensor %q", n.Name, name)
		}
		parts[i] = t.Data
	}
	gamma, beta, mean, variance := parts[1], parts[2], parts[3], parts[4]
	row := len(parts[0]) / n.Out
	kernel, bias = make([]float32, len(parts[0])), make([]float32, n.Out)
	for o := range n.Out {
		scale := float64(gamma[o]) / math.Sqrt(float64(variance[o])+float64(a.Epsilon))
		bias[o] = float32(float64(beta[o]) - float64(mean[o])*scale)
		for i := o * row; i < (o+1)*row; i++ {
			kernel[i] = float32(float64(parts[0][i]) * scale)
		}
	}
	return kernel, bias, nil
}
