package model

import (
	tf "github.com/tensorflow/tensorflow/tensorflow/go"
	"github.com/tensorflow/tensorflow/tensorflow/go/op"

	"edgeclr/model/arch"
)

// norm is what a ConvBN node computes with: a kernel and its batch normalisation.
type norm struct{ kernel, gamma, beta, mean, variance tf.Output }

// normOf reads the variables of a ConvBN node: what they hold, or their averages.
func normOf(list []*variable, read func(*variable) tf.Output) norm {
	return norm{read(list[0]), read(list[1]), read(list[2]), read(list[3]), read(list[4])}
}

// folded is convolution with frozen batch normalisation, folded in the graph so
// that kernel, scale and shift all learn while the activation fuses with the
// convolution: a quarter faster than normalising the output.
func (t *Trainer) folded(s *op.Scope, step arch.Step, x tf.Output) convolved {
	return normOf(t.nodeVariables(s, step.Node), (*variable).value).folded(s, t.opt.Arch, step, x)
}

func (v norm) folded(s *op.Scope, a *arch.Architecture, step arch.Step, x tf.Output) convolved {
	epsilon := op.Const(at(s), a.Epsilon)
	scale := op.Mul(at(s), v.gamma, op.Rsqrt(at(s), op.AddV2(at(s), v.variance, epsilon)))
	perFilter := scale
	if step.Depthwise { // [H,W,C,1]: the channel is the last dimension but one
		perFilter = op.ExpandDims(at(s), scale, op.Const(at(s), int32(1)))
	}
	bias := op.Sub(at(s), v.beta, op.Mul(at(s), v.mean, scale))
	c := convolve(s, step, x, op.Mul(at(s), v.kernel, perFilter))
	return convolved{c, bias, op.BiasAdd(at(s), c.out, bias)}
}

// batchNormalized is convolution and normalisation by the batch's statistics
// (Ioffe and Szegedy 2015, algorithm 1). The running statistics move towards
// the batch's by the architecture's momentum, with the unbiased variance, as
// PyTorch's do.
func (t *Trainer) batchNormalized(s *op.Scope, step arch.Step, x tf.Output, statistics *[]*tf.Operation) convolved {
	list := t.nodeVariables(s, step.Node)
	v := normOf(list, (*variable).value)
	c, mean, variance := v.byBatch(s, t.opt.Arch, step, x)
	share := op.Const(at(s), t.opt.Arch.BNMomentum)
	for _, pair := range []struct {
		running *variable
		batch   tf.Output
	}{{list[3], mean}, {list[4], variance}} {
		step := op.Mul(at(s), op.Sub(at(s), pair.running.read, pair.batch), share)
		*statistics = append(*statistics, op.AssignSubVariableOp(at(s), pair.running.handle, step))
	}
	return c
}

// byBatch normalises by the statistics of the batch, and gives them.
func (v norm) byBatch(s *op.Scope, a *arch.Architecture, step arch.Step, x tf.Output) (y convolved, mean, variance tf.Output) {
	none := op.Const(at(s), []float32{})
	c := convolve(s, step, x, v.kernel)
	pre, mean, variance, _, _, _ := op.FusedBatchNormV3(at(s), c.out, v.gamma, v.beta, none, none,
		op.FusedBatchNormV3Epsilon(a.Epsilon), op.FusedBatchNormV3IsTraining(true))
	return convolved{convolution: c, pre: pre}, mean, variance
}
