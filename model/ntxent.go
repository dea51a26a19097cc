package model

import (
	tf "github.com/tensorflow/tensorflow/tensorflow/go"
	"github.com/tensorflow/tensorflow/tensorflow/go/op"
)

// ntXent is the normalised temperature-scaled cross entropy (Chen et al. 2020,
// equation 1): for each of the 2N views, the softmax over its cosine
// similarities to all others, divided by the temperature, should name the
// other view of the same picture. The mean over all 2N rows, as lightly's
// NTXentLoss; google-research/simclr's is twice that. A row whose negatives are
// all masked is 0: the positive is all that the softmax has left.
func ntXent(s *op.Scope, in lossInput) tf.Output {
	logits, positive := similarities(s, in)
	// The sparse form of this operation has no gradient in TensorFlow's C++ API.
	perRow, _ := op.SoftmaxCrossEntropyWithLogits(at(s), logits, positive)
	return op.Mean(at(s), perRow, op.Const(at(s), []int32{0}))
}

// masked is taken off a similarity that should not count: exp gives 0.
const masked = 1e9

// similarities are the rows of the contrastive losses: the cosine similarities
// of each view to all views and to the queue, divided by the temperature, with
// that to itself and those to pictures that are together with its own masked,
// [2N,2N+Q]; and, in the same shape, 1 at the other view of the same picture.
func similarities(s *op.Scope, in lossInput) (logits, positive tf.Output) {
	z := l2Normalize(s, in.projections)
	one := op.Const(at(s), int32(1))
	rows, queued := count(s, z), count(s, in.queue)
	each := op.Range(at(s), op.Const(at(s), int32(0)), rows, one)
	half := op.Div(at(s), rows, op.Const(at(s), int32(2)))
	other := op.FloorMod(at(s), op.AddV2(at(s), each, half), rows)
	cosines := func(to tf.Output) tf.Output {
		return op.Mul(at(s), op.MatMul(at(s), z, to, op.MatMulTransposeB(true)), op.Const(at(s), float32(1/in.temperature)))
	}
	own := op.Sub(at(s), apart(s, cosines(z), in.penalty, rows, half), oneHot(s, each, rows, masked))
	logits = op.ConcatV2(at(s), []tf.Output{own, cosines(in.queue)}, one)
	return logits, oneHot(s, other, op.AddV2(at(s), rows, queued), 1)
}

// apart takes the penalty of two pictures off the similarities of their views,
// [2N,2N], all four pairs at once: seen as [2,N,2,N], they have the pictures as
// second and last index. The penalty is spread over them and never written out,
// so one of [1,1] costs next to nothing.
func apart(s *op.Scope, similarities, penalty, rows, half tf.Output) tf.Output {
	two := op.Const(at(s), int32(2))
	byView := op.Reshape(at(s), similarities, op.Pack(at(s), []tf.Output{two, half, two, half}))
	penalty = op.ExpandDims(at(s), op.ExpandDims(at(s), penalty, op.Const(at(s), int32(0))), two)
	return op.Reshape(at(s), op.Sub(at(s), byView, penalty), op.Pack(at(s), []tf.Output{rows, rows}))
}

// count is the number of rows.
func count(s *op.Scope, x tf.Output) tf.Output {
	shape := op.Slice(at(s), op.Shape(at(s), x), op.Const(at(s), []int32{0}), op.Const(at(s), []int32{1}))
	return op.Reshape(at(s), shape, op.Const(at(s), []int32{}))
}

func oneHot(s *op.Scope, indices, depth tf.Output, on float32) tf.Output {
	return op.OneHot(at(s), indices, depth, op.Const(at(s), on), op.Const(at(s), float32(0)))
}
