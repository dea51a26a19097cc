package verify_test

import (
	"errors"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	flatbuffers "github.com/google/flatbuffers/go"

	"edgeclr/model/arch"
	"edgeclr/model/arch/archtest"
	"edgeclr/model/weights"
	"edgeclr/tflite"
	"edgeclr/tflite/internal/schema"
	"edgeclr/tflite/verify"
	"edgeclr/tflite/verify/verifytest"
)

// exported are files of our own writer, by name.
func exported(t testing.TB) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	encode := func(name string, a *arch.Architecture, size int, change func(*tflite.Model)) {
		plan, err := arch.NewPlan(a, size)
		if err != nil {
			t.Fatal(err)
		}
		m := tflite.Model{Plan: plan, Encoders: []weights.Set{archtest.Weights(a)}, Info: tflite.Info{Name: name}}
		change(&m)
		if files[name], err = m.Encode(); err != nil {
			t.Fatal(err)
		}
	}
	tiny := archtest.Tiny()
	encode("tiny", tiny, 32, func(*tflite.Model) {})
	encode("tiny, uint8", tiny, 48, func(m *tflite.Model) { m.Input = tflite.Uint8 })
	encode("tiny, join", tiny, 32, func(m *tflite.Model) { m.Encoders = append(m.Encoders, m.Encoders[0]) })
	encode("tiny, join with a share", tiny, 32, func(m *tflite.Model) { m.Encoders, m.Share = append(m.Encoders, m.Encoders[0]), 0.7 })
	return files
}

