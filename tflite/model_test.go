package tflite_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"edgeclr/internal/tensor"
	"edgeclr/model"
	"edgeclr/model/arch/archtest"
	"edgeclr/model/objective"
	"edgeclr/model/weights"
	"edgeclr/tflite"
)

// A model that no file can express, and weights that do not fit, are errors that say what
// to change.
func TestEncodeRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		change func(m *tflite.Model)
		says   string
	}{
		"no plan":       {func(m *tflite.Model) { m.Plan = nil }, "there is no plan"},
		"no encoder":    {func(m *tflite.Model) { m.Encoders = nil }, "it has 0 encoders; give 1, or 2 for a join"},
		"three":         {func(m *tflite.Model) { m.Encoders = append(m.Encoders, m.Encoders[0], m.Encoders[0]) }, "it has 3 encoders"},
		"output":        {func(m *tflite.Model) { m.Output = tflite.Uint8 }, "its output is uint8 and it computes in float; choose output float32"},
		"ranges":        {func(m *tflite.Model) { m.Ranges = make([]tflite.Ranges, 2) }, "it has ranges for 2 encoders and has 1 encoders"},
		"map":           {func(m *tflite.Model) { m.Map = "layer9" }, `tiny has no map "layer9"; choose one of stem, pool, _expand, `},
		"map of a mean": {func(m *tflite.Model) { m.Map = "mean" }, `tiny has no map "mean"`},
		"empty head":    {func(m *tflite.Model) { m.Head = &tflite.Head{} }, "its projection head has no layers"},
		"head of another width": {func(m *tflite.Model) {
			m.Head = &tflite.Head{Layers: []tflite.Layer{{Name: "one", In: 13, Out: 1, Weight: make([]float32, 13), Bias: make([]float32, 1)}}}
		}, "the layer one takes 13 values and gives 1 with 13 weights and 1 biases; before it there are 12 values"},
		"not a number": {func(m *tflite.Model) {
			m.Encoders = []weights.Set{changed(m.Encoders[0], 0)}
			m.Encoders[0][3].Data[1] = float32(math.NaN())
		}, "a value of stem_norm.running_mean is not finite"},
		"share of one": {func(m *tflite.Model) { m.Share = 0.5 }, "it has a share of 0.5 and one encoder"},
		"share of 1":   {func(m *tflite.Model) { m.Share, m.Encoders = 1, append(m.Encoders, m.Encoders[0]) }, "a join has no share of 1; give one between 0 and 1"},
		"no share":     {func(m *tflite.Model) { m.Share, m.Encoders = math.NaN(), append(m.Encoders, m.Encoders[0]) }, "a join has no share of NaN"},
		"head of a join": {func(m *tflite.Model) {
			m.Encoders, m.Head = append(m.Encoders, m.Encoders[0]), &tflite.Head{Layers: make([]tflite.Layer, 1)}
		}, "a projection head needs the vector of one encoder"},
	} {
		t.Run(name, func(t *testing.T) {
			m := tinyVariants(t)["tiny"]
			test.change(&m)
			_, err := m.Encode()
			if !errors.Is(err, tflite.ErrModel) || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error %v, want %q", err, test.says)
			}
		})
	}
}

// Weights that are missing or have another shape are refused with their name, in a join
// with the half too.
func TestEncodeRefusesWeights(t *testing.T) {
	m := tinyVariants(t)["tiny_join"]
	m.Encoders[1] = m.Encoders[1][1:]
	var mismatch *weights.MismatchError
	_, err := m.Encode()
	if !errors.As(err, &mismatch) || !strings.Contains(err.Error(), "adapted encoder: weights for tiny: ") || !strings.Contains(err.Error(), "stem.weight") {
		t.Errorf("missing: error %v", err)
	}
	set := archtest.Weights(archtest.Tiny())
	set[0] = tensor.Tensor{Name: set[0].Name, Shape: []int{1}, Data: []float32{1}}
	m = tinyVariants(t)["tiny"]
	m.Encoders = []weights.Set{set}
	if _, err := m.Encode(); !errors.As(err, &mismatch) || !strings.Contains(err.Error(), "stem.weight is [1]") {
		t.Errorf("shape: error %v", err)
	}
}

// A head that normalises by the batch cannot be in a file, nor one that the set lacks.
func TestHeadOfRefuses(t *testing.T) {
	o, err := objective.Get("nt_xent")
	if err != nil {
		t.Fatal(err)
	}
	set := model.NewHeads(o, 12, 1)
	normed := o.Projector
	normed.Norm = objective.HiddenNorm
	if _, err := tflite.HeadOf(normed, 12, set); !errors.Is(err, tflite.ErrModel) || !strings.Contains(err.Error(), "statistics of a batch") {
		t.Errorf("error %v", err)
	}
	var mismatch *weights.MismatchError
	if _, err := tflite.HeadOf(o.Projector, 13, set); !errors.As(err, &mismatch) {
		t.Errorf("another width: error %v", err)
	}
	if _, err := tflite.HeadOf(o.Projector, 12, nil); !errors.As(err, &mismatch) {
		t.Errorf("no tensors: error %v", err)
	}
}

// BenchmarkEncode measures the writing of a float file.
func BenchmarkEncode(b *testing.B) {
	for _, name := range []string{"efficientnet_lite0", "resnet18"} {
		b.Run(name, func(b *testing.B) {
			plan := planOf(b, name, 224)
			m := tflite.Model{Plan: plan, Encoders: []weights.Set{archtest.Weights(plan.Arch)}}
			for b.Loop() {
				b.SetBytes(int64(len(encode(b, m))))
			}
			b.ReportAllocs()
		})
	}
}
