package model

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"edgeclr/model/arch"
)

// A folded kernel and bias give what convolution and normalisation give one
// after the other.
func TestFold(t *testing.T) {
	a, set := tiny(), formulaEncoder(tiny())
	for _, n := range a.Nodes {
		if n.Op != arch.ConvBN {
			continue
		}
		kernel, bias, err := a.Fold(n, set)
		if err != nil {
			t.Fatal(err)
		}
		raw := find(t, set, n.Weight).Data
		norm := func(part string, o int) float64 { return float64(find(t, set, n.BatchNorm+part).Data[o]) }
		row := len(raw) / n.Out
		for o := range n.Out {
			var plain, folded float64
			for i := range row {
				x := math.Sin(float64(i + o))
				plain += x * float64(raw[o*row+i])
				folded += x * float64(kernel[o*row+i])
			}
			want := (plain-norm(".running_mean", o))/math.Sqrt(norm(".running_var", o)+float64(a.Epsilon))*norm(".weight", o) +
				norm(".bias", o)
			if got := folded + float64(bias[o]); math.Abs(got-want) > 1e-5 {
				t.Errorf("%s, channel %d: %v, want %v", n.Name, o, got, want)
			}
		}
	}
}

func TestFoldMissing(t *testing.T) {
	a := tiny()
	_, _, err := a.Fold(a.Nodes[0], formulaEncoder(a)[:4])
	if err == nil || !strings.Contains(err.Error(), "stem_norm.running_var") {
		t.Errorf("error %v", err)
	}
}

// The encoder, whose normalisation is folded beforehand, sees what the trainer
// sees, which folds in the graph: training at a rate of 0 gives the loss of the
// encoder's features (TestStepLoss has the other half).
func TestFoldedFeaturesAgree(t *testing.T) {
	for _, name := range arch.Names() {
		t.Run(name, func(t *testing.T) {
			a := architecture(t, name)
			state := State{Encoder: formulaEncoder(a), Head: NewHead(a.Features, 1)}
			opt := tinyOptions()
			opt.Arch = a
			trainer := newTestTrainer(t, state, opt)
			train(t, trainer, 0, 1, Rates{})
			// The weights make the round trip through the trainer's layout.
			before := openEncoder(t, state.Encoder, EncoderOptions{Arch: a, Size: tinySize})
			after := openEncoder(t, stateOf(t, trainer).Encoder, EncoderOptions{Arch: a, Size: tinySize})
			views := pairs(0, 1, tinySize)
			want, err := before.forward(views, 2, before.features)
			if err != nil {
				t.Fatal(err)
			}
			got, err := after.forward(views, 2, after.features)
			if err != nil {
				t.Fatal(err)
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("features are off by %.1e after the round trip", away(got, want))
			}
		})
	}
}
