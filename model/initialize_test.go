package model

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"edgeclr/internal/tensor"
	"edgeclr/model/arch"
	"edgeclr/model/objective"
	"edgeclr/model/weights"
)

func sameSets(a, b weights.Set) bool {
	return slices.EqualFunc(a, b, func(x, y tensor.Tensor) bool {
		return x.Name == y.Name && slices.Equal(x.Shape, y.Shape) && slices.Equal(x.Data, y.Data)
	})
}

// moments are the mean and the standard deviation.
func moments(values []float32) (mean, deviation float64) {
	for _, v := range values {
		mean += float64(v)
	}
	mean /= float64(len(values))
	for _, v := range values {
		deviation += (float64(v) - mean) * (float64(v) - mean)
	}
	return mean, math.Sqrt(deviation / float64(len(values)))
}

func TestRandom(t *testing.T) {
	for _, name := range arch.Names() {
		t.Run(name, func(t *testing.T) {
			a := architecture(t, name)
			set := Random(a, 7)
			if _, err := set.Match(a.Specs(), nil); err != nil {
				t.Fatal(err)
			}
			if !sameSets(set, Random(a, 7)) {
				t.Error("one seed gave two sets")
			}
			if sameSets(set, Random(a, 8)) {
				t.Error("two seeds gave one set")
			}
			for _, tensor := range set {
				mean, deviation := moments(tensor.Data)
				want := 0.0
				switch {
				case len(tensor.Shape) == 4:
					// Within 5 standard errors of He et al.'s.
					fan := tensor.Shape[0] * tensor.Shape[2] * tensor.Shape[3]
					if strings.Contains(tensor.Name, "_depthwise_conv") {
						fan = tensor.Shape[2] * tensor.Shape[3]
					}
					he, n := math.Sqrt(2/float64(fan)), float64(len(tensor.Data))
					if math.Abs(mean) > 5*he/math.Sqrt(n) || math.Abs(deviation/he-1) > 5/math.Sqrt(2*n) {
						t.Errorf("%s: mean %v, deviation %v, want 0 and %v", tensor.Name, mean, deviation, he)
					}
					continue
				case strings.HasSuffix(tensor.Name, ".weight"), strings.HasSuffix(tensor.Name, ".running_var"):
					want = 1
				}
				if mean != want || deviation != 0 {
					t.Errorf("%s: mean %v, deviation %v, want %v and 0", tensor.Name, mean, deviation, want)
				}
			}
		})
	}
}

func TestNewHead(t *testing.T) {
	head := NewHeads(simCLR(), 512, 7)
	if _, err := head.Match(simCLR().HeadSpecs(512), nil); err != nil {
		t.Fatal(err)
	}
	if !sameSets(head, NewHeads(simCLR(), 512, 7)) || sameSets(head, NewHeads(simCLR(), 512, 8)) {
		t.Error("the seed does not decide the head")
	}
	for i, inputs := range []float64{512, 512, 256, 256} {
		bound := 1 / math.Sqrt(inputs)
		mean, deviation := moments(head[i].Data)
		n := float64(len(head[i].Data))
		largest := float64(max(slices.Max(head[i].Data), -slices.Min(head[i].Data)))
		// Uniform: the deviation is bound/sqrt(3), and the largest is near the bound.
		if largest > bound || largest < 0.95*bound || math.Abs(mean) > 5*bound/math.Sqrt(3*n) ||
			math.Abs(deviation*math.Sqrt(3)/bound-1) > 5/math.Sqrt(n) {
			t.Errorf("%s: mean %v, deviation %v, largest %v of %v", head[i].Name, mean, deviation, largest, bound)
		}
	}
}

// Heads takes what a set holds, draws a head that is not there, and refuses a part of
// a head.
func TestHeads(t *testing.T) {
	o := byol(objective.HiddenNorm, objective.CutAtFeatures)
	drawn := NewHeads(o, 12, 7)
	if _, err := drawn.Match(o.HeadSpecs(12), nil); err != nil {
		t.Fatal(err)
	}
	projector := len(o.Projector.Specs(12))
	other := NewHeads(o, 12, 8)
	for _, tt := range []struct {
		name string
		set  weights.Set
		want weights.Set
	}{
		{"both", other, other},
		{"neither", Random(tiny(), 1), drawn},
		{"no predictor", other[:projector], append(slices.Clone(other[:projector]), drawn[projector:]...)},
		{"no projector", other[projector:], append(slices.Clone(drawn[:projector]), other[projector:]...)},
		{"another objective's", NewHeads(simCLR(), 12, 8), drawn},
	} {
		if got, err := Heads(tt.set, o, 12, 7); err != nil || !sameSets(got, tt.want) {
			t.Errorf("%s: not the expected heads (%v)", tt.name, err)
		}
	}
	var mismatch *weights.MismatchError
	if _, err := Heads(other[1:], o, 12, 7); !errors.As(err, &mismatch) {
		t.Errorf("a part of a head: %v", err)
	}
	for _, tensor := range drawn {
		if !strings.Contains(tensor.Name, ".norm") {
			continue
		}
		want := float32(0)
		if strings.HasSuffix(tensor.Name, ".weight") {
			want = 1
		}
		if slices.ContainsFunc(tensor.Data, func(v float32) bool { return v != want }) {
			t.Errorf("%s does not begin at %v", tensor.Name, want)
		}
	}
}
