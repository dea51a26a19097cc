package model

import (
	tf "github.com/tensorflow/tensorflow/tensorflow/go"
	"github.com/tensorflow/tensorflow/tensorflow/go/op"
)

// dcl is the decoupled contrastive loss (Yeh et al. 2022, equation 6): NT-Xent
// without the positive in the denominator. The positive then no longer weakens
// the gradient of easy pairs, which helps small batches. The mean over all 2N rows.
//
// A row whose negatives are all masked would be minus infinity; it counts as 0,
// without gradient, as in NT-Xent. To pull alone is the way to a collapse.
func dcl(s *op.Scope, in lossInput) tf.Output {
	logits, positive := similarities(s, in)
	rows := op.Const(at(s), []int32{1})
	pull := op.Sum(at(s), op.Mul(at(s), logits, positive), rows)
	negatives := op.Sub(at(s), logits, op.Mul(at(s), positive, op.Const(at(s), float32(masked))))
	// With the largest of a row taken off, no exponential overflows and one of
	// them is 1. It cancels out, and so does its gradient.
	most := op.StopGradient(at(s), op.Max(at(s), negatives, rows))
	shifted := op.Sub(at(s), negatives, op.ExpandDims(at(s), most, op.Const(at(s), int32(1))))
	push := op.AddV2(at(s), op.Log(at(s), op.Sum(at(s), op.Exp(at(s), shifted), rows)), most)
	has := op.Cast(at(s), op.Greater(at(s), most, op.Const(at(s), float32(-masked/2))), tf.Float)
	return op.Mean(at(s), op.Mul(at(s), op.Sub(at(s), push, pull), has), op.Const(at(s), []int32{0}))
}
