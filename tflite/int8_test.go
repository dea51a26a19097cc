package tflite_test

import (
	"bytes"
	"math"
	"testing"

	"edgeclr/camera/rgb"
	"edgeclr/camera/synthetic"
	"edgeclr/model"
	"edgeclr/model/arch"
	"edgeclr/model/arch/archtest"
	"edgeclr/model/weights"
	"edgeclr/tflite"
	"edgeclr/tflite/litert"
)

// renderedSquares are n pictures of a scene.
func renderedSquares(n, size int) []*rgb.Image {
	squares := make([]*rgb.Image, n)
	scene := synthetic.New(synthetic.Options{Seed: 3})
	for i := range squares {
		m, _ := scene.Render(i)
		squares[i] = m.EvalSquare(size)
	}
	return squares
}

// rangesOf calibrates a network on squares.
func rangesOf(t testing.TB, plan *arch.Plan, set weights.Set, head *tflite.Head, squares []*rgb.Image) tflite.Ranges {
	t.Helper()
	encoder, err := model.NewEncoder(set, model.EncoderOptions{Arch: plan.Arch, Size: plan.Size})
	if err != nil {
		t.Fatal(err)
	}
	defer encoder.Close()
	s := tflite.NewStatistics(plan, head)
	if err := s.AddPictures(squares); err != nil {
		t.Fatal(err)
	}
	if err := encoder.Observe(t.Context(), squares, s.Add); err != nil {
		t.Fatal(err)
	}
	if head != nil {
		features, err := encoder.Features(t.Context(), squares)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range features {
			if _, err := head.Apply(row, s.Add); err != nil {
				t.Fatal(err)
			}
		}
	}
	ranges, err := s.Ranges(tflite.MinMax)
	if err != nil {
		t.Fatal(err)
	}
	return ranges
}

// rawRun computes the outputs of one picture, as the file gives them.
func rawRun(t testing.TB, n *litert.Network, pixels []uint8) [][]byte {
	t.Helper()
	var outputs [][]byte
	for _, o := range n.Outputs() {
		outputs = append(outputs, make([]byte, o.Bytes))
	}
	if err := n.Run([][]byte{asType(pixels, n.Inputs()[0])}, outputs); err != nil {
		t.Fatal(err)
	}
	return outputs
}

// tinyHead is a projection head over the tiny architecture.
func tinyHead(features int) *tflite.Head {
	layer := func(name string, in, out int) tflite.Layer {
		l := tflite.Layer{Name: name, In: in, Out: out, Weight: make([]float32, in*out), Bias: make([]float32, out)}
		for i := range l.Weight {
			l.Weight[i] = float32(math.Sin(float64(i)))
		}
		for i := range l.Bias {
			l.Bias[i] = float32(math.Cos(float64(i)))
		}
		return l
	}
	return &tflite.Head{Layers: []tflite.Layer{layer("layer1", features, 16), layer("layer2", 16, 8)}}
}

// A file in int8 agrees with the same file in float, whatever it is made of.
func TestInt8AgreesWithFloat(t *testing.T) {
	plan := tinyPlan(t, 32)
	set := archtest.Weights(plan.Arch)
	squares := renderedSquares(12, plan.Size)
	head := tinyHead(plan.Features)
	alone, headed := rangesOf(t, plan, set, nil, squares), rangesOf(t, plan, set, head, squares)
	for _, tt := range []struct {
		name string
		m    tflite.Model
	}{
		{"encoder", tflite.Model{Encoders: []weights.Set{set}, Ranges: []tflite.Ranges{alone}}},
		{"map", tflite.Model{Encoders: []weights.Set{set}, Ranges: []tflite.Ranges{alone}, Map: "add"}},
		{"head", tflite.Model{Encoders: []weights.Set{set}, Ranges: []tflite.Ranges{headed}, Head: head}},
		{"join", tflite.Model{Encoders: []weights.Set{set, set}, Ranges: []tflite.Ranges{alone, alone}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.m.Plan, tt.m.Input = plan, tflite.Uint8
			int8 := open(t, encode(t, tt.m))
			tt.m.Ranges = nil
			float := open(t, encode(t, tt.m))
			for i, m := range squares {
				got, want := run(t, int8, m.Pix), run(t, float, m.Pix)
				for o := range want {
					if c := cosine(got[o], want[o]); !(c > 0.99) {
						t.Errorf("picture %d, output %d: cosine %v", i, o, c)
					}
				}
			}
		})
	}
}

// The type of the pixels changes no value, and integers that come out differ by their zero
// point alone.
func TestInt8Types(t *testing.T) {
	plan := tinyPlan(t, 32)
	set := archtest.Weights(plan.Arch)
	squares := renderedSquares(6, plan.Size)
	m := tflite.Model{Plan: plan, Encoders: []weights.Set{set}, Ranges: []tflite.Ranges{rangesOf(t, plan, set, nil, squares)}}
	file := func(in, out tflite.Type) *litert.Network {
		m.Input, m.Output = in, out
		return open(t, encode(t, m))
	}
	for _, out := range []tflite.Type{tflite.Float32, tflite.Uint8, tflite.Int8} {
		first := file(tflite.Uint8, out)
		for _, in := range []tflite.Type{tflite.Float32, tflite.Int8} {
			other := file(in, out)
			for i, p := range squares {
				if !bytes.Equal(rawRun(t, first, p.Pix)[0], rawRun(t, other, p.Pix)[0]) {
					t.Errorf("picture %d as %v gives another %v vector than as uint8", i, in, out)
				}
			}
		}
	}
	unsigned, signed := file(tflite.Uint8, tflite.Uint8), file(tflite.Uint8, tflite.Int8)
	for i, p := range squares {
		a, b := rawRun(t, unsigned, p.Pix)[0], rawRun(t, signed, p.Pix)[0]
		for k := range a {
			if a[k] != b[k]+128 {
				t.Fatalf("picture %d: value %d is %d as uint8 and %d as int8", i, k, a[k], int8(b[k]))
			}
		}
	}
}
