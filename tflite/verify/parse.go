package verify

import (
	"fmt"
	"math"
	"slices"
)

// graph is a file with a verified structure, as Go values.
type graph struct {
	data        []byte
	description string
	metadata    []byte // the buffer TFLITE_METADATA; nil when there is none
	tensors     []tensor
	operators   []operator
	inputs      []int
	outputs     []int
	signatures  []view
}

// tensor is a tensor of the graph.
type tensor struct {
	index  int
	name   string
	typ    Type
	shape  []int
	values int    // product of shape
	data   []byte // of a constant; nil for others
	scales []float32
	zeros  []int64
	axis   int // of the scales, when there is more than one
}

func (t *tensor) constant() bool { return t.data != nil }

func (t *tensor) where() string { return fmt.Sprintf("tensor %d (%q)", t.index, shortened(t.name)) }

func (t *tensor) bytes() int64 { return int64(t.values) * int64(t.typ.Bytes()) }

// operator is an operator of the graph.
type operator struct {
	index       int
	rule        rule
	in          []*tensor // nil: an optional input that is not there
	out         []*tensor
	optionsType byte
	options     view
	macs        int64 // multiplications, as far as its rule counts them
}

func (o *operator) where() string { return fmt.Sprintf("operator %d (%s)", o.index, o.rule.name) }

// Ids of fields, in the order of the schema.
const (
	modelVersion, modelCodes, modelSubgraphs, modelDescription, modelBuffers, modelMetadata, modelSignatures = 0, 1, 2, 3, 4, 6, 7
	graphTensors, graphInputs, graphOutputs, graphOperators                                                  = 0, 1, 2, 3
	tensorShape, tensorType, tensorBuffer, tensorName, tensorQuantisation                                    = 0, 1, 2, 3, 4
	tensorVariable, tensorSignature, tensorVariants, tensorExternal                                          = 5, 7, 9, 10
	operatorCode, operatorInputs, operatorOutputs, operatorOptionsType, operatorOptions                      = 0, 1, 2, 3, 4
	operatorMutates, operatorIntermediates, operatorLargeOffset, operatorLargeSize, operatorOptions2         = 7, 8, 9, 10, 11
	bufferData, bufferOffset, bufferSize                                                                     = 0, 1, 2
)

// parse reads the graph. It checks all indices, types and sizes of buffers, and that
// each operator has a rule.
func parse(data []byte) (*graph, error) {
	model := rootView(data)
	if version := model.uint32(modelVersion); version != 3 {
		return nil, unsupported("Model", mendOperator, "the schema has version %d, and only 3 is supported", version)
	}
	graphs := model.tables(modelSubgraphs)
	if len(graphs) != 1 {
		return nil, unsupported("Model", mendOperator, "the file has %d subgraphs, and an encoder has one", len(graphs))
	}
	g := &graph{data: data, description: model.string(modelDescription)}
	buffers, err := g.buffers(model)
	if err != nil {
		return nil, err
	}
	for i, v := range graphs[0].tables(graphTensors) {
		t, err := parseTensor(i, v, buffers)
		if err != nil {
			return nil, err
		}
		g.tensors = append(g.tensors, t)
	}
	g.inputs, g.outputs = graphs[0].int32s(graphInputs), graphs[0].int32s(graphOutputs)
	for _, list := range [][]int{g.inputs, g.outputs} {
		for _, index := range list {
			if index < 0 || index >= len(g.tensors) {
				return nil, damaged("SubGraph", "an input or output is tensor %d, and there are %d tensors", index, len(g.tensors))
			}
		}
	}
	codes, err := findRules(model.tables(modelCodes))
	if err != nil {
		return nil, err
	}
	for i, v := range graphs[0].tables(graphOperators) {
		o, err := g.parseOperator(i, v, codes)
		if err != nil {
			return nil, err
		}
		g.operators = append(g.operators, o)
	}
	g.signatures = model.tables(modelSignatures)
	return g, nil
}

// buffers returns the data of each buffer, and notes the metadata.
func (g *graph) buffers(model view) ([][]byte, error) {
	var list [][]byte
	for i, v := range model.tables(modelBuffers) {
		if v.uint64(bufferOffset) != 0 || v.uint64(bufferSize) != 0 {
			return nil, unsupported(fmt.Sprintf("buffer %d", i), "export the model below 2 GB, as one flatbuffer", "its data lies outside the flatbuffer")
		}
		data := v.bytes(bufferData)
		if i == 0 && len(data) > 0 {
			return nil, damaged("buffer 0", "it must be empty, and has %d bytes", len(data))
		}
		list = append(list, data)
	}
	for i, v := range model.tables(modelMetadata) {
		where := fmt.Sprintf("metadata %d", i)
		index := v.uint32(1)
		if !v.has(0) || uint64(index) >= uint64(len(list)) {
			return nil, damaged(where, "it has no name, or its buffer %d does not exist", index)
		}
		switch name := v.string(0); name {
		case "TFLITE_METADATA":
			g.metadata = list[index]
		case "CONTROL_DEPENDENCIES": // the library would reorder operators by it
			return nil, unsupported(where, mendOperator, "control dependencies are not supported")
		}
	}
	return list, nil
}

