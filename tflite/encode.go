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

// encoder writes a graph as flatbuffers. A table is written before the one that refers to
// it, and the file grows from its end to its beginning.
type encoder struct {
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
	e := &encoder{Builder: flatbuffers.NewBuilder(total), graph: g}
	e.buffer(nil) // number 0 is empty and stands for "computed"
	tensors := e.table(len(g.tensors), func(i int) flatbuffers.UOffsetT { return e.tensor(g.tensors[i]) })
	operators := e.table(len(g.operators), func(i int) flatbuffers.UOffsetT { return e.operator(g.operators[i]) })
	subgraph := e.subgraph(tensors, operators)
	subgraphs := e.table(1, func(int) flatbuffers.UOffsetT { return subgraph })
	signature := e.signature()
	signatures := e.table(1, func(int) flatbuffers.UOffsetT { return signature })
	entry := e.metadata(metadata)
	entries := e.table(1, func(int) flatbuffers.UOffsetT { return entry })
	codes := e.table(len(e.codes), func(i int) flatbuffers.UOffsetT { return e.operatorCode(e.codes[i]) })
	buffers := e.table(len(e.buffers), func(i int) flatbuffers.UOffsetT { return e.buffers[i] })
	text := e.CreateString(description)

	schema.ModelStart(e.Builder)
	schema.ModelAddVersion(e.Builder, schemaVersion)
	schema.ModelAddOperatorCodes(e.Builder, codes)
	schema.ModelAddSubgraphs(e.Builder, subgraphs)
	schema.ModelAddDescription(e.Builder, text)
	schema.ModelAddBuffers(e.Builder, buffers)
	schema.ModelAddMetadata(e.Builder, entries)
	schema.ModelAddSignatureDefs(e.Builder, signatures)
	e.FinishWithFileIdentifier(schema.ModelEnd(e.Builder), []byte(identifier))
	return e.FinishedBytes()
}

// table writes n tables, then the vector that refers to them.
func (e *encoder) table(n int, write func(i int) flatbuffers.UOffsetT) flatbuffers.UOffsetT {
	return offsets(e.Builder, n, write)
}

// offsets is what encoder.table does, for any builder.
func offsets(b *flatbuffers.Builder, n int, write func(i int) flatbuffers.UOffsetT) flatbuffers.UOffsetT {
	list := make([]flatbuffers.UOffsetT, n)
	for i := range list {
		list[i] = write(i)
	}
	return b.CreateVectorOfTables(list)
}

