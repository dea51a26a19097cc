package model

import (
	tf "github.com/tensorflow/tensorflow/tensorflow/go"
	"github.com/tensorflow/tensorflow/tensorflow/go/op"
)

// dcl is the decoupled contrastive loss (Yeh et al. 2022, equation 6): NT-Xent
// without the positive in the denominator. The positive then no longer weakens
// the gradient of easy pairs, which helps small batches. The mean over all 2N rows.
func dcl(s *op.Scope, in lossInput) tf.Output {
	logits, positive := similarities(s, in)
	rows := op.Const(at(s), []int32{1})
	pull := op.Sum(at(s), op.Mul(at(s), logits, positive), rows)
	negatives := op.Sub(at(s), logits, op.Mul(at(s), positive, op.Const(at(s), float32(masked))))
	// No similarity is above 1/temperature: taken off, no exponential overflows.
	most := op.Const(at(s), float32(1/in.temperature))
	push := op.Log(at(s), op.Sum(at(s), op.Exp(at(s), op.Sub(at(s), negatives, most)), rows))
	perRow := op.Sub(at(s), op.AddV2(at(s), push, most), pull)
	return op.Mean(at(s), perRow, op.Const(at(s), []int32{0}))
}
