package tflite

import (
	"slices"

	flatbuffers "github.com/google/flatbuffers/go"

	"edgeclr/tflite/internal/schema"
)

const (
	schemaVersion = 3      // of the tables, since 2017
	identifier    = "TFL3" // says the same at the beginning of the file
	signatureKey  = "serving_default"
	metadataKey   = "TFLITE_METADATA" // by this name MediaPipe finds its tables
	alignment     = 16                // of the data of tensors; kernels read it by vectors
)

// writer writes a graph as flatbuffers. A table is written before the one that refers to
// it, and the file grows from its end to its beginning.
type writer struct {
	*flatbuffers.Builder
	graph   *graph
	codes   []operatorCode
	buffers []flatbuffers.UOffsetT
}

// operatorCode is an entry of the file's list of operators.
type operatorCode struct {
	code    schema.BuiltinOperator
	version int32
}

// encode writes the file.
func encode(g *graph, description string, metadata []byte) []byte {
	total := len(metadata) + 1<<16
	for _, t := range g.tensors {
		total += len(t.data) + alignment
	}
	w := &writer{Builder: flatbuffers.NewBuilder(total), graph: g}
	w.buffer(nil) // number 0 is empty and stands for "computed"
	tensors := tables(w.Builder, len(g.tensors), func(i int) flatbuffers.UOffsetT { return w.tensor(g.tensors[i]) })
	operators := tables(w.Builder, len(g.operators), func(i int) flatbuffers.UOffsetT { return w.operator(g.operators[i]) })
	subgraph := w.subgraph(tensors, operators)
	subgraphs := w.CreateVectorOfTables([]flatbuffers.UOffsetT{subgraph})
	signature := w.signature()
	signatures := w.CreateVectorOfTables([]flatbuffers.UOffsetT{signature})
	entry := w.metadata(metadata)
	entries := w.CreateVectorOfTables([]flatbuffers.UOffsetT{entry})
	codes := tables(w.Builder, len(w.codes), func(i int) flatbuffers.UOffsetT { return w.operatorCode(w.codes[i]) })
	buffers := w.CreateVectorOfTables(w.buffers)
	text := w.CreateString(description)

	schema.ModelStart(w.Builder)
	schema.ModelAddVersion(w.Builder, schemaVersion)
	schema.ModelAddOperatorCodes(w.Builder, codes)
	schema.ModelAddSubgraphs(w.Builder, subgraphs)
	schema.ModelAddDescription(w.Builder, text)
	schema.ModelAddBuffers(w.Builder, buffers)
	schema.ModelAddMetadata(w.Builder, entries)
	schema.ModelAddSignatureDefs(w.Builder, signatures)
	w.FinishWithFileIdentifier(schema.ModelEnd(w.Builder), []byte(identifier))
	return w.FinishedBytes()
}

// tables writes n tables, then the vector that refers to them.
func tables(b *flatbuffers.Builder, n int, write func(i int) flatbuffers.UOffsetT) flatbuffers.UOffsetT {
	list := make([]flatbuffers.UOffsetT, n)
	for i := range list {
		list[i] = write(i)
	}
	return b.CreateVectorOfTables(list)
}

// buffer writes the data of a tensor and returns the number of the buffer.
func (w *writer) buffer(data []byte) uint32 {
	var vector flatbuffers.UOffsetT
	if len(data) > 0 {
		vector = bytesVector(w.Builder, data)
	}
	schema.BufferStart(w.Builder)
	if vector != 0 {
		schema.BufferAddData(w.Builder, vector)
	}
	w.buffers = append(w.buffers, schema.BufferEnd(w.Builder))
	return uint32(len(w.buffers) - 1)
}

// bytesVector writes a vector of bytes at an aligned place. The builder's own
// CreateByteVector aligns to 4.
func bytesVector(b *flatbuffers.Builder, data []byte) flatbuffers.UOffsetT {
	b.StartVector(1, len(data), alignment)
	start := b.Head() - flatbuffers.UOffsetT(len(data))
	b.Pad(len(data))
	copy(b.Bytes[start:], data)
	return b.EndVector(len(data))
}

func (w *writer) tensor(t tensor) flatbuffers.UOffsetT {
	buffer := uint32(0)
	if t.data != nil {
		buffer = w.buffer(t.data)
	}
	var quant flatbuffers.UOffsetT
	if t.quant != nil {
		quant = w.quantization(t.quant)
	}
	name, shape := w.CreateString(t.name), ints(w.Builder, t.shape)
	schema.TensorStart(w.Builder)
	schema.TensorAddShape(w.Builder, shape)
	schema.TensorAddType(w.Builder, t.kind)
	schema.TensorAddBuffer(w.Builder, buffer)
	schema.TensorAddName(w.Builder, name)
	if quant != 0 {
		schema.TensorAddQuantization(w.Builder, quant)
	}
	return schema.TensorEnd(w.Builder)
}