// buffer writes the data of a tensor and returns the number of the buffer.
func (e *encoder) buffer(data []byte) uint32 {
	var vector flatbuffers.UOffsetT
	if len(data) > 0 {
		vector = bytesVector(e.Builder, data)
	}
	schema.BufferStart(e.Builder)
	if vector != 0 {
		schema.BufferAddData(e.Builder, vector)
	}
	e.buffers = append(e.buffers, schema.BufferEnd(e.Builder))
	return uint32(len(e.buffers) - 1)
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

func (e *encoder) tensor(t tensor) flatbuffers.UOffsetT {
	buffer := uint32(0)
	if t.data != nil {
		buffer = e.buffer(t.data)
	}
	var quant flatbuffers.UOffsetT
	if t.quant != nil {
		quant = e.quantization(t.quant)
	}
	name, shape := e.CreateString(t.name), ints(e.Builder, t.shape)
	schema.TensorStart(e.Builder)
	schema.TensorAddShape(e.Builder, shape)
	schema.TensorAddType(e.Builder, t.kind)
	schema.TensorAddBuffer(e.Builder, buffer)
	schema.TensorAddName(e.Builder, name)
	if quant != 0 {
		schema.TensorAddQuantization(e.Builder, quant)
	}
	return schema.TensorEnd(e.Builder)
}

func (e *encoder) quantization(q *quantization) flatbuffers.UOffsetT {
	schema.QuantizationParametersStartScaleVector(e.Builder, len(q.scale))
	for _, s := range slices.Backward(q.scale) {
		e.PrependFloat32(s)
	}
	scale := e.EndVector(len(q.scale))
	schema.QuantizationParametersStartZeroPointVector(e.Builder, len(q.zero))
	for _, z := range slices.Backward(q.zero) {
		e.PrependInt64(z)
	}
	zero := e.EndVector(len(q.zero))
	schema.QuantizationParametersStart(e.Builder)
	schema.QuantizationParametersAddScale(e.Builder, scale)
	schema.QuantizationParametersAddZeroPoint(e.Builder, zero)
	schema.QuantizationParametersAddQuantizedDimension(e.Builder, q.axis)
	return schema.QuantizationParametersEnd(e.Builder)
}

func (e *encoder) operator(o operator) flatbuffers.UOffsetT {
	code := e.code(o)
	inputs, outputs := ints(e.Builder, o.inputs), ints(e.Builder, []id{o.output})
	var table flatbuffers.UOffsetT
	if o.options != nil {
		table = o.options.write(e.Builder)
	}
	schema.OperatorStart(e.Builder)
	schema.OperatorAddOpcodeIndex(e.Builder, code)
	schema.OperatorAddInputs(e.Builder, inputs)
	schema.OperatorAddOutputs(e.Builder, outputs)
	if table != 0 {
		schema.OperatorAddBuiltinOptionsType(e.Builder, o.options.kind())
		schema.OperatorAddBuiltinOptions(e.Builder, table)
	}
	return schema.OperatorEnd(e.Builder)
}

// code returns the number of an operator in the file's list.
func (e *encoder) code(o operator) uint32 {
	c := operatorCode{o.code, version(o.code, e.graph.at(o.inputs[0]).kind == schema.TensorTypeINT8)}
	i := slices.Index(e.codes, c)
	if i < 0 {
		i = len(e.codes)
		e.codes = append(e.codes, c)
	}
	return uint32(i)
}

// operatorCode writes the code twice: readers before 2020 know the field of 8 bits alone.
func (e *encoder) operatorCode(c operatorCode) flatbuffers.UOffsetT {
	schema.OperatorCodeStart(e.Builder)
	schema.OperatorCodeAddDeprecatedBuiltinCode(e.Builder, int8(min(c.code, schema.BuiltinOperatorPLACEHOLDER_FOR_GREATER_OP_CODES)))
	schema.OperatorCodeAddVersion(e.Builder, c.version)
	schema.OperatorCodeAddBuiltinCode(e.Builder, c.code)
	return schema.OperatorCodeEnd(e.Builder)
}

func (e *encoder) subgraph(tensors, operators flatbuffers.UOffsetT) flatbuffers.UOffsetT {
	inputs, outputs := ints(e.Builder, places(e.graph.inputs)), ints(e.Builder, places(e.graph.outputs))
	name := e.CreateString("main")
	schema.SubGraphStart(e.Builder)
	schema.SubGraphAddTensors(e.Builder, tensors)
	schema.SubGraphAddInputs(e.Builder, inputs)
	schema.SubGraphAddOutputs(e.Builder, outputs)
	schema.SubGraphAddOperators(e.Builder, operators)
	schema.SubGraphAddName(e.Builder, name)
	return schema.SubGraphEnd(e.Builder)
}

func (e *encoder) signature() flatbuffers.UOffsetT {
	ports := func(list []port) flatbuffers.UOffsetT {
		return e.table(len(list), func(i int) flatbuffers.UOffsetT {
			name := e.CreateString(list[i].name)
			schema.TensorMapStart(e.Builder)
			schema.TensorMapAddName(e.Builder, name)
			schema.TensorMapAddTensorIndex(e.Builder, uint32(list[i].tensor))
			return schema.TensorMapEnd(e.Builder)
		})
	}
	inputs, outputs := ports(e.graph.inputs), ports(e.graph.outputs)
	key := e.CreateString(signatureKey)
	schema.SignatureDefStart(e.Builder)
	schema.SignatureDefAddInputs(e.Builder, inputs)
	schema.SignatureDefAddOutputs(e.Builder, outputs)
	schema.SignatureDefAddSignatureKey(e.Builder, key)
	return schema.SignatureDefEnd(e.Builder)
}

func (e *encoder) metadata(data []byte) flatbuffers.UOffsetT {
	buffer := e.buffer(data)
	name := e.CreateString(metadataKey)
	schema.MetadataStart(e.Builder)
	schema.MetadataAddName(e.Builder, name)
	schema.MetadataAddBuffer(e.Builder, buffer)
	return schema.MetadataEnd(e.Builder)
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
