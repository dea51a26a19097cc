package tflite_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"testing"

	"edgeclr/camera/rgb"
	"edgeclr/internal/tensor"
	"edgeclr/model"
	"edgeclr/model/arch"
	"edgeclr/model/arch/archtest"
	"edgeclr/model/objective"
	"edgeclr/model/weights"
	"edgeclr/tflite"
)

// A float file gives the vectors of TensorFlow on real pictures. With -pictures 100 this is
// what docs/numerics.md reports.
func TestVectorsEqualTensorFlow(t *testing.T) {
	for _, name := range arch.Names() {
		for _, size := range []int{64, 96, 224} {
			t.Run(fmt.Sprintf("%s/%d", name, size), func(t *testing.T) {
				plan := planOf(t, name, size)
				set := encoderWeights(t, plan.Arch)
				squares := realSquares(t, *pictures, size)
				want := tensorFlow(t, plan, set, squares)
				network := open(t, encode(t, tflite.Model{Plan: plan, Encoders: []weights.Set{set}, Input: tflite.Uint8}))
				worst, off := 1.0, 0.0
				for i, m := range squares {
					got := run(t, network, m.Pix)[0]
					worst, off = min(worst, cosine(got, want[i])), max(off, furthest(got, want[i]))
				}
				t.Logf("%d pictures: the worst cosine is 1 - %.1e, a value is off by %.1e at most", len(squares), 1-worst, off)
				if !(worst > 0.99999) || !(off < 1e-5) {
					t.Errorf("cosine %v, want above 0.99999; off by %v, want below 1e-5", worst, off)
				}
			})
		}
	}
}

// furthest is the largest difference of two values at one place.
func furthest(a, b []float32) float64 {
	off := 0.0
	for i := range a {
		off = max(off, math.Abs(float64(a[i])-float64(b[i])))
	}
	return off
}

