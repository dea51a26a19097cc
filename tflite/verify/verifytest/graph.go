package verifytest

import (
	"encoding/binary"
	"maps"
	"math"
	"slices"

	flatbuffers "github.com/google/flatbuffers/go"

	"edgeclr/tflite/internal/schema"
)

// Graph is a file.
type Graph struct {
	Tensors     []Tensor
	Operators   []Operator
	Inputs      []int32
	Outputs     []int32
	Subgraphs   int               // copies of the graph; 0 is one
	Description string            // of the model
	Metadata    map[string][]byte // by name
	Signature   bool              // writes serving_default with "image" and "embedding"
	Signed      []int32           // the outputs that the signature names; nil is Outputs
	Version     uint32            // of the schema; 0 is 3
}

// Tensor is a tensor of a graph.
type Tensor struct {
	Name      string
	Type      schema.TensorType
	Shape     []int32
	Signature []int32 // the shape with unknown dimensions
	Data      []byte  // of a constant
	Scales    []float32
	Zeros     []int64
	Axis      int32
	Variable  bool
}

// Operator is an operator of a graph.
type Operator struct {
	Code    schema.BuiltinOperator
	Custom  string // name of a custom operator
	Inputs  []int32
	Outputs []int32
	Options schema.BuiltinOptions
	Fields  []any // of the options, by id: int32, byte, float32 or []int32; nil leaves one out
}

// Bytes writes the file.
func (g Graph) Bytes() []byte {
	w := &writer{Builder: flatbuffers.NewBuilder(1 << 12)}
	w.buffer(nil)
	var names, buffers []flatbuffers.UOffsetT
	for _, name := range slices.Sorted(maps.Keys(g.Metadata)) {
		w.buffer(g.Metadata[name])
		text := w.CreateString(name)
		w.StartObject(2)
		w.PrependUOffsetTSlot(0, text, 0)
		w.PrependUint32Slot(1, uint32(len(w.buffers)-1), 0)
		names = append(names, w.EndObject())
	}
	var graphs []flatbuffers.UOffsetT
	for range max(g.Subgraphs, 1) {
		graphs = append(graphs, w.subgraph(g))
	}
	var codes []flatbuffers.UOffsetT
	for _, o := range g.Operators {
		custom := w.text(o.Custom)
		w.StartObject(4)
		w.PrependInt8Slot(0, int8(min(o.Code, 127)), 0)
		w.optional(1, custom)
		w.PrependInt32Slot(3, int32(o.Code), 0)
		codes = append(codes, w.EndObject())
	}
	buffers = w.buffers
	lists := []flatbuffers.UOffsetT{w.vectorOf(codes), w.vectorOf(graphs), w.text(g.Description), w.vectorOf(buffers), w.vectorOf(names), w.signatures(g)}
	version := g.Version
	if version == 0 {
		version = 3
	}
	w.StartObject(8)
	w.PrependUint32Slot(0, version, 0)
	for i, slot := range []int{1, 2, 3, 4, 6, 7} {
		w.optional(slot, lists[i])
	}
	w.FinishWithFileIdentifier(w.EndObject(), []byte("TFL3"))
	return w.FinishedBytes()
}

type writer struct {
	*flatbuffers.Builder
	buffers []flatbuffers.UOffsetT
}

// buffer writes data and returns its number.
func (w *writer) buffer(data []byte) uint32 {
	var vector flatbuffers.UOffsetT
	if len(data) > 0 {
		w.StartVector(1, len(data), 16)
		for i := len(data) - 1; i >= 0; i-- {
			w.PrependByte(data[i])
		}
		vector = w.EndVector(len(data))
	}
	w.StartObject(3)
	w.optional(0, vector)
	w.buffers = append(w.buffers, w.EndObject())
	return uint32(len(w.buffers) - 1)
}

func (w *writer) optional(slot int, offset flatbuffers.UOffsetT) {
	w.PrependUOffsetTSlot(slot, offset, 0)
}

func (w *writer) text(s string) flatbuffers.UOffsetT {
	if s == "" {
		return 0
	}
	return w.CreateString(s)
}

func (w *writer) ints(list []int32) flatbuffers.UOffsetT {
	if list == nil {
		return 0
	}
	w.StartVector(4, len(list), 4)
	for i := len(list) - 1; i >= 0; i-- {
		w.PrependInt32(list[i])
	}
	return w.EndVector(len(list))
}

func (w *writer) vectorOf(tables []flatbuffers.UOffsetT) flatbuffers.UOffsetT {
	return w.CreateVectorOfTables(tables)
}

func (w *writer) subgraph(g Graph) flatbuffers.UOffsetT {
	var tensors, operators []flatbuffers.UOffsetT
	for _, t := range g.Tensors {
		tensors = append(tensors, w.tensor(t))
	}
	for i, o := range g.Operators {
		operators = append(operators, w.operator(uint32(i), o))
	}
	lists := []flatbuffers.UOffsetT{w.vectorOf(tensors), w.ints(g.Inputs), w.ints(g.Outputs), w.vectorOf(operators)}
	w.StartObject(5)
	for i, list := range lists {
		w.optional(i, list)
	}
	return w.EndObject()
}

