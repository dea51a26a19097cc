package tflite

import (
	"crypto/sha256"
	"fmt"

	"edgeclr/tflite/internal/schema"
)

// graph is the network of a file as plain values, in the order of evaluation.
type graph struct {
	tensors   []tensor
	operators []operator
	inputs    []port
	outputs   []port
	known     map[[sha256.Size]byte]id // what add returned for equal content
}

// id is the place of a tensor in a graph.
type id int32

// port is an input or output of the network. Its name is the one in the signature.
type port struct {
	name   string
	tensor id
}

// tensor is a value of the network: a constant, or the result of an operator.
type tensor struct {
	name  string
	kind  schema.TensorType
	shape []int32
	data  []byte // little endian; nil: computed
	quant *quantization
	means []float32 // of the values of each channel; nil: not known
}

// quantization says which numbers integers stand for: scale * (q - zero).
type quantization struct {
	scale []float32 // one, or one for each channel
	zero  []int64   // as many
	axis  int32     // dimension of the channels; 0 with one scale
}

// operator computes one tensor from others.
type operator struct {
	code    schema.BuiltinOperator
	inputs  []id
	output  id
	options options // nil: none
}

// constant adds a tensor of fixed values. One that is there with the same values is used
// again: frozen stages are equal in both encoders of a join.
func (g *graph) constant(t tensor) id {
	return g.once(fmt.Sprint("constant", t.kind, t.shape, quantKey(t.quant)), t.data, func() id { return g.add(t) })
}

// apply adds an operator and its result. One that computes the same from the same is used
// again, so that a join runs equal stages once.
func (g *graph) apply(code schema.BuiltinOperator, o options, result tensor, inputs ...id) id {
	key := fmt.Sprint("operator", code, o, inputs, result.kind, result.shape, quantKey(result.quant))
	return g.once(key, nil, func() id {
		output := g.add(result)
		g.operators = append(g.operators, operator{code, inputs, output, o})
		return output
	})
}

func (g *graph) add(t tensor) id {
	g.tensors = append(g.tensors, t)
	return id(len(g.tensors) - 1)
}

// once calls make unless it did for the same key and data.
func (g *graph) once(key string, data []byte, make func() id) id {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n", key)
	h.Write(data)
	sum := [sha256.Size]byte(h.Sum(nil))
	if known, ok := g.known[sum]; ok {
		return known
	}
	if g.known == nil {
		g.known = map[[sha256.Size]byte]id{}
	}
	g.known[sum] = make()
	return g.known[sum]
}

// quantKey prints the values of a quantization, not its address.
func quantKey(q *quantization) string {
	if q == nil {
		return "none"
	}
	return fmt.Sprint(*q)
}

// at returns a tensor of the graph.
func (g *graph) at(i id) tensor { return g.tensors[i] }

// like returns a description of a result that holds its numbers as t does. Pools and
// borders move values and compute none.
func like(t tensor, name string, shape []int32) tensor {
	return tensor{name: name, kind: t.kind, shape: shape, quant: t.quant, means: t.means}
}
