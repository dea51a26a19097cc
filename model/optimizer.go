package model

import (
	"fmt"

	tf "github.com/tensorflow/tensorflow/tensorflow/go"
	"github.com/tensorflow/tensorflow/tensorflow/go/op"
)

// OptimizerOptions are the constants of the update rule.
type OptimizerOptions struct {
	Name        string  // "sgd" or "lars"
	Momentum    float64 // 0.9
	WeightDecay float64 // 1e-4
	// KernelsOnly exempts biases and batch normalisation from weight decay. The
	// tutorial decays all parameters.
	KernelsOnly bool
}

// optimizer builds the update of one variable into the graph.
type optimizer func(s *op.Scope, v *variable, gradient, rate tf.Output, opt OptimizerOptions) *tf.Operation

// optimizers is the registry, one line for each optimizer.
func optimizers() map[string]optimizer {
	return map[string]optimizer{
		"sgd":  sgd,
		"lars": lars,
	}
}

func optimizerByName(name string) (optimizer, error) {
	if o, ok := optimizers()[name]; ok {
		return o, nil
	}
	return nil, fmt.Errorf("no optimizer %q: there are sgd and lars", name)
}

// sgd is stochastic gradient descent with momentum as PyTorch defines it
// (torch.optim.SGD, dampening 0, not Nesterov):
//
//	m = momentum*m + (gradient + decay*w);  w = w - rate*m
//
// The decay is added to the momentum first, in place: m + decay/momentum*w. The
// update then multiplies it by the momentum. Adding it to the gradient would cost
// two more tensors of the variable's size and a pass over each.
func sgd(s *op.Scope, v *variable, gradient, rate tf.Output, opt OptimizerOptions) *tf.Operation {
	decays := v.decayed && opt.WeightDecay != 0
	switch {
	case decays && opt.Momentum > 0:
		share := op.Const(at(s), float32(-opt.WeightDecay/opt.Momentum))
		// Without this dependency all decays would run first, and their reads would
		// hold on to the weights.
		late := s.WithControlDependencies(gradient.Op)
		s = s.WithControlDependencies(op.ResourceApplyGradientDescent(at(late), v.momentum.handle, share, v.read))
	case decays:
		gradient = op.AddV2(at(s), gradient, op.Mul(at(s), v.read, op.Const(at(s), float32(opt.WeightDecay))))
	}
	return op.ResourceApplyMomentum(at(s), v.handle, v.momentum.handle, rate, gradient, op.Const(at(s), float32(opt.Momentum)))
}

// larsTrust is the trust coefficient (eta) of You et al. 2017, "Large Batch
// Training of Convolutional Networks", as SimCLR sets it.
const larsTrust = 0.001

// lars scales the step of each kernel to the kernel's length, which keeps large
// batches stable (You et al. 2017; Chen et al. 2020, section 2.1 and its
// reference code: classic momentum, biases and batch normalisation without decay
// and without scaling):
//
//	g = gradient + decay*w
//	m = momentum*m + rate * (trust*|w| / |g|) * g;  w = w - m
//
// The ratio is 1 where either length is 0. TensorFlow keeps -m.
func lars(s *op.Scope, v *variable, gradient, rate tf.Output, opt OptimizerOptions) *tf.Operation {
	if len(v.shape) > 1 {
		decay := op.Mul(at(s), v.read, op.Const(at(s), float32(opt.WeightDecay)))
		gradient = op.AddV2(at(s), gradient, decay)
		weightLength, gradientLength := length(s, v.read), length(s, gradient)
		zero := op.Const(at(s), float32(0))
		positive := op.LogicalAnd(at(s), op.Greater(at(s), weightLength, zero), op.Greater(at(s), gradientLength, zero))
		usable := op.Cast(at(s), positive, tf.Float)
		ratio := op.DivNoNan(at(s), op.Mul(at(s), weightLength, op.Const(at(s), float32(larsTrust))), gradientLength)
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
