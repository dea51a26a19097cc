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
//
// The decay goes into the momentum beforehand, divided by the factor that the
// momentum then takes: m + decay/momentum*w, in place. Added to the gradient it
// would cost two more tensors of the variable's size and a pass over each.
func sgd(s *op.Scope, v *variable, gradient, rate tf.Output, opt OptimizerOptions) *tf.Operation {
	decays := v.decayed && opt.WeightDecay != 0
	switch {
	case decays && opt.Momentum > 0:
		share := op.Const(at(s), float32(-opt.WeightDecay/opt.Momentum))
		late := s.WithControlDependencies(gradient.Op) // or all decays would run first, and the reads hold on to the weights
		s = s.WithControlDependencies(op.ResourceApplyGradientDescent(at(late), v.momentum.handle, share, v.read))
	case decays:
		gradient = op.AddV2(at(s), gradient, op.Mul(at(s), v.read, op.Const(at(s), float32(opt.WeightDecay))))
	}
	return op.ResourceApplyMomentum(at(s), v.handle, v.momentum.handle, rate, gradient, op.Const(at(s), float32(opt.Momentum)))
}