func TestCheckExported(t *testing.T) {
	files := exported(t)
	for _, name := range []string{"efficientnet_lite0", "resnet18"} {
		a, err := arch.Get(name)
		if err != nil {
			t.Fatal(err)
		}
		plan, err := arch.NewPlan(a, 96)
		if err != nil {
			t.Fatal(err)
		}
		data, err := tflite.Model{Plan: plan, Encoders: []weights.Set{archtest.Weights(a)}, Info: tflite.Info{Name: name}}.Encode()
		if err != nil {
			t.Fatal(err)
		}
		files[name] = data
	}
	for name, data := range files {
		t.Run(name, func(t *testing.T) {
			f, err := verify.Check(data, verify.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%d bytes: %+v", len(data), *f)
			if f.Normalization == nil || f.Normalization.Mean[0] != 0 || f.Normalization.Std[0] != 1 {
				t.Errorf("normalisation %v, and the writer puts it inside", f.Normalization)
			}
			if f.Name == "" || f.MACs == 0 || f.Arena == 0 {
				t.Errorf("file %+v lacks numbers", *f)
			}
		})
	}
}

func TestCheckEncoder(t *testing.T) {
	for _, typ := range []schema.TensorType{schema.TensorTypeFLOAT32, schema.TensorTypeUINT8, schema.TensorTypeINT8} {
		f, err := verify.Check(verifytest.Encoder(32, typ).Bytes(), verify.Limits{})
		if err != nil {
			t.Fatal(typ, err)
		}
		if f.Size != 32 || f.Dim != verifytest.Dim || f.Input.Type != verify.Type(typ) || f.Output.Type != verify.Type(typ) || f.Integer != (typ != schema.TensorTypeFLOAT32) {
			t.Errorf("%v: file %+v", typ, *f)
		}
	}
}

// files that are damaged, foreign or no encoder.
func TestCheckRefuses(t *testing.T) {
	good := func() verifytest.Graph { return verifytest.Encoder(32, schema.TensorTypeFLOAT32) }
	change := func(f func(g *verifytest.Graph)) []byte {
		g := good()
		f(&g)
		return g.Bytes()
	}
	fields := func(id int, value any) []byte {
		return change(func(g *verifytest.Graph) { g.Operators[0].Fields[id] = value })
	}
	for name, test := range map[string]struct {
		data []byte
		kind error
		says string
	}{
		"empty":              {nil, verify.ErrForeign, "empty"},
		"jpeg":               {[]byte("\xff\xd8\xff\xe0\x00\x10JFIF"), verify.ErrForeign, "JPEG picture"},
		"zip":                {[]byte("PK\x03\x04...."), verify.ErrForeign, "zip archive"},
		"another flatbuffer": {verifytest.Normalization([]float32{0}, []float32{1}), verify.ErrForeign, "TFL3"},
		"identifier alone":   {append([]byte{28, 0, 0, 0}, "TFL3"...), verify.ErrDamaged, "out of the file"},

		"two subgraphs":    {change(func(g *verifytest.Graph) { g.Subgraphs = 2 }), verify.ErrUnsupported, "2 subgraphs"},
		"old schema":       {change(func(g *verifytest.Graph) { g.Version = 2 }), verify.ErrUnsupported, "version 2"},
		"two outputs":      {change(func(g *verifytest.Graph) { g.Outputs = []int32{5, 3} }), verify.ErrUnsupported, "2 outputs"},
		"no output":        {change(func(g *verifytest.Graph) { g.Outputs = nil }), verify.ErrUnsupported, "0 outputs"},
		"map as output":    {change(func(g *verifytest.Graph) { g.Outputs = []int32{3} }), verify.ErrUnsupported, "one vector"},
		"two inputs":       {change(func(g *verifytest.Graph) { g.Inputs = []int32{0, 0} }), verify.ErrUnsupported, "2 inputs"},
		"input a constant": {change(func(g *verifytest.Graph) { g.Inputs = []int32{1} }), verify.ErrDamaged, "constant"},
		"not square":       {change(func(g *verifytest.Graph) { g.Tensors[0].Shape = []int32{1, 32, 48, 3} }), verify.ErrUnsupported, "square"},
		"grey":             {change(func(g *verifytest.Graph) { g.Tensors[0].Shape = []int32{1, 32, 32, 1} }), verify.ErrUnsupported, "square"},
		"channels first":   {change(func(g *verifytest.Graph) { g.Tensors[0].Shape = []int32{1, 3, 32, 32} }), verify.ErrUnsupported, "[1, SIDE, SIDE, 3]"},
		"huge picture":     {verifytest.Encoder(2048, 0).Bytes(), verify.ErrUnsupported, "2048 pixels"},
		"tiny picture":     {verifytest.Encoder(8, 0).Bytes(), verify.ErrUnsupported, "8 pixels"},
		"dynamic":          {change(func(g *verifytest.Graph) { g.Tensors[3].Shape[1] = -1 }), verify.ErrUnsupported, "batch size of 1"},
		"state":            {change(func(g *verifytest.Graph) { g.Tensors[3].Variable = true }), verify.ErrUnsupported, "state"},
		"strings":          {change(func(g *verifytest.Graph) { g.Tensors[3].Type = schema.TensorTypeSTRING }), verify.ErrUnsupported, "STRING"},
		"short buffer":     {change(func(g *verifytest.Graph) { g.Tensors[2].Data = make([]byte, 31) }), verify.ErrDamaged, "needs 32 bytes"},
		"signature":        {change(func(g *verifytest.Graph) { g.Tensors[3].Signature = []int32{1, 8, 9, 8} }), verify.ErrDamaged, "unknown dimensions"},

		"signature of other tensors": {change(func(g *verifytest.Graph) { g.Signed = []int32{3} }), verify.ErrDamaged, "names the tensors [3]"},
		"signature outside":          {change(func(g *verifytest.Graph) { g.Signed = []int32{99} }), verify.ErrDamaged, "names the tensors [99]"},

		"stride 0":        {fields(1, int32(0)), verify.ErrDamaged, `operator 0 (CONV_2D): its stride is 0`},
		"stride":          {fields(1, int32(5)), verify.ErrDamaged, "the inputs and options give [1 8 7 8]"},
		"dilation 0":      {fields(4, int32(0)), verify.ErrDamaged, "dilation is 0"},
		"padding":         {fields(0, byte(7)), verify.ErrDamaged, "SAME or VALID"},
		"activation":      {fields(3, byte(5)), verify.ErrUnsupported, "fused activation 5"},
		"no options":      {change(func(g *verifytest.Graph) { g.Operators[0].Options = 0 }), verify.ErrDamaged, "options"},
		"foreign options": {change(func(g *verifytest.Graph) { g.Operators[1].Options = schema.BuiltinOptionsSoftmaxOptions }), verify.ErrDamaged, "options"},
		"no kernel":       {change(func(g *verifytest.Graph) { g.Operators[0].Inputs[1] = -1 }), verify.ErrDamaged, "input 1 is missing"},
		"index":           {change(func(g *verifytest.Graph) { g.Operators[0].Inputs[1] = 99 }), verify.ErrDamaged, "tensor 99"},
		"order": {change(func(g *verifytest.Graph) { g.Operators[0], g.Operators[1] = g.Operators[1], g.Operators[0] }),
			verify.ErrDamaged, "before an operator writes it"},
		"written twice": {change(func(g *verifytest.Graph) { g.Operators[1].Outputs[0] = 3 }), verify.ErrDamaged, "written before"},
		"axis":          {change(func(g *verifytest.Graph) { g.Tensors[4].Data = verifytest.Ints(1, 4) }), verify.ErrDamaged, "axis is 4"},
		"custom": {change(func(g *verifytest.Graph) {
			g.Operators[1].Code, g.Operators[1].Custom = schema.BuiltinOperatorCUSTOM, "Evil"
		}),
			verify.ErrUnsupported, `CUSTOM "Evil"`},
		"control flow": {change(func(g *verifytest.Graph) { g.Operators[1].Code = schema.BuiltinOperatorWHILE }), verify.ErrUnsupported, "WHILE"},
		"new operator": {change(func(g *verifytest.Graph) { g.Operators[1].Code = 300 }), verify.ErrUnsupported, "number 300"},
		"scale 0": {change(func(g *verifytest.Graph) {
			*g = verifytest.Encoder(32, schema.TensorTypeINT8)
			g.Tensors[3].Scales[0] = 0
		}), verify.ErrDamaged, "scale 0 is 0"},
		"zero point": {change(func(g *verifytest.Graph) {
			*g = verifytest.Encoder(32, schema.TensorTypeINT8)
			g.Tensors[3].Zeros[0] = 128
		}), verify.ErrDamaged, "INT8 holds -128 to 127"},
		"no scale": {change(func(g *verifytest.Graph) {
			*g = verifytest.Encoder(32, schema.TensorTypeINT8)
			g.Tensors[3].Scales = nil
		}), verify.ErrDamaged, "scales instead of one"},
		"metadata": {change(func(g *verifytest.Graph) {
			g.Metadata = map[string][]byte{"TFLITE_METADATA": verifytest.Normalization([]float32{0}, []float32{0})}
		}), verify.ErrDamaged, "std"},
		"control dependencies": {change(func(g *verifytest.Graph) { g.Metadata = map[string][]byte{"CONTROL_DEPENDENCIES": {1}} }),
			verify.ErrUnsupported, "control dependencies"},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := verify.Check(test.data, verify.Limits{})
			var e *verify.Error
			if !errors.Is(err, test.kind) || !strings.Contains(err.Error(), test.says) || !errors.As(err, &e) {
				t.Fatalf("file %v, error %v, want %v that says %q", f, err, test.kind, test.says)
			}
			t.Log(err)
		})
	}
}

