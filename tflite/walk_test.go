package tflite_test

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"

	flatbuffers "github.com/google/flatbuffers/go"

	"edgeclr/model/arch"
	"edgeclr/model/arch/archtest"
	"edgeclr/model/weights"
	"edgeclr/tflite"
	"edgeclr/tflite/internal/schema"
)

// allowed are the operators that a file may have, with their version for float inputs and
// for int8 inputs; 0: never. The Edge TPU compiler and old runtimes refuse more.
var allowed = map[schema.BuiltinOperator][2]int32{
	schema.BuiltinOperatorCONV_2D:           {1, 3},
	schema.BuiltinOperatorDEPTHWISE_CONV_2D: {1, 3},
	schema.BuiltinOperatorFULLY_CONNECTED:   {1, 4},
	schema.BuiltinOperatorADD:               {1, 2},
	schema.BuiltinOperatorMEAN:              {1, 2},
	schema.BuiltinOperatorMAX_POOL_2D:       {1, 2},
	schema.BuiltinOperatorPAD:               {1, 2},
	schema.BuiltinOperatorL2_NORMALIZATION:  {1, 2},
	schema.BuiltinOperatorCONCATENATION:     {1, 2},
	schema.BuiltinOperatorMUL:               {1, 2},
	schema.BuiltinOperatorQUANTIZE:          {1, 1},
	schema.BuiltinOperatorDEQUANTIZE:        {1, 2},
}

// walk checks what every file keeps to, and returns the first subgraph.
func walk(t testing.TB, file []byte) *schema.SubGraph {
	t.Helper()
	if string(file[4:8]) != "TFL3" {
		t.Fatalf("identifier %q", file[4:8])
	}
	m := schema.GetRootAsModel(file, 0)
	if m.Version() != 3 || m.SubgraphsLength() != 1 || m.SignatureDefsLength() != 1 {
		t.Fatalf("version %d, %d subgraphs, %d signatures", m.Version(), m.SubgraphsLength(), m.SignatureDefsLength())
	}
	g := new(schema.SubGraph)
	m.Subgraphs(g, 0)
	names := map[string]bool{}
	for i := range g.TensorsLength() {
		tensor := tensorAt(g, int32(i))
		walkTensor(t, file, m, tensor)
		if name := string(tensor.Name()); names[name] {
			t.Errorf("two tensors are named %s: OpenVINO takes one for the other", name)
		} else {
			names[name] = true
		}
	}
	known := map[int32]bool{g.Inputs(0): true}
	for i := range g.OperatorsLength() {
		walkOperator(t, m, g, i, known)
	}
	var outputs []string
	for i := range g.OutputsLength() {
		if !known[g.Outputs(i)] {
			t.Errorf("output %d is not computed", i)
		}
		outputs = append(outputs, string(tensorAt(g, g.Outputs(i)).Name()))
	}
	if g.InputsLength() != 1 || string(tensorAt(g, g.Inputs(0)).Name()) != "image" || outputs[0] != "embedding" {
		t.Errorf("%d inputs; outputs %q", g.InputsLength(), outputs)
	}
	walkSignature(t, m, g, outputs)
	return g
}

func walkTensor(t testing.TB, file []byte, m *schema.Model, tensor *schema.Tensor) {
	t.Helper()
	values := 1
	for i := range tensor.ShapeLength() {
		values *= int(tensor.Shape(i))
	}
	buffer := new(schema.Buffer)
	m.Buffers(buffer, int(tensor.Buffer()))
	computed := tensor.Buffer() == 0
	switch {
	case values < 1 || tensor.ShapeLength() == 0 || tensor.ShapeSignatureLength() > 0:
		t.Errorf("%s: its shape is not constant", tensor.Name())
	case computed && tensor.Shape(0) != 1:
		t.Errorf("%s: the batch is %d", tensor.Name(), tensor.Shape(0))
	case computed != (buffer.DataLength() == 0):
		t.Errorf("%s: buffer %d has %d bytes", tensor.Name(), tensor.Buffer(), buffer.DataLength())
	case !computed && buffer.DataLength() != values*bytesOf(tensor.Type()):
		t.Errorf("%s: %d bytes for %d values of %v", tensor.Name(), buffer.DataLength(), values, tensor.Type())
	}
	if data := buffer.DataBytes(); len(data) > 0 && (cap(file)-cap(data))%16 != 0 {
		t.Errorf("%s: its data begin at %d, which 16 does not divide", tensor.Name(), cap(file)-cap(data))
	}
}

func bytesOf(kind schema.TensorType) int {
	if kind == schema.TensorTypeFLOAT32 || kind == schema.TensorTypeINT32 {
		return 4
	}
	return 1
}

