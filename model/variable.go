package model

import (
	"fmt"
	"slices"

	tf "github.com/tensorflow/tensorflow/tensorflow/go"
	"github.com/tensorflow/tensorflow/tensorflow/go/op"

	"edgeclr/internal/tensor"
)

// variable is one tensor that lives in the training session.
type variable struct {
	name      string
	node      string // of the architecture; "" for the head's
	shape     []int  // PyTorch's
	kernel    bool   // a convolution's: permuted on the way in and out
	depthwise bool
	head      bool // of the projection head
	stage     int  // of the encoder
	trained   bool // receives gradients
	decayed   bool // weight decay applies
	averaged  bool // has a moving average

	inGraph  tf.Shape
	slot          // the value
	momentum slot // when trained
	average  slot // when averaged
}

// build adds the variable to the graph, with what is kept beside it.
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

// value is what the variable holds.
func (v *variable) value() tf.Output { return v.read }

// mean is the variable's moving average: its value, where it does not move.
func (v *variable) mean() tf.Output {
	if v.averaged {
		return v.average.read
	}
	return v.read
}

// after is what the variable holds once an operation has run.
func (v *variable) after(s *op.Scope, moved *tf.Operation) tf.Output {
	return op.ReadVariableOp(at(s.WithControlDependencies(moved)), v.handle, tf.Float)
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

// zeros is what momentum starts from.
func (v *variable) zeros() tensor.Tensor {
	return tensor.Tensor{Name: v.name, Shape: v.shape, Data: make([]float32, v.size())}
}

// tensor brings values in PyTorch's layout into the graph's.
func (v *variable) tensor(t tensor.Tensor) (*tf.Tensor, error) {
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

// weights brings a tensor of the graph into PyTorch's layout. Values that are
// not finite are an error.
func (v *variable) weights(t *tf.Tensor) (tensor.Tensor, error) {
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

func checkFinite(t tensor.Tensor) error {
	if !finite(t.Data) {
		return fmt.Errorf("a value of %s is %w", t.Name, ErrDiverged)
	}
	return nil
}

func finite(values []float32) bool {
	for _, v := range values {
		// v-v is 0 for every number but infinities and NaN.
		if v-v != 0 {
			return false
		}
	}
	return true
}