func TestCheckLimits(t *testing.T) {
	data := verifytest.Encoder(64, schema.TensorTypeFLOAT32).Bytes()
	for name, test := range map[string]struct {
		limits verify.Limits
		says   string
	}{
		"bytes":     {verify.Limits{Bytes: 100}, "the limit is 100"},
		"arena":     {verify.Limits{Arena: 1000}, "bytes of memory"},
		"macs":      {verify.Limits{MACs: 1000}, "multiplications"},
		"operators": {verify.Limits{Operators: 1}, "2 operators"},
		"side":      {verify.Limits{MaxSide: 32}, "64 pixels"},
		"dim":       {verify.Limits{Dim: 4}, "8 values"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := verify.Check(data, test.limits); !errors.Is(err, verify.ErrUnsupported) || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error %v, want one that says %q", err, test.says)
			}
		})
	}
	if _, err := verify.Check(data, verify.Limits{}); err != nil {
		t.Error(err)
	}
}

// A file that ends early is refused, wherever it ends.
func TestCheckTruncated(t *testing.T) {
	data := verifytest.Encoder(32, schema.TensorTypeFLOAT32).Bytes()
	for n := range data {
		if _, err := verify.Check(data[:n:n], verify.Limits{}); err == nil {
			t.Fatalf("the first %d bytes of %d pass", n, len(data))
		}
	}
}