func (w *writer) quantization(q *quantization) flatbuffers.UOffsetT {
	schema.QuantizationParametersStartScaleVector(w.Builder, len(q.scale))
	for _, s := range slices.Backward(q.scale) {
		w.PrependFloat32(s)
	}
	scale := w.EndVector(len(q.scale))
	schema.QuantizationParametersStartZeroPointVector(w.Builder, len(q.zero))
	for _, z := range slices.Backward(q.zero) {
		w.PrependInt64(z)
	}
	zero := w.EndVector(len(q.zero))
	schema.QuantizationParametersStart(w.Builder)
	schema.QuantizationParametersAddScale(w.Builder, scale)
	schema.QuantizationParametersAddZeroPoint(w.Builder, zero)
	schema.QuantizationParametersAddQuantizedDimension(w.Builder, q.axis)
	return schema.QuantizationParametersEnd(w.Builder)
}

func (w *writer) operator(o operator) flatbuffers.UOffsetT {
	code := w.code(o)
	inputs, outputs := ints(w.Builder, o.inputs), ints(w.Builder, []id{o.output})
	var table flatbuffers.UOffsetT
	if o.options != nil {
		table = o.options.write(w.Builder)
	}
	schema.OperatorStart(w.Builder)
	schema.OperatorAddOpcodeIndex(w.Builder, code)
	schema.OperatorAddInputs(w.Builder, inputs)
	schema.OperatorAddOutputs(w.Builder, outputs)
	if table != 0 {
		schema.OperatorAddBuiltinOptionsType(w.Builder, o.options.kind())
		schema.OperatorAddBuiltinOptions(w.Builder, table)
	}
	return schema.OperatorEnd(w.Builder)
}

// code returns the number of an operator in the file's list.
func (w *writer) code(o operator) uint32 {
	c := operatorCode{o.code, version(o.code, w.graph.at(o.inputs[0]).kind == schema.TensorTypeINT8)}
	i := slices.Index(w.codes, c)
	if i < 0 {
		i = len(w.codes)
		w.codes = append(w.codes, c)
	}
	return uint32(i)
}

// operatorCode writes the code twice: readers before 2020 know the field of 8 bits alone.
func (w *writer) operatorCode(c operatorCode) flatbuffers.UOffsetT {
	schema.OperatorCodeStart(w.Builder)
	schema.OperatorCodeAddDeprecatedBuiltinCode(w.Builder, int8(min(c.code, schema.BuiltinOperatorPLACEHOLDER_FOR_GREATER_OP_CODES)))
	schema.OperatorCodeAddVersion(w.Builder, c.version)
	schema.OperatorCodeAddBuiltinCode(w.Builder, c.code)
	return schema.OperatorCodeEnd(w.Builder)
}

func (w *writer) subgraph(tensors, operators flatbuffers.UOffsetT) flatbuffers.UOffsetT {
	inputs, outputs := ints(w.Builder, places(w.graph.inputs)), ints(w.Builder, places(w.graph.outputs))
	name := w.CreateString("main")
	schema.SubGraphStart(w.Builder)
	schema.SubGraphAddTensors(w.Builder, tensors)
	schema.SubGraphAddInputs(w.Builder, inputs)
	schema.SubGraphAddOutputs(w.Builder, outputs)
	schema.SubGraphAddOperators(w.Builder, operators)
	schema.SubGraphAddName(w.Builder, name)
	return schema.SubGraphEnd(w.Builder)
}

func (w *writer) signature() flatbuffers.UOffsetT {
	ports := func(list []port) flatbuffers.UOffsetT {
		return tables(w.Builder, len(list), func(i int) flatbuffers.UOffsetT {
			name := w.CreateString(list[i].name)
			schema.TensorMapStart(w.Builder)
			schema.TensorMapAddName(w.Builder, name)
			schema.TensorMapAddTensorIndex(w.Builder, uint32(list[i].tensor))
			return schema.TensorMapEnd(w.Builder)
		})
	}
	inputs, outputs := ports(w.graph.inputs), ports(w.graph.outputs)
	key := w.CreateString(signatureKey)
	schema.SignatureDefStart(w.Builder)
	schema.SignatureDefAddInputs(w.Builder, inputs)
	schema.SignatureDefAddOutputs(w.Builder, outputs)
	schema.SignatureDefAddSignatureKey(w.Builder, key)
	return schema.SignatureDefEnd(w.Builder)
}

func (w *writer) metadata(data []byte) flatbuffers.UOffsetT {
	buffer := w.buffer(data)
	name := w.CreateString(metadataKey)
	schema.MetadataStart(w.Builder)
	schema.MetadataAddName(w.Builder, name)
	schema.MetadataAddBuffer(w.Builder, buffer)
	return schema.MetadataEnd(w.Builder)
}

func places(list []port) []id {
	var ids []id
	for _, p := range list {
		ids = append(ids, p.tensor)
	}
	return ids
}

// ints writes a vector of int32.
func ints[T ~int32](b *flatbuffers.Builder, list []T) flatbuffers.UOffsetT {
	b.StartVector(4, len(list), 4)
	for _, x := range slices.Backward(list) {
		b.PrependInt32(int32(x))
	}
	return b.EndVector(len(list))
}
