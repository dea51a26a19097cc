package litert_test

import (
	"encoding/binary"
	"math"
	"testing"

	"edgeclr/model/arch"
	"edgeclr/model/arch/archtest"
	"edgeclr/tflite"
	"edgeclr/tflite/litert"
)

// A file that computes in integers gives nearly the same vector. Its ranges come from the maps of float files.
func TestInt8(t *testing.T) {
	l := load(t)
	a := archtest.Tiny()
	file, _ := encode(t, a, 32, nil)
	float := open(t, l, file, 1)
	ranges := observed(t, l)
	for _, input := range []tflite.Type{tflite.Uint8, tflite.Int8} {
		file, _ := encode(t, a, 32, func(m *tflite.Model) { m.Ranges, m.Input = []tflite.Ranges{ranges}, input })
		n := open(t, l, file, 2)
		if got := n.Inputs()[0].Type.String(); got != input.String() {
			t.Errorf("the input is %s, want %v", got, input)
		}
		for picture := range 4 {
			pixels := archtest.Picture(picture, 0, 32)
			want := embed(t, float, pixels)
			if input == tflite.Int8 {
				for i := range pixels {
					pixels[i] -= 128
				}
			}
			if c := cosine(embed(t, n, pixels), want); c < 0.98 {
				t.Errorf("%v, picture %d: cosine %v to the float vector", input, picture, c)
			}
		}
	}
}

// observed gives the ranges of the small architecture's steps on a few pictures. Each step is the second output of a file.
func observed(t *testing.T, l *litert.Library) tflite.Ranges {
	t.Helper()
	plan, err := arch.NewPlan(archtest.Tiny(), 32)
	if err != nil {
		t.Fatal(err)
	}
	ranges := tflite.Ranges{}
	for _, name := range tflite.Maps(plan) {
		file, _ := encode(t, archtest.Tiny(), 32, func(m *tflite.Model) { m.Map = name })
		n := open(t, l, file, 1)
		for picture := range 4 {
			outputs := [][]byte{make([]byte, n.Outputs()[0].Bytes), make([]byte, n.Outputs()[1].Bytes)}
			if err := n.Run([][]byte{archtest.Picture(picture, 0, 32)}, outputs); err != nil {
				t.Fatal(err)
			}
			r := ranges[name]
			for i := 0; i < len(outputs[1]); i += 4 {
				v := math.Float32frombits(binary.NativeEndian.Uint32(outputs[1][i:]))
				r = tflite.Range{Min: min(r.Min, v), Max: max(r.Max, v)}
			}
			ranges[name] = r
		}
		// The features are means of the last map, so its range holds for them.
		ranges[plan.Steps[len(plan.Steps)-1].Name] = ranges[name]
	}
	return ranges
}
