package tflite_test

import (
	"encoding/binary"
	"slices"
	"testing"

	flatbuffers "github.com/google/flatbuffers/go"

	"edgeclr/model/arch"
	"edgeclr/model/arch/archtest"
	"edgeclr/model/weights"
	"edgeclr/tflite"
	"edgeclr/tflite/internal/schema"
)

// edgeTPU are the operators of our files that Coral's page "TensorFlow models on the Edge
// TPU" lists as supported. DEQUANTIZE is not on it.
var edgeTPU = []schema.BuiltinOperator{
	schema.BuiltinOperatorADD, schema.BuiltinOperatorCONCATENATION, schema.BuiltinOperatorCONV_2D, schema.BuiltinOperatorDEPTHWISE_CONV_2D,
	schema.BuiltinOperatorFULLY_CONNECTED, schema.BuiltinOperatorL2_NORMALIZATION, schema.BuiltinOperatorMAX_POOL_2D,
	schema.BuiltinOperatorMEAN, schema.BuiltinOperatorMUL, schema.BuiltinOperatorPAD, schema.BuiltinOperatorQUANTIZE,
}

// flatRanges gives every result of a network the same range, and so the same scale.
func flatRanges(m tflite.Model) tflite.Ranges {
	r := tflite.Ranges{}
	for _, s := range m.Plan.Steps {
		r[s.Name] = tflite.Range{Min: -6, Max: 6}
	}
	if m.Head != nil {
		for _, l := range m.Head.Layers {
			r[l.Name] = tflite.Range{Min: -6, Max: 6}
		}
	}
	return r
}

// edgeTPUModels are files in integers from end to end: of every kind, and of each architecture.
func edgeTPUModels(t *testing.T) map[string]tflite.Model {
	models := tinyVariants(t)
	for _, name := range arch.Names() {
		plan := planOf(t, name, 96)
		models[name] = tflite.Model{Plan: plan, Encoders: []weights.Set{archtest.Weights(plan.Arch)}}
	}
	for name, m := range models {
		m.Input, m.Output = tflite.Uint8, tflite.Uint8
		for range m.Encoders {
			m.Ranges = append(m.Ranges, flatRanges(m))
		}
		models[name] = m
	}
	return models
}

// What the Edge TPU compiler demands, as docs/export.md lists it. The compiler itself was not run.
func TestEdgeTPU(t *testing.T) {
	for name, m := range edgeTPUModels(t) {
		t.Run(name, func(t *testing.T) {
			file := encode(t, m)
			g := walk(t, file)
			root := schema.GetRootAsModel(file, 0)
			for i := range g.TensorsLength() {
				edgeTPUTensor(t, tensorAt(g, int32(i)))
			}
			op, code := new(schema.Operator), new(schema.OperatorCode)
			for i := range g.OperatorsLength() {
				g.Operators(op, i)
				root.OperatorCodes(code, int(op.OpcodeIndex()))
				edgeTPUOperator(t, root, g, op, code.BuiltinCode())
			}
		})
	}
}

// edgeTPUTensor checks that a tensor is an integer of 8 bits, a bias or an index, and that no
// more than its three inner dimensions are above 1.
func edgeTPUTensor(t *testing.T, tensor *schema.Tensor) {
	t.Helper()
	eight := tensor.Type() == schema.TensorTypeINT8 || tensor.Type() == schema.TensorTypeUINT8
	if computed := tensor.Buffer() == 0; computed && !eight || !eight && tensor.Type() != schema.TensorTypeINT32 {
		t.Errorf("%s is %v", tensor.Name(), tensor.Type())
	}
	if n := tensor.ShapeLength(); n > 4 || n == 4 && tensor.Buffer() == 0 && tensor.Shape(0) != 1 {
		t.Errorf("%s has the shape %s", tensor.Name(), shapeOf(tensor))
	}
}

func edgeTPUOperator(t *testing.T, m *schema.Model, g *schema.SubGraph, op *schema.Operator, code schema.BuiltinOperator) {
	t.Helper()
	name := string(tensorAt(g, op.Outputs(0)).Name())
	if !slices.Contains(edgeTPU, code) {
		t.Errorf("%s is computed by %v, which the compiler does not take", name, code)
	}
	switch code {
	case schema.BuiltinOperatorMEAN: // height and width alone
		if axes := integersOf(m, tensorAt(g, op.Inputs(1))); !slices.Equal(axes, []int32{1, 2}) {
			t.Errorf("%s: the mean is over the axes %v", name, axes)
		}
	case schema.BuiltinOperatorPAD:
		if p := integersOf(m, tensorAt(g, op.Inputs(1))); len(p) != 8 || p[0] != 0 || p[1] != 0 || p[6] != 0 || p[7] != 0 {
			t.Errorf("%s: the padding is %v", name, p)
		}
	case schema.BuiltinOperatorMAX_POOL_2D, schema.BuiltinOperatorCONCATENATION:
		var table flatbuffers.Table
		var join schema.ConcatenationOptions
		if code == schema.BuiltinOperatorCONCATENATION && op.BuiltinOptions(&table) {
			join.Init(table.Bytes, table.Pos)
		}
		if activationOf(op) != schema.ActivationFunctionTypeNONE || join.Table().Bytes != nil && join.FusedActivationFunction() != schema.ActivationFunctionTypeNONE {
			t.Errorf("%s: %v has an activation", name, code)
		}
	case schema.BuiltinOperatorCONV_2D, schema.BuiltinOperatorDEPTHWISE_CONV_2D, schema.BuiltinOperatorFULLY_CONNECTED:
		for _, input := range []int32{op.Inputs(1), op.Inputs(2)} {
			if tensorAt(g, input).Buffer() == 0 {
				t.Errorf("%s: %s is not constant", name, tensorAt(g, input).Name())
			}
		}
	}
}

// integersOf returns the values of a constant of int32.
func integersOf(m *schema.Model, tensor *schema.Tensor) []int32 {
	buffer := new(schema.Buffer)
	m.Buffers(buffer, int(tensor.Buffer()))
	list := make([]int32, buffer.DataLength()/4)
	for i := range list {
		list[i] = int32(binary.LittleEndian.Uint32(buffer.DataBytes()[4*i:]))
	}
	return list
}