func parseTensor(index int, v view, buffers [][]byte) (tensor, error) {
	t := tensor{index: index, name: v.string(tensorName), typ: Type(v.byte(tensorType)), shape: v.int32s(tensorShape)}
	if v.byte(tensorVariable) != 0 {
		return t, unsupported(t.where(), mendOperator, "it keeps a state between runs")
	}
	if _, n := v.vector(tensorVariants, 4); n > 0 || v.uint32(tensorExternal) != 0 {
		return t, unsupported(t.where(), mendOperator, "it holds other tensors, or data outside the file")
	}
	if t.typ.Bytes() == 0 {
		return t, unsupported(t.where(), mendOperator, "the type %s is not supported", t.typ)
	}
	if len(t.shape) > maxRank {
		return t, unsupported(t.where(), mendStatic, "it has %d dimensions, at most %d are supported", len(t.shape), maxRank)
	}
	t.values = 1
	for _, n := range t.shape {
		if n < 1 {
			return t, unsupported(t.where(), mendStatic, "its shape is %v, and each dimension must be known and at least 1", t.shape)
		}
		if t.values *= n; t.values > math.MaxInt32/8 { // the library counts bytes in 32 bits
			return t, unsupported(t.where(), "give a smaller encoder", "its shape %v has too many values", t.shape)
		}
	}
	if signature := v.int32s(tensorSignature); len(signature) > 0 {
		if len(signature) != len(t.shape) {
			return t, damaged(t.where(), "its shape is %v, and its shape with unknown dimensions %v", t.shape, signature)
		}
		for i, n := range signature {
			if n != -1 && n != t.shape[i] {
				return t, damaged(t.where(), "its shape is %v, and its shape with unknown dimensions %v", t.shape, signature)
			}
		}
	}
	buffer := v.uint32(tensorBuffer)
	if uint64(buffer) >= uint64(len(buffers)) && (buffer != 0 || len(buffers) > 0) {
		return t, damaged(t.where(), "its buffer %d does not exist: there are %d", buffer, len(buffers))
	}
	if len(buffers) > 0 && len(buffers[buffer]) > 0 {
		t.data = buffers[buffer]
		if int64(len(t.data)) != t.bytes() {
			return t, damaged(t.where(), "its shape %v of %s needs %d bytes, and its buffer has %d", t.shape, t.typ, t.bytes(), len(t.data))
		}
	}
	return t, t.parseQuantisation(v.table(tensorQuantisation))
}

func (g *graph) parseOperator(index int, v view, codes []rule) (operator, error) {
	o := operator{index: index, optionsType: v.byte(operatorOptionsType)}
	if o.optionsType != optionsNone { // else nobody has verified the table
		o.options = v.table(operatorOptions)
	}
	code := v.uint32(operatorCode)
	if uint64(code) >= uint64(len(codes)) {
		return o, damaged(fmt.Sprintf("operator %d", index), "its code is number %d, and there are %d", code, len(codes))
	}
	o.rule = codes[code]
	if v.uint64(operatorLargeOffset) != 0 || v.uint64(operatorLargeSize) != 0 || v.byte(operatorOptions2) != 0 {
		return o, unsupported(o.where(), mendOperator, "it has options that no built-in operator has")
	}
	if _, n := v.vector(operatorIntermediates, 4); n > 0 || slices.ContainsFunc(v.bytes(operatorMutates), func(b byte) bool { return b != 0 }) {
		return o, unsupported(o.where(), mendOperator, "it keeps a state between runs")
	}
	var err error
	if o.in, err = g.references(&o, v.int32s(operatorInputs), true); err != nil {
		return o, err
	}
	o.out, err = g.references(&o, v.int32s(operatorOutputs), false)
	return o, err
}

// references finds tensors by their indices. An optional one may be -1, which is nil.
func (g *graph) references(o *operator, indices []int, optional bool) ([]*tensor, error) {
	var list []*tensor
	for _, index := range indices {
		switch {
		case index == -1 && optional:
			list = append(list, nil)
		case index < 0 || index >= len(g.tensors):
			return nil, damaged(o.where(), "it refers to tensor %d, and there are %d", index, len(g.tensors))
		default:
			list = append(list, &g.tensors[index])
		}
	}
	return list, nil
}

// checkSignatures checks that signatures name the inputs and outputs of the graph. The
// library runs a file by its first signature.
func (g *graph) checkSignatures() error {
	for i, v := range g.signatures {
		where := fmt.Sprintf("signature %d", i)
		if v.uint32(4) != 0 || !v.has(2) {
			return damaged(where, "it has no name, or belongs to subgraph %d, which does not exist", v.uint32(4))
		}
		for _, part := range []struct {
			id   int
			want []int
		}{{0, g.inputs}, {1, g.outputs}} {
			var got []int
			for _, m := range v.tables(part.id) {
				if !m.has(0) || m.uint32(1) > math.MaxInt32 {
					return damaged(where, "an input or output has no name")
				}
				got = append(got, int(m.uint32(1)))
			}
			want := slices.Clone(part.want)
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(want, got) {
				return damaged(where, "it names the tensors %v, and those of the graph are %v", got, want)
			}
		}
	}
	return nil
}
