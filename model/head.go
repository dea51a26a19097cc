package model

import (
	"math"
	"math/rand/v2"

	tf "github.com/tensorflow/tensorflow/tensorflow/go"
	"github.com/tensorflow/tensorflow/tensorflow/go/op"

	"edgeclr/internal/tensor"
	"edgeclr/model/weights"
)

// The projection head (Chen et al. 2020, section 2): features -> 256 -> 128
// with a ReLU between. It exists for training alone; vectors are the encoder's
// output, which keeps more of the picture (section 4.2).
const (
	headHidden = 256
	headOut    = 128

	headWeight1 = "projection_head.layer1.weight"
	headBias1   = "projection_head.layer1.bias"
	headWeight2 = "projection_head.layer2.weight"
	headBias2   = "projection_head.layer2.bias"
)

// HeadSpecs lists the tensors of the projection head over that many features.
func HeadSpecs(features int) []weights.Spec {
	return []weights.Spec{
		{Name: headWeight1, Shape: []int{headHidden, features}},
		{Name: headBias1, Shape: []int{headHidden}},
		{Name: headWeight2, Shape: []int{headOut, headHidden}},
		{Name: headBias2, Shape: []int{headOut}},
	}
}

// NewHead draws a projection head as PyTorch's Linear does: weights and biases
// uniform in +-1/sqrt(inputs). The same seed gives the same head.
func NewHead(features int, seed uint64) weights.Set {
	rng := rand.New(rand.NewPCG(seed, 0x68656164))
	var set weights.Set
	inputs := features
	for _, spec := range HeadSpecs(features) {
		if len(spec.Shape) == 2 {
			inputs = spec.Shape[1]
		}
		bound := 1 / math.Sqrt(float64(inputs))
		set = append(set, drawn(spec, func() float64 { return bound * (2*rng.Float64() - 1) }))
	}
	return set
}

// drawn fills a tensor from a generator.
func drawn(spec weights.Spec, next func() float64) tensor.Tensor {
	n := 1
	for _, d := range spec.Shape {
		n *= d
	}
	values := make([]float32, n)
	for i := range values {
		values[i] = float32(next())
	}
	return tensor.Tensor{Name: spec.Name, Shape: spec.Shape, Data: values}
}

// project builds the head into the graph: [B,features] to [B,128].
func project(s *op.Scope, features tf.Output, read func(name string) tf.Output) tf.Output {
	dense := func(x tf.Output, weight, bias string) tf.Output {
		return op.BiasAdd(at(s), op.MatMul(at(s), x, read(weight), op.MatMulTransposeB(true)), read(bias))
	}
	return dense(op.Relu(at(s), dense(features, headWeight1, headBias1)), headWeight2, headBias2)
}