// walkOperator checks an operator. known are the tensors that are there when it runs.
func walkOperator(t testing.TB, m *schema.Model, g *schema.SubGraph, i int, known map[int32]bool) {
	t.Helper()
	op, code := new(schema.Operator), new(schema.OperatorCode)
	g.Operators(op, i)
	m.OperatorCodes(code, int(op.OpcodeIndex()))
	name := fmt.Sprintf("operator %d, %v", i, code.BuiltinCode())
	for j := range op.InputsLength() {
		if input := op.Inputs(j); tensorAt(g, input).Buffer() == 0 && !known[input] {
			t.Errorf("%s reads %s before it is computed", name, tensorAt(g, input).Name())
		}
	}
	known[op.Outputs(0)] = true
	quantized := 0
	if tensorAt(g, op.Inputs(0)).Type() == schema.TensorTypeINT8 {
		quantized = 1
	}
	if want := allowed[code.BuiltinCode()][quantized]; code.Version() != want {
		t.Errorf("%s has version %d; a file may have %d", name, code.Version(), want)
	}
	if int32(code.DeprecatedBuiltinCode()) != int32(code.BuiltinCode()) {
		t.Errorf("%s has the old code %d", name, code.DeprecatedBuiltinCode())
	}
	if op.OutputsLength() != 1 || op.BuiltinOptionsType() == schema.BuiltinOptionsNONE {
		t.Errorf("%s has %d outputs and options of type %v", name, op.OutputsLength(), op.BuiltinOptionsType())
	}
	if strings.Contains(name, "POOL") && activationOf(op) != schema.ActivationFunctionTypeNONE {
		t.Errorf("%s has the activation %v", name, activationOf(op))
	}
}

func walkSignature(t testing.TB, m *schema.Model, g *schema.SubGraph, outputs []string) {
	t.Helper()
	s, entry := new(schema.SignatureDef), new(schema.TensorMap)
	m.SignatureDefs(s, 0)
	if string(s.SignatureKey()) != "serving_default" || s.SubgraphIndex() != 0 || s.InputsLength() != 1 || s.OutputsLength() != len(outputs) {
		t.Fatalf("signature %q, %d inputs, %d outputs", s.SignatureKey(), s.InputsLength(), s.OutputsLength())
	}
	s.Inputs(entry, 0)
	if string(entry.Name()) != "image" || int32(entry.TensorIndex()) != g.Inputs(0) {
		t.Errorf("the signature's input is %q", entry.Name())
	}
	for i, name := range outputs {
		s.Outputs(entry, i)
		if string(entry.Name()) != name || int32(entry.TensorIndex()) != g.Outputs(i) {
			t.Errorf("the signature's output %d is %q, want %q", i, entry.Name(), name)
		}
	}
}

func tensorAt(g *schema.SubGraph, i int32) *schema.Tensor {
	tensor := new(schema.Tensor)
	g.Tensors(tensor, int(i))
	return tensor
}

// activationOf returns the activation that is fused into an operator.
func activationOf(op *schema.Operator) schema.ActivationFunctionType {
	var conv schema.Conv2DOptions
	var depthwise schema.DepthwiseConv2DOptions
	var pool schema.Pool2DOptions
	var add schema.AddOptions
	var full schema.FullyConnectedOptions
	var table flatbuffers.Table
	if !op.BuiltinOptions(&table) {
		return schema.ActivationFunctionTypeNONE
	}
	switch op.BuiltinOptionsType() {
	case schema.BuiltinOptionsConv2DOptions:
		conv.Init(table.Bytes, table.Pos)
		return conv.FusedActivationFunction()
	case schema.BuiltinOptionsDepthwiseConv2DOptions:
		depthwise.Init(table.Bytes, table.Pos)
		return depthwise.FusedActivationFunction()
	case schema.BuiltinOptionsPool2DOptions:
		pool.Init(table.Bytes, table.Pos)
		return pool.FusedActivationFunction()
	case schema.BuiltinOptionsAddOptions:
		add.Init(table.Bytes, table.Pos)
		return add.FusedActivationFunction()
	case schema.BuiltinOptionsFullyConnectedOptions:
		full.Init(table.Bytes, table.Pos)
		return full.FusedActivationFunction()
	}
	return schema.ActivationFunctionTypeNONE
}

// tinyVariants are small models of every kind.
func tinyVariants(t testing.TB) map[string]tflite.Model {
	t.Helper()
	plan, set := tinyPlan(t, 33), archtest.Weights(archtest.Tiny())
	vector := tflite.Model{Plan: plan, Encoders: []weights.Set{set}}
	mapped, head, join := vector, vector, vector
	mapped.Input, mapped.Map = tflite.Uint8, "depthwise"
	head.Input, head.Head = tflite.Int8, &tflite.Head{Layers: []tflite.Layer{
		{Name: "head.layer1", In: 12, Out: 5, Weight: make([]float32, 60), Bias: make([]float32, 5)},
		{Name: "head.layer2", In: 5, Out: 2, Weight: make([]float32, 10), Bias: make([]float32, 2)},
	}}
	join.Encoders = []weights.Set{set, changed(set, len(set)/2)}
	share := join
	share.Share = 0.75
	return map[string]tflite.Model{"tiny": vector, "tiny_map": mapped, "tiny_head": head, "tiny_join": join, "tiny_join_share": share}
}

