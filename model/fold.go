package model

import (
	"fmt"
	"math"

	tf "github.com/tensorflow/tensorflow/tensorflow/go"
	"github.com/tensorflow/tensorflow/tensorflow/go/op"

	"edgeclr/model/arch"
	"edgeclr/model/weights"
)

// foldConstants gives ConvBN nodes whose batch normalisation is folded into
// constant kernels and biases (Jacob et al. 2018, "Quantization and Training
// of Neural Networks", section 3.2): one fused operation when embedding.
func foldConstants(a *arch.Architecture, set weights.Set) normalized {
	return func(s *op.Scope, n arch.Node, x tf.Output) convolved {
		kernel, bias, err := Fold(a, n, set)
		if err != nil {
			s.UpdateErr("fold", err)
			return convolved{pre: x}
		}
		inGraph, shape := toGraph(kernel, n.KernelShape(), n.Depthwise)
		kernelTensor, err := floatTensor(inGraph, shape...)
		if err != nil {
			s.UpdateErr("fold", err)
			return convolved{pre: x}
		}
		c := convolve(s, n, x, op.Const(at(s), kernelTensor))
		b := op.Const(at(s), bias)
		return convolved{c, b, op.BiasAdd(at(s), c.out, b)}
	}
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
