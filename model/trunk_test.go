package model

import (
	"math"
	"testing"

	"edgeclr/model/arch"
)

// TestTrunk compares steps whose lower stages run few views at a time with steps that
// feed the views.
func TestTrunk(t *testing.T) {
	t.Parallel()
	const batch = 6
	in := Batch{Views: pairs(0, batch, tinySize)}
	for _, chunk := range []int{0, 4} {
		options := tinyOptions()
		options.Stages, options.Chunk = 1, chunk
		whole := newTestTrainer(t, tinyState(), options)
		if whole.trunk.out.Op == nil {
			t.Fatal("with one stage trained there is no trunk")
		}
		whole.trunk = trunk{}
		want := step(t, whole, in, everything)
		for _, views := range []int{1, 5, 2 * batch, 100} {
			trainer := newTestTrainer(t, tinyState(), options)
			trainer.trunk.views = views
			got := step(t, trainer, in, everything)
			if math.Abs(got.Loss-want.Loss) > 1e-6 {
				t.Errorf("chunk %d, %d views at a time: loss %v, want %v", chunk, views, got.Loss, want.Loss)
			}
			a, b := stateOf(t, trainer), stateOf(t, whole)
			if worst, name := largest(a.Momentum, b.Momentum); worst > 1e-5 {
				t.Errorf("chunk %d, %d views at a time: the gradient of %s differs by %g of its length", chunk, views, name, worst)
			}
		}
	}
}

// TestTrunkOf names the step below the trained stages.
func TestTrunkOf(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		arch   string
		stages int
		want   string
	}{
		{"efficientnet_lite0", 1, "_blocks.15._project_conv"},
		{"efficientnet_lite0", 2, "_blocks.14"},
		{"efficientnet_lite0", 3, "_blocks.10"},
		{"efficientnet_lite0", 9, ""},
		{"resnet18", 1, "layer3.1"},
		{"resnet18", 4, "maxpool"},
	} {
		a, err := arch.Get(tt.arch)
		if err != nil {
			t.Fatal(err)
		}
		plan, err := arch.NewPlan(a, 64)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := trunkOf(plan, a.Stages()-tt.stages); got != tt.want {
			t.Errorf("%s, %d stages: the trunk ends with %q, want %q", tt.arch, tt.stages, got, tt.want)
		}
		if tt.want == "" {
			continue
		}
		_, all := StepMemory(plan, 0, false)
		if _, few := StepMemory(plan, tt.stages, false); few >= all {
			t.Errorf("%s, %d stages: %d bytes a pair, and %d when all are trained", tt.arch, tt.stages, few, all)
		}
	}
}
