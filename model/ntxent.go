package model

import (
	tf "github.com/tensorflow/tensorflow/tensorflow/go"
	"github.com/tensorflow/tensorflow/tensorflow/go/op"
)

// ntXent is the normalised temperature-scaled cross entropy (Chen et al. 2020,
// equation 1): for each of the 2N views, the softmax over its cosine
// similarities to all others, divided by the temperature, should name the
// other view of the same picture. The mean over all 2N rows, as lightly's
// NTXentLoss; google-research/simclr's is twice that.
func ntXent(s *op.Scope, projections tf.Output, temperature float64) tf.Output {
	const self = 1e9 // taken off a row's similarity to itself: exp gives 0
	z := l2Normalize(s, projections)
	rows := op.Squeeze(at(s), op.Slice(at(s), op.Shape(at(s), z), op.Const(at(s), []int32{0}), op.Const(at(s), []int32{1})))
	each := op.Range(at(s), op.Const(at(s), int32(0)), rows, op.Const(at(s), int32(1)))
	half := op.Div(at(s), rows, op.Const(at(s), int32(2)))
	positive := op.FloorMod(at(s), op.AddV2(at(s), each, half), rows)

	logits := op.Mul(at(s), op.MatMul(at(s), z, z, op.MatMulTransposeB(true)), op.Const(at(s), float32(1/temperature)))
	logits = op.Sub(at(s), logits, oneHot(s, each, rows, self))
	// The sparse form of this operation has no gradient in TensorFlow's C++ API.
	perRow, _ := op.SoftmaxCrossEntropyWithLogits(at(s), logits, oneHot(s, positive, rows, 1))
	return op.Mean(at(s), perRow, op.Const(at(s), []int32{0}))
}

func oneHot(s *op.Scope, indices, depth tf.Output, on float32) tf.Output {
	return op.OneHot(at(s), indices, depth, op.Const(at(s), on), op.Const(at(s), float32(0)))
}
