package model

import (
	"fmt"
	"slices"

	tf "github.com/tensorflow/tensorflow/tensorflow/go"
	"github.com/tensorflow/tensorflow/tensorflow/go/op"

	"edgeclr/internal/tensor"
	"edgeclr/model/arch"
)

// slot is a tensor that lives in a session: the value of a variable, or what the
// optimizer or the target network keeps beside it in the same shape.
type slot struct {
	handle  tf.Output
	read    tf.Output
	initial tf.Output // placeholder of the value that assign writes
	assign  *tf.Operation
}

// newSlot adds a tensor's handle, reader and initialiser to the graph. The name
// must be unique in the session.
func newSlot(s *op.Scope, shape tf.Shape, name string) slot {
	var x slot
	x.handle = op.VarHandleOp(at(s), tf.Float, shape, op.VarHandleOpSharedName(name))
	x.read = op.ReadVariableOp(at(s), x.handle, tf.Float)
	x.initial = op.Placeholder(at(s), tf.Float, op.PlaceholderShape(shape))
	x.assign = op.AssignVariableOp(at(s), x.handle, x.initial)
	return x
}

// variable is one weight tensor of the trainer, with its momentum and its
// average in the target network.
type variable struct {
	name      string
	node      string // of the architecture; "" for a head's
	shape     []int  // PyTorch's
	kernel    bool   // of a convolution: permuted on the way in and out
	depthwise bool
	head      bool // of a head of the objective
	stage     int  // of the encoder
	trained   bool // receives gradients
	decayed   bool // weight decay applies
	averaged  bool // the target network holds its moving average

	inGraph  tf.Shape
	slot          // the value
	momentum slot // when trained
	average  slot // when averaged
}

// build adds the variable and its slots to the graph.
func (v *variable) build(s *op.Scope) {
	v.inGraph = v.graphShape()
	v.slot = newSlot(s, v.inGraph, v.name)
	if v.trained {
		v.momentum = newSlot(s, v.inGraph, "momentum/"+v.name)
	}
	if v.averaged {
		v.average = newSlot(s, v.inGraph, "average/"+v.name)
	}
}

// online is the variable's value in the online network, the one that is trained.
func (v *variable) online() tf.Output { return v.read }

// target is the variable's value in the target network: its moving average, or
// the value itself where training does not move it.
func (v *variable) target() tf.Output {
	if v.averaged {
		return v.average.read
	}
	return v.read
}

// after reads the variable once an operation has run.
func (v *variable) after(s *op.Scope, done *tf.Operation) tf.Output {
	return op.ReadVariableOp(at(s.WithControlDependencies(done)), v.handle, tf.Float)
}

func (v *variable) graphShape() tf.Shape {
	dims := make([]int64, len(v.shape))
	for i, d := range v.shape {
		dims[i] = int64(d)
	}
	if v.kernel && v.depthwise {
		dims = []int64{dims[2], dims[3], dims[0], 1}
	} else if v.kernel {
		dims = []int64{dims[2], dims[3], dims[1], dims[0]}
	}
	return tf.MakeShape(dims...)
}

// size is the number of values.
func (v *variable) size() int {
	n := 1
	for _, d := range v.shape {
		n *= d
	}
	return n
}

// zeros is the initial momentum.
func (v *variable) zeros() tensor.Tensor {
	return tensor.Tensor{Name: v.name, Shape: v.shape, Data: make([]float32, v.size())}
}

// toSession converts a tensor from PyTorch's layout to the graph's. A tensor of
// another shape is an error (ErrShape), as are values that are not finite.
func (v *variable) toSession(t tensor.Tensor) (*tf.Tensor, error) {
	if !slices.Equal(t.Shape, v.shape) || len(t.Data) != v.size() {
		return nil, fmt.Errorf("%w: %s is %v with %d values and should be %v", ErrShape, v.name, t.Shape, len(t.Data), v.shape)
	}
	if err := checkFinite(t); err != nil {
		return nil, err
	}
	values := t.Data
	shape, err := v.inGraph.ToSlice()
	if err != nil {
		return nil, err
	}
	if v.kernel {
		values, shape = toGraph(values, v.shape, v.depthwise)
	}
	return floatTensor(values, shape...)
}

// fromSession converts a tensor from the graph's layout to PyTorch's. Values
// that are not finite are an error.
func (v *variable) fromSession(t *tf.Tensor) (tensor.Tensor, error) {
	values, err := floats(t)
	if err != nil {
		return tensor.Tensor{}, fmt.Errorf("%s: %w", v.name, err)
	}
	if v.kernel {
		values = fromGraph(values, v.shape)
	}
	out := tensor.Tensor{Name: v.name, Shape: v.shape, Data: values}
	return out, checkFinite(out)
}

// bnParams are the kernel of a ConvBN node and the parameters of its batch
// normalisation, read from its variables.
type bnParams struct{ kernel, gamma, beta, mean, variance tf.Output }

// bnParamsOf reads the variables of a ConvBN node with read: the online values
// or those of the target network.
func bnParamsOf(list []*variable, read func(*variable) tf.Output) bnParams {
	return bnParams{read(list[0]), read(list[1]), read(list[2]), read(list[3]), read(list[4])}
}

// folded is a convolution with frozen batch normalisation. The normalisation is
// folded into the kernel inside the graph. Kernel, scale and shift all learn, and
// the activation still fuses with the convolution: a quarter faster than
// normalising the output.
func (p bnParams) folded(s *op.Scope, a *arch.Architecture, step arch.Step, x tf.Output) convolved {
	epsilon := op.Const(at(s), a.Epsilon)
	scale := op.Mul(at(s), p.gamma, op.Rsqrt(at(s), op.AddV2(at(s), p.variance, epsilon)))
	perFilter := scale
	if step.Depthwise { // [H,W,C,1]: the channel is the last dimension but one
		perFilter = op.ExpandDims(at(s), scale, op.Const(at(s), int32(1)))
	}
	bias := op.Sub(at(s), p.beta, op.Mul(at(s), p.mean, scale))
	c := convolve(s, step, x, op.Mul(at(s), p.kernel, perFilter))
	return convolved{c, bias, op.BiasAdd(at(s), c.out, bias)}
}

// batchNormalized is a convolution normalised by the statistics of the batch
// (Ioffe and Szegedy 2015, algorithm 1). It also returns those statistics.
func (p bnParams) batchNormalized(s *op.Scope, a *arch.Architecture, step arch.Step, x tf.Output) (y convolved, mean, variance tf.Output) {
	none := op.Const(at(s), []float32{})
	c := convolve(s, step, x, p.kernel)
	pre, mean, variance, _, _, _ := op.FusedBatchNormV3(at(s), c.out, p.gamma, p.beta, none, none,
		op.FusedBatchNormV3Epsilon(a.Epsilon), op.FusedBatchNormV3IsTraining(true))
	return convolved{convolution: c, pre: pre}, mean, variance
}

// updateRunning builds the updates of the running statistics of a ConvBN node.
// They move towards the batch's by the architecture's momentum, with the unbiased
// variance, as PyTorch's do.
func updateRunning(s *op.Scope, a *arch.Architecture, list []*variable, mean, variance tf.Output) []*tf.Operation {
	var updates []*tf.Operation
	share := op.Const(at(s), a.BNMomentum)
	for _, pair := range []struct {
		running *variable
		batch   tf.Output
	}{{list[3], mean}, {list[4], variance}} {
		step := op.Mul(at(s), op.Sub(at(s), pair.running.read, pair.batch), share)
		updates = append(updates, op.AssignSubVariableOp(at(s), pair.running.handle, step))
	}
	return updates
}
