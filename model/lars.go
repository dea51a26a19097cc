package model

import (
	tf "github.com/tensorflow/tensorflow/tensorflow/go"
	"github.com/tensorflow/tensorflow/tensorflow/go/op"
)

// larsTrust is the trust coefficient (eta) of You et al. 2017, "Large Batch
// Training of Convolutional Networks", as SimCLR sets it.
const larsTrust = 0.001

// lars scales each kernel's step to its own length, which keeps large batches
// stable (You et al. 2017; Chen et al. 2020, section 2.1 and its reference
// code: classic momentum, biases and batch normalisation without decay and
// without scaling):
//
//	g = gradient + decay*w
//	m = momentum*m + rate * (trust*|w| / |g|) * g;  w = w - m
//
// The ratio is 1 where either length is 0. TensorFlow keeps -m.
func lars(s *op.Scope, v *variable, gradient, rate tf.Output, opt OptimizerOptions) *tf.Operation {
	if len(v.shape) > 1 {
		decay := op.Mul(at(s), v.read, op.Const(at(s), float32(opt.WeightDecay)))
		gradient = op.AddV2(at(s), gradient, decay)
		weight, slope := length(s, v.read), length(s, gradient)
		zero := op.Const(at(s), float32(0))
		usable := op.Cast(at(s), op.LogicalAnd(at(s), op.Greater(at(s), weight, zero), op.Greater(at(s), slope, zero)), tf.Float)
		ratio := op.DivNoNan(at(s), op.Mul(at(s), weight, op.Const(at(s), float32(larsTrust))), slope)
		// The ratio where it is usable, else 1.
		ratio = op.AddV2(at(s), op.Mul(at(s), ratio, usable), op.Sub(at(s), op.Const(at(s), float32(1)), usable))
		rate = op.Mul(at(s), rate, ratio)
	}
	return op.ResourceApplyKerasMomentum(at(s), v.handle, v.momentum.handle, rate, gradient, op.Const(at(s), float32(opt.Momentum)))
}

// length is the Euclidean norm of all values.
func length(s *op.Scope, x tf.Output) tf.Output {
	flat := op.Reshape(at(s), x, op.Const(at(s), []int32{-1}))
	return op.Sqrt(at(s), op.Sum(at(s), op.Square(at(s), flat), op.Const(at(s), []int32{0})))
}
