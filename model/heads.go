package model

import (
	tf "github.com/tensorflow/tensorflow/tensorflow/go"
	"github.com/tensorflow/tensorflow/tensorflow/go/op"

	"edgeclr/model/objective"
)

// headEpsilon is added to the variance where a head normalises by the batch. It
// is PyTorch's default.
const headEpsilon = 1e-5

// lowerHeads builds the objective's heads over the features of the online
// network. predictions is not set without a predictor.
func (t *Trainer) lowerHeads(s *op.Scope, features tf.Output) (projections, predictions tf.Output) {
	o := t.opt.Objective
	projections = lowerHead(s, o.Projector, features, t.projector, (*variable).online)
	if len(o.Predictor.Widths) > 0 {
		predictions = lowerHead(s.SubScope("predictor"), o.Predictor, projections, t.predictor, (*variable).online)
	}
	return projections, predictions
}

// lowerHead builds a head into the graph, [B,inputs] to [B,Width]. value returns
// the value of a variable: the online one, or the target network's.
func lowerHead(s *op.Scope, head objective.Head, x tf.Output, variables []*variable, value func(*variable) tf.Output) tf.Output {
	read := map[string]tf.Output{}
	for _, v := range variables {
		read[v.name] = value(v)
	}
	for i := range head.Widths {
		weight, bias, gamma, beta := head.LayerNames(i)
		x = op.BiasAdd(at(s), op.MatMul(at(s), x, read[weight], op.MatMulTransposeB(true)), read[bias])
		if head.NormAfter(i) {
			x = normalizeByBatch(s, x, read[gamma], read[beta])
		}
		if i < len(head.Widths)-1 {
			x = op.Relu(at(s), x)
		}
	}
	return x
}

// normalizeByBatch normalises each column of x by its mean and variance over the
// batch (Ioffe and Szegedy 2015, algorithm 1).
func normalizeByBatch(s *op.Scope, x, gamma, beta tf.Output) tf.Output {
	rows := op.Const(at(s), []int32{0})
	centred := op.Sub(at(s), x, op.Mean(at(s), x, rows, op.MeanKeepDims(true)))
	variance := op.Mean(at(s), op.Square(at(s), centred), rows, op.MeanKeepDims(true))
	scale := op.Mul(at(s), gamma, op.Rsqrt(at(s), op.AddV2(at(s), variance, op.Const(at(s), float32(headEpsilon)))))
	return op.AddV2(at(s), op.Mul(at(s), centred, scale), beta)
}
