package model

import (
	"fmt"
	"testing"

	"edgeclr/model/arch"
)

// The encoder folds the normalisation beforehand, the trainer folds it in the graph.
// Training at a rate of 0 does not change the features of the encoder (TestStepLoss
// compares the loss).
func TestFoldedFeaturesAgree(t *testing.T) {
	t.Parallel()
	for _, name := range arch.Names() {
		t.Run(name, func(t *testing.T) {
			a := architecture(t, name)
			state := State{Encoder: formulaEncoder(a), Head: NewHeads(simCLR(), a.Features, 1)}
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
				t.Errorf("features are off by %.1e after the round trip", relativeError(got, want))
			}
		})
	}
}
