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
	// KernelsOnly spares biases and batch normalisation from weight decay. The
	// tutorial decays all parameters.
	KernelsOnly bool
}

// optimizer builds the update of one variable into the graph.
type optimizer func(s *op.Scope, v *variable, gradient, rate tf.Output, opt OptimizerOptions) *tf.Operation

// optimizers is the registry: one line an optimiser.
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
func sgd(s *op.Scope, v *variable, gradient, rate tf.Output, opt OptimizerOptions) *tf.Operation {
	if v.decayed && opt.WeightDecay != 0 {
		decay := op.Mul(at(s), v.read, op.Const(at(s), float32(opt.WeightDecay)))
		gradient = op.AddV2(at(s), gradient, decay)
	}
	return op.ResourceApplyMomentum(at(s), v.handle, v.momentum, rate, gradient, op.Const(at(s), float32(opt.Momentum)))
}