func (w *writer) tensor(t Tensor) flatbuffers.UOffsetT {
	number := uint32(0)
	if len(t.Data) > 0 {
		number = w.buffer(t.Data)
	}
	var quantisation flatbuffers.UOffsetT
	if len(t.Scales) > 0 {
		w.StartVector(4, len(t.Scales), 4)
		for i := len(t.Scales) - 1; i >= 0; i-- {
			w.PrependFloat32(t.Scales[i])
		}
		scales := w.EndVector(len(t.Scales))
		w.StartVector(8, len(t.Zeros), 8)
		for i := len(t.Zeros) - 1; i >= 0; i-- {
			w.PrependInt64(t.Zeros[i])
		}
		zeros := w.EndVector(len(t.Zeros))
		w.StartObject(7)
		w.optional(2, scales)
		w.optional(3, zeros)
		w.PrependInt32Slot(6, t.Axis, 0)
		quantisation = w.EndObject()
	}
	shape, signature, name := w.ints(t.Shape), w.ints(t.Signature), w.text(t.Name)
	w.StartObject(9)
	w.optional(0, shape)
	w.PrependInt8Slot(1, int8(t.Type), 0)
	w.PrependUint32Slot(2, number, 0)
	w.optional(3, name)
	w.optional(4, quantisation)
	w.PrependBoolSlot(5, t.Variable, false)
	w.optional(7, signature)
	return w.EndObject()
}

func (w *writer) operator(code uint32, o Operator) flatbuffers.UOffsetT {
	vectors := make([]flatbuffers.UOffsetT, len(o.Fields))
	for i, value := range o.Fields {
		if list, ok := value.([]int32); ok {
			vectors[i] = w.ints(list)
		}
	}
	w.StartObject(len(o.Fields))
	for i, value := range o.Fields {
		switch x := value.(type) {
		case int32:
			w.PrependInt32Slot(i, x, math.MinInt32) // written even when it is the default
		case byte:
			w.PrependByteSlot(i, x, 255)
		case float32:
			w.PrependFloat32Slot(i, x, math.MaxFloat32)
		case []int32:
			w.optional(i, vectors[i])
		}
	}
	options := w.EndObject()
	inputs, outputs := w.ints(o.Inputs), w.ints(o.Outputs)
	w.StartObject(5)
	w.PrependUint32Slot(0, code, 0)
	w.optional(1, inputs)
	w.optional(2, outputs)
	if o.Options != 0 {
		w.PrependByteSlot(3, byte(o.Options), 0)
		w.optional(4, options)
	}
	return w.EndObject()
}

func (w *writer) signatures(g Graph) flatbuffers.UOffsetT {
	if !g.Signature {
		return 0
	}
	list := func(name string, indices []int32) flatbuffers.UOffsetT {
		var tables []flatbuffers.UOffsetT
		for _, index := range indices {
			text := w.CreateString(name)
			w.StartObject(2)
			w.optional(0, text)
			w.PrependUint32Slot(1, uint32(index), 0)
			tables = append(tables, w.EndObject())
		}
		return w.vectorOf(tables)
	}
	signed := g.Signed
	if signed == nil {
		signed = g.Outputs
	}
	inputs, outputs, key := list("image", g.Inputs), list("embedding", signed), w.CreateString("serving_default")
	w.StartObject(5)
	w.optional(0, inputs)
	w.optional(1, outputs)
	w.optional(2, key)
	return w.vectorOf([]flatbuffers.UOffsetT{w.EndObject()})
}

// Ints are the bytes of a constant of INT32.
func Ints(values ...int32) []byte {
	var data []byte
	for _, v := range values {
		data = binary.LittleEndian.AppendUint32(data, uint32(v))
	}
	return data
}

// Floats are the bytes of a constant of FLOAT32.
func Floats(values ...float32) []byte {
	var data []byte
	for _, v := range values {
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(v))
	}
	return data
}

// Normalization is a buffer TFLITE_METADATA that says how pixels become the input.
func Normalization(mean, std []float32) []byte {
	w := &writer{Builder: flatbuffers.NewBuilder(256)}
	floats := func(values []float32) flatbuffers.UOffsetT {
		w.StartVector(4, len(values), 4)
		for i := len(values) - 1; i >= 0; i-- {
			w.PrependFloat32(values[i])
		}
		return w.EndVector(len(values))
	}
	m, s, name := floats(mean), floats(std), w.CreateString("a model with metadata")
	w.StartObject(2)
	w.optional(0, m)
	w.optional(1, s)
	options := w.EndObject()
	w.StartObject(2)
	w.PrependByteSlot(0, 1, 0)
	w.optional(1, options)
	units := w.vectorOf([]flatbuffers.UOffsetT{w.EndObject()})
	w.StartObject(7)
	w.optional(4, units)
	inputs := w.vectorOf([]flatbuffers.UOffsetT{w.EndObject()})
	w.StartObject(10)
	w.optional(2, inputs)
	graphs := w.vectorOf([]flatbuffers.UOffsetT{w.EndObject()})
	w.StartObject(8)
	w.optional(0, name)
	w.optional(3, graphs)
	w.FinishWithFileIdentifier(w.EndObject(), []byte("M001"))
	return w.FinishedBytes()
}