// The normalisation comes from the metadata.
func TestCheckNormalization(t *testing.T) {
	g := verifytest.Encoder(32, schema.TensorTypeFLOAT32)
	g.Metadata = map[string][]byte{"TFLITE_METADATA": verifytest.Normalization([]float32{127.5}, []float32{127.5})}
	f, err := verify.Check(g.Bytes(), verify.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if f.Normalization == nil || f.Normalization.Mean[0] != 127.5 || f.Normalization.Std[0] != 127.5 || f.Name == "" {
		t.Errorf("file %+v", *f)
	}
}

// A file of another program, when one is at hand. It may have further outputs.
func TestCheckGiven(t *testing.T) {
	path := os.Getenv("EDGECLR_TEST_TFLITE")
	if path == "" {
		t.Skip("EDGECLR_TEST_TFLITE names no file")
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := verify.Check(data, verify.Limits{Outputs: 8})
	t.Logf("%+v, %v", f, err)
}

// Files with a few wrong bytes pass or do not, and never make Check panic. FuzzCheck
// looks further; this finds the same kind of errors in each run of the tests.
func TestCheckMutated(t *testing.T) {
	random := rand.New(rand.NewPCG(14, 6))
	var seeds [][]byte
	for _, s := range operators() {
		seeds = append(seeds, s.graph.Bytes(), s.quantised(schema.TensorTypeINT8).graph.Bytes())
	}
	passed := 0
	for range 20_000 {
		if _, err := verify.Check(mutate(random, seeds[random.IntN(len(seeds))]), verify.Limits{}); err == nil {
			passed++
		}
	}
	if passed == 0 {
		t.Error("no mutation passed, so the test reaches no rule")
	}
	t.Logf("%d of 20000 passed", passed)
}

// Options without a type are not verified, so nothing may follow them.
func TestCheckIgnoresUntypedOptions(t *testing.T) {
	data := verifytest.Encoder(32, schema.TensorTypeFLOAT32).Bytes()
	var graph schema.SubGraph
	var o schema.Operator
	schema.GetRootAsModel(data, 0).Subgraphs(&graph, 0)
	graph.Operators(&o, 1)
	table := o.Table()
	const typeField, optionsField = 10, 12
	data[table.Pos+flatbuffers.UOffsetT(table.Offset(typeField))] = 0
	options := table.Indirect(table.Pos + flatbuffers.UOffsetT(table.Offset(optionsField)))
	copy(data[options:], []byte{0x99, 0x99, 0x99, 0x99}) // the vtable is far outside the file
	if _, err := verify.Check(data, verify.Limits{}); err != nil {
		t.Error(err)
	}
}

// A small file whose offsets share their targets must not take much memory or time.
func TestCheckBombs(t *testing.T) {
	// bomb has a vector of n references to one table in field id of the root, which is
	// empty otherwise.
	bomb := func(id, n int) []byte {
		b := flatbuffers.NewBuilder(8*n + 256)
		b.StartObject(1)
		one := b.EndObject()
		b.StartVector(4, n, 4)
		for range n {
			b.PrependUOffsetT(one)
		}
		list := b.EndVector(n)
		b.StartObject(8)
		b.PrependUint32Slot(0, 3, 0)
		b.PrependUOffsetTSlot(id, list, 0)
		b.FinishWithFileIdentifier(b.EndObject(), []byte("TFL3"))
		return b.FinishedBytes()
	}
	for id, name := range map[int]string{1: "operator_codes", 2: "subgraphs", 4: "buffers", 6: "metadata", 7: "signature_defs"} {
		_, err := verify.Check(bomb(id, 1_000_000), verify.Limits{})
		if !errors.Is(err, verify.ErrUnsupported) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: error %v, want one that names the vector", name, err)
		}
		if _, err := verify.Check(bomb(id, 90_000), verify.Limits{}); err == nil {
			t.Errorf("%s: a file without an encoder passes", name)
		}
	}
	g := verifytest.Encoder(32, schema.TensorTypeFLOAT32)
	g.Tensors[3].Name = strings.Repeat("x", 1<<20)
	g.Tensors[3].Shape[1] = -1
	if _, err := verify.Check(g.Bytes(), verify.Limits{}); err == nil || len(err.Error()) > 500 {
		t.Errorf("an error of %d bytes", len(err.Error()))
	}
}
