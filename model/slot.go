package model

import (
	tf "github.com/tensorflow/tensorflow/tensorflow/go"
	"github.com/tensorflow/tensorflow/tensorflow/go/op"
)

// slot is a tensor that lives in the training session: the value of a variable,
// or what an optimiser or an average keeps beside it in the same shape.
type slot struct {
	handle  tf.Output
	read    tf.Output
	initial tf.Output // placeholder of what assign writes
	assign  *tf.Operation
}

// newSlot adds a tensor's handle, reader and initialiser to the graph. The name
// must be its own in the session.
func newSlot(s *op.Scope, shape tf.Shape, name string) slot {
	var x slot
	x.handle = op.VarHandleOp(at(s), tf.Float, shape, op.VarHandleOpSharedName(name))
	x.read = op.ReadVariableOp(at(s), x.handle, tf.Float)
	x.initial = op.Placeholder(at(s), tf.Float, op.PlaceholderShape(shape))
	x.assign = op.AssignVariableOp(at(s), x.handle, x.initial)
	return x
}
