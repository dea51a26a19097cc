package tflite

import (
	"cmp"
	"fmt"
	"math"

	"edgeclr/tflite/internal/schema"
)

// Names of the outputs in the signature.
const (
	embedding = "embedding"
	innerMap  = "map"
)

// lower makes the graph of the whole file.
func (m Model) lower() (*graph, error) {
	g := &graph{}
	pixels := m.input(g, m.numbers(0))
	var halves []id
	var last *network
	for i := range m.Encoders {
		set, err := m.weights(i)
		if err != nil {
			return nil, m.inHalf(i, err)
		}
		last = &network{graph: g, numbers: m.numbers(i), plan: m.Plan, set: set, prefix: m.prefix(i)}
		features, err := last.lower(last.normalise(pixels))
		if err != nil {
			return nil, m.inHalf(i, err)
		}
		if features, err = last.head(m.Head, features); err != nil {
			return nil, err
		}
		if m.Output == Float32 {
			features = g.float(features, m.prefix(i)+"features")
		}
		halves = append(halves, g.unit(features, m.prefix(i)+"vector"))
	}
	vector := halves[0]
	if len(halves) == 2 {
		m.weigh(g, halves)
		joined := like(g.at(vector), "joined", []int32{1, 2 * g.at(vector).shape[1]})
		vector = g.unit(g.apply(schema.BuiltinOperatorCONCATENATION, concatenation{}, joined, halves...), "joined/vector")
	}
	if m.Output == Uint8 {
		vector = g.convert(vector, tensor{name: embedding, kind: schema.TensorTypeUINT8, shape: g.at(vector).shape,
			quant: &quantization{scale: []float32{unitScale}, zero: []int64{128}}})
	}
	g.tensors[vector].name = embedding
	g.outputs = append(g.outputs, port{embedding, vector})
	if m.Map != "" {
		x := m.mapOutput(g, last.maps[m.Map])
		g.tensors[x].name = innerMap
		g.outputs = append(g.outputs, port{innerMap, x})
	}
	return g, nil
}

// evenShare is the share of a join whose halves count alike.
const evenShare = 0.5

// weigh scales down the half of a join that counts less. Only the ratio of the two
// matters, since their join is scaled to length 1. So nothing is added for equal halves,
// and in integers the half that counts more keeps its values.
func (m Model) weigh(g *graph, halves []id) {
	share := cmp.Or(m.Share, evenShare)
	lesser, ratio := 0, (1-share)/share
	if ratio > 1 {
		lesser, ratio = 1, share/(1-share)
	}
	if ratio == 1 {
		return
	}
	half, name := g.at(halves[lesser]), m.prefix(lesser)+"weight"
	factor := values{name, []int32{1}, []float32{float32(math.Sqrt(ratio))}}
	weight := factor.floats()
	if half.quant != nil {
		weight = factor.integer()
	}
	halves[lesser] = g.apply(schema.BuiltinOperatorMUL, empty{schema.BuiltinOptionsMulOptions},
		like(half, m.prefix(lesser)+"weighted", half.shape), halves[lesser], g.constant(weight))
}

// prefix distinguishes the names of the two encoders of a join.
func (m Model) prefix(encoder int) string {
	if len(m.Encoders) == 1 {
		return ""
	}
	return [...]string{"pretrained/", "adapted/"}[encoder]
}

// inHalf says which encoder an error belongs to.
func (m Model) inHalf(encoder int, err error) error {
	if len(m.Encoders) == 1 {
		return err
	}
	return fmt.Errorf("%s encoder: %w", [...]string{"pretrained", "adapted"}[encoder], err)
}

// numbers returns how an encoder holds its values.
func (m Model) numbers(encoder int) numbers {
	if m.Ranges == nil {
		return float{}
	}
	return integers{m.Ranges[encoder]}
}

// unitScale is the scale that L2_NORMALIZATION prescribes for an int8 result: -1 to
// 127/128.
const unitScale = 1.0 / 128

// unit scales a vector to length 1.
func (g *graph) unit(x id, name string) id {
	result := like(g.at(x), name, g.at(x).shape)
	if result.quant != nil {
		result.quant = &quantization{scale: []float32{unitScale}, zero: []int64{0}}
	}
	return g.apply(schema.BuiltinOperatorL2_NORMALIZATION, empty{schema.BuiltinOptionsL2NormOptions}, result, x)
}

// float returns x as float32.
func (g *graph) float(x id, name string) id {
	return g.convert(x, tensor{name: name, kind: schema.TensorTypeFLOAT32, shape: g.at(x).shape})
}

// mapOutput returns a step's map in the type of the output.
func (m Model) mapOutput(g *graph, x id) id {
	switch m.Output {
	case Float32:
		return g.float(x, innerMap)
	case Uint8: // the same integers, 128 more
		t := g.at(x)
		return g.convert(x, tensor{name: innerMap, kind: schema.TensorTypeUINT8, shape: t.shape,
			quant: &quantization{scale: t.quant.scale, zero: []int64{t.quant.zero[0] + 128}}})
	}
	return x
}