func tensorFlow(t *testing.T, plan *arch.Plan, set weights.Set, squares []*rgb.Image) [][]float32 {
	t.Helper()
	encoder, err := model.NewEncoder(set, model.EncoderOptions{Arch: plan.Arch, Size: plan.Size})
	if err != nil {
		t.Fatal(err)
	}
	defer encoder.Close()
	rows, err := encoder.Embed(t.Context(), squares)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// formulaSquares are pictures that need no files.
func formulaSquares(n, size int) []*rgb.Image {
	var squares []*rgb.Image
	for i := range n {
		squares = append(squares, &rgb.Image{Width: size, Height: size, Pix: archtest.Picture(i, 0, size)})
	}
	return squares
}

// The reference evaluation in plain Go agrees at odd sizes too, where paddings differ, with
// every type of input. The vector has length 1.
func TestVectorsOfEveryInput(t *testing.T) {
	for _, size := range []int{9, 16, 33} {
		plan, set := tinyPlan(t, size), archtest.Weights(archtest.Tiny())
		for _, input := range []tflite.Type{tflite.Float32, tflite.Uint8, tflite.Int8} {
			network := open(t, encode(t, tflite.Model{Plan: plan, Encoders: []weights.Set{set}, Input: input}))
			for _, m := range formulaSquares(3, size) {
				want, err := archtest.Evaluate(plan, set, m.Pix)
				if err != nil {
					t.Fatal(err)
				}
				got := run(t, network, m.Pix)[0]
				if c := cosine(got, want); !(c > 0.999999) || math.Abs(norm(got)-1) > 1e-6 {
					t.Errorf("%d px, %v: cosine %v, length %v", size, input, c, norm(got))
				}
			}
		}
	}
}

func norm(v []float32) float64 {
	sum := 0.0
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	return math.Sqrt(sum)
}

// A join gives both vectors, the pretrained one first. Their lengths are the roots of
// their weights, so that cosines are weighted means.
func TestJoin(t *testing.T) {
	plan, first := tinyPlan(t, 32), archtest.Weights(archtest.Tiny())
	encoders := []weights.Set{first, changed(first, len(first)-1)}
	for share, lengths := range map[float64][2]float64{
		0: {math.Sqrt(0.5), math.Sqrt(0.5)}, 0.25: {math.Sqrt(0.75), 0.5}, 0.5: {math.Sqrt(0.5), math.Sqrt(0.5)}, 0.75: {0.5, math.Sqrt(0.75)}, 0.999: {math.Sqrt(0.001), math.Sqrt(0.999)},
	} {
		network := open(t, encode(t, tflite.Model{Plan: plan, Encoders: encoders, Share: share}))
		for _, m := range formulaSquares(3, 32) {
			got := run(t, network, m.Pix)[0]
			if len(got) != 2*plan.Features {
				t.Fatalf("%d values, want %d", len(got), 2*plan.Features)
			}
			for i, set := range encoders {
				want, err := archtest.Evaluate(plan, set, m.Pix)
				if err != nil {
					t.Fatal(err)
				}
				half := got[i*plan.Features:][:plan.Features]
				if c := cosine(half, want); !(c > 0.999999) || math.Abs(norm(half)-lengths[i]) > 1e-6 {
					t.Errorf("share %v, half %d: cosine %v, length %v", share, i, c, norm(half))
				}
			}
		}
	}
}

// Halves that count alike need no operator: files of before shares had a name stay as they
// were.
func TestEvenJoin(t *testing.T) {
	m := tinyVariants(t)["tiny_join"]
	before := encode(t, m)
	if m.Share = 0.5; !slices.Equal(before, encode(t, m)) {
		t.Error("a share of 1/2 changes the file")
	}
	if m.Share = 0.51; slices.Equal(before, encode(t, m)) {
		t.Error("a share of .51 does not change the file")
	}
}

// A join with a share gives what TensorFlow's vectors give, joined by hand: in float to
// rounding, in integers as well as one with even halves.
func TestSharesEqualTensorFlow(t *testing.T) {
	plan := planOf(t, "efficientnet_lite0", 64)
	pretrained := encoderWeights(t, plan.Arch)
	encoders := []weights.Set{pretrained, changed(pretrained, len(pretrained)-6)}
	squares := realSquares(t, *pictures, 64)
	var ranges []tflite.Ranges
	var halves [][][]float32
	for _, set := range encoders {
		ranges = append(ranges, rangesOf(t, plan, set, nil, squares))
		halves = append(halves, tensorFlow(t, plan, set, squares))
	}
	for _, tt := range []struct {
		share float64
		m     tflite.Model
		least float64 // cosine
	}{
		{0.25, tflite.Model{}, 0.99999},
		{0.75, tflite.Model{}, 0.99999},
		{0.5, tflite.Model{Ranges: ranges}, 0.97},
		{0.75, tflite.Model{Ranges: ranges}, 0.97},
		{0.5, tflite.Model{Ranges: ranges, Output: tflite.Int8}, 0.97},
		{0.25, tflite.Model{Ranges: ranges, Output: tflite.Int8}, 0.97},
		{0.75, tflite.Model{Ranges: ranges, Output: tflite.Uint8}, 0.97},
	} {
		tt.m.Plan, tt.m.Encoders, tt.m.Share, tt.m.Input = plan, encoders, tt.share, tflite.Uint8
		network := open(t, encode(t, tt.m))
		worst, off := 1.0, 0.0
		for i, p := range squares {
			want := make([]float32, 0, 2*plan.Features)
			for h, weight := range []float64{1 - tt.share, tt.share} {
				for _, x := range halves[h][i] {
					want = append(want, x*float32(math.Sqrt(weight)))
				}
			}
			got := vectorOf(rawRun(t, network, p.Pix)[0], tt.m.Output)
			worst = min(worst, cosine(got, want))
			off = max(off, math.Abs(norm(got[:plan.Features])-math.Sqrt(1-tt.share)*norm(got)))
		}
		t.Logf("share %v, int8 %v, output %v: worst cosine %.6f, length of the first half off by %.4f", tt.share, tt.m.Ranges != nil, tt.m.Output, worst, off)
		if !(worst > tt.least) || off > 0.03 {
			t.Errorf("share %v, int8 %v, output %v: cosine %v, length of the first half off by %v", tt.share, tt.m.Ranges != nil, tt.m.Output, worst, off)
		}
	}
}

// vectorOf reads a vector, in steps of 1/128 where it is in integers.
func vectorOf(raw []byte, kind tflite.Type) (vector []float32) {
	for i := 0; i < len(raw); {
		switch kind {
		case tflite.Int8:
			vector, i = append(vector, float32(int8(raw[i]))/128), i+1
		case tflite.Uint8:
			vector, i = append(vector, (float32(raw[i])-128)/128), i+1
		default:
			vector, i = append(vector, math.Float32frombits(binary.LittleEndian.Uint32(raw[i:]))), i+4
		}
	}
	return vector
}

// changed returns a set whose tensors from the i-th on are other ones.
func changed(set weights.Set, i int) weights.Set {
	other := append(weights.Set{}, set...)
	for ; i < len(other); i++ {
		data := append([]float32{}, other[i].Data...)
		for j := range data {
			data[j] *= 1.5
		}
		other[i] = tensor.Tensor{Name: other[i].Name, Shape: other[i].Shape, Data: data}
	}
	return other
}

// A join runs stages that are equal in both encoders once, and holds their weights once.
func TestJoinSharesFrozenStages(t *testing.T) {
	plan := planOf(t, "resnet18", 64)
	set := archtest.Weights(plan.Arch)
	last := changed(set, len(set)-5) // the last convolution and its normalisation
	alone := len(encode(t, tflite.Model{Plan: plan, Encoders: []weights.Set{set}}))
	joined := len(encode(t, tflite.Model{Plan: plan, Encoders: []weights.Set{set, last}}))
	kernel := 4 * len(set[len(set)-5].Data)
	if more := joined - alone; more < kernel || more > kernel+8<<10 {
		t.Errorf("the join has %d bytes more than one encoder; its own convolution has %d", more, kernel)
	}
}

// The file with the projection head gives what the dense layers give of the features.
func TestHead(t *testing.T) {
	plan, set := tinyPlan(t, 32), archtest.Weights(archtest.Tiny())
	o, err := objective.Get("nt_xent")
	if err != nil {
		t.Fatal(err)
	}
	heads := model.NewHeads(o, plan.Features, 1)
	head, err := tflite.HeadOf(o.Projector, plan.Features, heads)
	if err != nil {
		t.Fatal(err)
	}
	network := open(t, encode(t, tflite.Model{Plan: plan, Encoders: []weights.Set{set}, Head: head}))
	for _, m := range formulaSquares(3, 32) {
		x, err := archtest.Evaluate(plan, set, m.Pix)
		if err != nil {
			t.Fatal(err)
		}
		for i, l := range head.Layers {
			x = dense(l, x, i < len(head.Layers)-1)
		}
		if got := run(t, network, m.Pix)[0]; len(got) != o.Projector.Width() || !(cosine(got, x) > 0.999999) {
			t.Errorf("%d values, cosine %v", len(got), cosine(got, x))
		}
	}
}

func dense(l tflite.Layer, x []float32, relu bool) []float32 {
	y := make([]float32, l.Out)
	for o := range y {
		sum := float64(l.Bias[o])
		for i, v := range x {
			sum += float64(v) * float64(l.Weight[o*l.In+i])
		}
		if relu {
			sum = max(sum, 0)
		}
		y[o] = float32(sum)
	}
	return y
}

// The second output is the map of a step: averaged, the map before the mean is the
// features. The vector stays the same.
func TestMap(t *testing.T) {
	plan, set := tinyPlan(t, 32), archtest.Weights(archtest.Tiny())
	last := plan.Steps[len(plan.Steps)-2]
	plain := open(t, encode(t, tflite.Model{Plan: plan, Encoders: []weights.Set{set}}))
	for _, step := range plan.Steps[:len(plan.Steps)-1] {
		network := open(t, encode(t, tflite.Model{Plan: plan, Encoders: []weights.Set{set}, Map: step.Name}))
		outputs := network.Outputs()
		shape := step.Output
		if len(outputs) != 2 || outputs[1].Name != "map" || fmt.Sprint(outputs[1].Shape) != fmt.Sprint([]int{1, shape.Height, shape.Width, shape.Channels}) {
			t.Fatalf("%s: outputs %v", step.Name, outputs)
		}
		m := formulaSquares(1, 32)[0]
		got := run(t, network, m.Pix)
		if c := cosine(got[0], run(t, plain, m.Pix)[0]); !(c > 0.9999999) {
			t.Errorf("%s: the vector has changed: cosine %v", step.Name, c)
		}
		if step.Name != last.Name {
			continue
		}
		mean := make([]float32, plan.Features)
		for i, v := range got[1] {
			mean[i%plan.Features] += v / float32(last.Output.Height*last.Output.Width)
		}
		if c := cosine(mean, got[0]); !(c > 0.999999) {
			t.Errorf("the mean of the last map is not the vector: cosine %v", c)
		}
	}
}

// The vector of a picture without features is zero, not NaN.
func TestNothingFound(t *testing.T) {
	plan, set := tinyPlan(t, 32), archtest.Weights(archtest.Tiny())
	for i := range set {
		data := make([]float32, len(set[i].Data))
		set[i].Data = data
	}
	for i, v := range run(t, open(t, encode(t, tflite.Model{Plan: plan, Encoders: []weights.Set{set}})), archtest.Picture(0, 0, 32))[0] {
		if v != 0 {
			t.Fatalf("value %d is %v", i, v)
		}
	}
}