// variants are models of every kind, and one of each architecture.
func variants(t testing.TB) map[string]tflite.Model {
	t.Helper()
	models := tinyVariants(t)
	for _, name := range arch.Names() {
		plan := planOf(t, name, 96)
		models[name] = tflite.Model{Plan: plan, Encoders: []weights.Set{archtest.Weights(plan.Arch)}, Input: tflite.Uint8}
	}
	return models
}

// Every file keeps to the rules, and its operators are those in testdata/listing.
func TestListingGolden(t *testing.T) {
	for name, m := range variants(t) {
		t.Run(name, func(t *testing.T) {
			file := encode(t, m)
			walk(t, file)
			got, path := listing(file), filepath.Join("testdata", "listing", name+".txt")
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("the file differs from %s; if that is meant, run: go test ./tflite -run ListingGolden -update\n%s", path, got)
			}
		})
	}
}

// listing writes the operators of a file as a table.
func listing(file []byte) string {
	var text strings.Builder
	m, g := schema.GetRootAsModel(file, 0), new(schema.SubGraph)
	m.Subgraphs(g, 0)
	fmt.Fprintf(&text, "%s: %d tensors, %d buffers\n", m.Description(), g.TensorsLength(), m.BuffersLength())
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	op, code := new(schema.Operator), new(schema.OperatorCode)
	for i := range g.OperatorsLength() {
		g.Operators(op, i)
		m.OperatorCodes(code, int(op.OpcodeIndex()))
		var reads []string
		for j := range op.InputsLength() {
			input := tensorAt(g, op.Inputs(j))
			if input.Buffer() == 0 {
				reads = append(reads, string(input.Name()))
			} else {
				reads = append(reads, shapeOf(input))
			}
		}
		output := tensorAt(g, op.Outputs(0))
		fmt.Fprintf(table, "%s\t%v %d\t%s\t%v\t%v %s\n", output.Name(), code.BuiltinCode(), code.Version(), strings.Join(reads, " "),
			activationOf(op), output.Type(), shapeOf(output))
	}
	table.Flush()
	return text.String()
}

func shapeOf(tensor *schema.Tensor) string {
	var sides []string
	for i := range tensor.ShapeLength() {
		sides = append(sides, fmt.Sprint(tensor.Shape(i)))
	}
	return strings.Join(sides, "x")
}

// Equal models give equal bytes, and other weights other ones.
func TestEncodeTwice(t *testing.T) {
	for name, m := range tinyVariants(t) {
		if !slices.Equal(encode(t, m), encode(t, m)) {
			t.Errorf("%s: two files of one model differ", name)
		}
	}
	m := tinyVariants(t)["tiny"]
	file := encode(t, m)
	m.Encoders = []weights.Set{changed(m.Encoders[0], 0)}
	if slices.Equal(file, encode(t, m)) {
		t.Error("other weights give the same file")
	}
}

// Constants are little endian and in the file's layout: the first kernel of a file is that
// of the first convolution, [O,H,W,I].
func TestKernelLayout(t *testing.T) {
	m := tinyVariants(t)["tiny"]
	file, node := encode(t, m), m.Plan.Steps[0].Node
	kernel, _, err := m.Plan.Arch.Fold(node, m.Encoders[0])
	if err != nil {
		t.Fatal(err)
	}
	root, g, buffer := schema.GetRootAsModel(file, 0), new(schema.SubGraph), new(schema.Buffer)
	root.Subgraphs(g, 0)
	for i := range g.TensorsLength() {
		tensor := tensorAt(g, int32(i))
		if string(tensor.Name()) != node.Weight {
			continue
		}
		root.Buffers(buffer, int(tensor.Buffer()))
		var got float32
		o, y, x, c := 5, 2, 1, 2
		if _, err := binary.Decode(buffer.DataBytes()[4*(((o*3+y)*3+x)*3+c):], binary.LittleEndian, &got); err != nil {
			t.Fatal(err)
		}
		if want := kernel[((o*3+c)*3+y)*3+x]; got != want || shapeOf(tensor) != "8x3x3x3" {
			t.Errorf("%s: %v, want %v", shapeOf(tensor), got, want)
		}
		return
	}
	t.Errorf("no tensor %s", node.Weight)
}
