package model

import (
	"fmt"

	tf "github.com/tensorflow/tensorflow/tensorflow/go"
	"github.com/tensorflow/tensorflow/tensorflow/go/op"

	"edgeclr/model/objective"
)

// objectiveGraph is an [objective.Graph] on TensorFlow's operations. Errors stay
// in the scope until the graph is finished.
type objectiveGraph struct{ scope *op.Scope }

// at gives an operation a scope of its own.
func (g objectiveGraph) at() *op.Scope { return at(g.scope) }

// output is the TensorFlow output behind a tensor. A tensor that the objective
// was not given, such as the output of a head that it does not have, is an error.
func (g objectiveGraph) output(x objective.Tensor) tf.Output {
	out, ok := x.(tf.Output)
	if !ok || out.Op == nil {
		g.scope.UpdateErr("objective", fmt.Errorf("the objective reads a tensor (%T) that it has not asked for", x))
	}
	return out
}

func (g objectiveGraph) Const(value float64) objective.Tensor {
	return op.Const(g.at(), float32(value))
}

func (g objectiveGraph) Add(a, b objective.Tensor) objective.Tensor {
	return op.AddV2(g.at(), g.output(a), g.output(b))
}

func (g objectiveGraph) Sub(a, b objective.Tensor) objective.Tensor {
	return op.Sub(g.at(), g.output(a), g.output(b))
}

func (g objectiveGraph) Mul(a, b objective.Tensor) objective.Tensor {
	return op.Mul(g.at(), g.output(a), g.output(b))
}

func (g objectiveGraph) Div(a, b objective.Tensor) objective.Tensor {
	return op.Div(g.at(), g.output(a), g.output(b))
}

func (g objectiveGraph) Exp(x objective.Tensor) objective.Tensor { return op.Exp(g.at(), g.output(x)) }

func (g objectiveGraph) Log(x objective.Tensor) objective.Tensor { return op.Log(g.at(), g.output(x)) }

func (g objectiveGraph) Sqrt(x objective.Tensor) objective.Tensor {
	return op.Sqrt(g.at(), g.output(x))
}

func (g objectiveGraph) ReLU(x objective.Tensor) objective.Tensor {
	return op.Relu(g.at(), g.output(x))
}

func (g objectiveGraph) Above(x objective.Tensor, limit float64) objective.Tensor {
	return op.Cast(g.at(), op.Greater(g.at(), g.output(x), op.Const(g.at(), float32(limit))), tf.Float)
}

func (g objectiveGraph) StopGradient(x objective.Tensor) objective.Tensor {
	return op.StopGradient(g.at(), g.output(x))
}

func (g objectiveGraph) MatMul(a, b objective.Tensor, transposeA, transposeB bool) objective.Tensor {
	return op.MatMul(g.at(), g.output(a), g.output(b), op.MatMulTransposeA(transposeA), op.MatMulTransposeB(transposeB))
}

func (g objectiveGraph) L2Normalize(x objective.Tensor) objective.Tensor {
	return l2Normalize(g.scope, g.output(x))
}

func (g objectiveGraph) Concat(axis int, parts ...objective.Tensor) objective.Tensor {
	outputs := make([]tf.Output, len(parts))
	for i, part := range parts {
		outputs[i] = g.output(part)
	}
	return op.ConcatV2(g.at(), outputs, op.Const(g.at(), int32(axis)))
}

func (g objectiveGraph) ExpandDims(x objective.Tensor, axis int) objective.Tensor {
	return op.ExpandDims(g.at(), g.output(x), op.Const(g.at(), int32(axis)))
}

func (g objectiveGraph) Sum(x objective.Tensor, axis int) objective.Tensor {
	return op.Sum(g.at(), g.output(x), g.axes(axis))
}

func (g objectiveGraph) Mean(x objective.Tensor, axis int) objective.Tensor {
	return op.Mean(g.at(), g.output(x), g.axes(axis))
}

func (g objectiveGraph) Max(x objective.Tensor, axis int) objective.Tensor {
	return op.Max(g.at(), g.output(x), g.axes(axis))
}

func (g objectiveGraph) axes(axis int) tf.Output { return op.Const(g.at(), []int32{int32(axis)}) }

// SoftmaxCrossEntropy takes the dense form of the operation: the sparse form has
// no gradient in TensorFlow's C++ API.
func (g objectiveGraph) SoftmaxCrossEntropy(logits, targets objective.Tensor) objective.Tensor {
	perRow, _ := op.SoftmaxCrossEntropyWithLogits(g.at(), g.output(logits), g.output(targets))
	return perRow
}

func (g objectiveGraph) Identity(x objective.Tensor, value float64) objective.Tensor {
	rows := g.rows(x)
	return g.oneHot(g.indices(rows), rows, value)
}

func (g objectiveGraph) OtherView(x, extra objective.Tensor, value float64) objective.Tensor {
	rows := g.rows(x)
	other := op.FloorMod(g.at(), op.AddV2(g.at(), g.indices(rows), g.half(rows)), rows)
	return g.oneHot(other, op.AddV2(g.at(), rows, g.rows(extra)), value)
}

func (g objectiveGraph) Views(x objective.Tensor) (first, second objective.Tensor) {
	halves := op.Split(g.at(), op.Const(g.at(), int32(0)), g.output(x), 2)
	if len(halves) != 2 { // the scope holds the error
		return tf.Output{}, tf.Output{}
	}
	return halves[0], halves[1]
}

// AddPerPair sees x as [2,N,2,N], which has the pictures as second and last
// index. The values are broadcast and never written out, so that a value of [1,1]
// costs next to nothing.
func (g objectiveGraph) AddPerPair(x, pairs objective.Tensor) objective.Tensor {
	rows := g.rows(x)
	half, two := g.half(rows), op.Const(g.at(), int32(2))
	byView := op.Reshape(g.at(), g.output(x), op.Pack(g.at(), []tf.Output{two, half, two, half}))
	spread := op.ExpandDims(g.at(), op.ExpandDims(g.at(), g.output(pairs), op.Const(g.at(), int32(0))), two)
	return op.Reshape(g.at(), op.AddV2(g.at(), byView, spread), op.Pack(g.at(), []tf.Output{rows, rows}))
}

// rows is the number of rows of x, an int32 scalar.
func (g objectiveGraph) rows(x objective.Tensor) tf.Output {
	shape := op.Slice(g.at(), op.Shape(g.at(), g.output(x)), op.Const(g.at(), []int32{0}), op.Const(g.at(), []int32{1}))
	return op.Reshape(g.at(), shape, op.Const(g.at(), []int32{}))
}

func (g objectiveGraph) half(rows tf.Output) tf.Output {
	return op.Div(g.at(), rows, op.Const(g.at(), int32(2)))
}

func (g objectiveGraph) indices(n tf.Output) tf.Output {
	return op.Range(g.at(), op.Const(g.at(), int32(0)), n, op.Const(g.at(), int32(1)))
}

func (g objectiveGraph) oneHot(indices, depth tf.Output, value float64) tf.Output {
	return op.OneHot(g.at(), indices, depth, op.Const(g.at(), float32(value)), op.Const(g.at(), float32(0)))
}
