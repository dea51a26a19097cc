package benchmark

import (
	"math"
	"testing"

	"edgeclr/config"
)

func TestSettings(t *testing.T) {
	base := config.Default()
	base.Learn.Batch, base.Learn.Promote, base.Learn.Windows, base.Learn.Duty = 24, false, []string{"22:00-06:00"}, 0.5
	for _, tt := range []struct {
		variant  string
		policy   string
		capacity int
		gate     bool
		every    int
		keep     int // newest frames that are stored, at least; 0: all
	}{
		{"plain", config.ReplayFIFO, 24, false, math.MaxInt32, 24},
		{"fifo", config.ReplayFIFO, 300, false, math.MaxInt32, 300},
		{"recipe", config.ReplayMinRed, 300, true, base.Probe.Every, 0},
		{"shuffled", config.ReplayMinRed, 300, true, base.Probe.Every, 0},
	} {
		t.Run(tt.variant, func(t *testing.T) {
			got := settings(base, Opening{Variant: variant(t, tt.variant), Seed: 7, Buffer: 300})
			if got.Replay.Policy != tt.policy || got.Replay.Capacity != tt.capacity || got.Gate.Enabled != tt.gate || got.Probe.Every != tt.every || got.Model.Seed != 7 {
				t.Errorf("%+v %+v %+v, seed %d", got.Replay, got.Gate, got.Probe, got.Model.Seed)
			}
			if keep := got.Store.MaxBytes > 0; keep != (tt.keep > 0) || keep && got.Learn.MinFrames != tt.keep {
				t.Errorf("%+v, the newest %d frames stay", got.Store, got.Learn.MinFrames)
			}
			if !got.Learn.Promote || got.Learn.Windows != nil || got.Learn.Duty != 1 {
				t.Errorf("%+v", got.Learn)
			}
			plain, gated := tt.variant == "plain", tt.gate
			if same := got.Serve == base.Serve && got.Learn.LR == base.Learn.LR && got.Learn.BatchNorm == base.Learn.BatchNorm; same == plain {
				t.Errorf("%+v %+v", got.Learn, got.Serve)
			}
			if alike := got.Learn.Neighbours > 0; alike != gated {
				t.Errorf("%d neighbours", got.Learn.Neighbours)
			}
		})
	}
}
