package model

import (
	"fmt"
	"testing"

	"edgeclr/model/arch"
)

// The estimate covers the measured memory and is not far above it. took is the rise
// of a process's peak memory by three whole steps at 96 px, in MiB (2026-11-24, two
// cores, amd64; one process for each line).
func TestStepMemory(t *testing.T) {
	for _, tt := range []struct {
		arch  string
		pairs int64
		align bool
		took  int64
	}{
		{"efficientnet_lite0", 16, false, 347},
		{"efficientnet_lite0", 48, false, 707},
		{"efficientnet_lite0", 16, true, 401},
		{"efficientnet_lite0", 48, true, 801},
		{"resnet18", 16, false, 282},
		{"resnet18", 48, false, 552},
		{"resnet18", 16, true, 378},
		{"resnet18", 48, true, 554},
	} {
		t.Run(fmt.Sprintf("%s/%d/%v", tt.arch, tt.pairs, tt.align), func(t *testing.T) {
			plan, err := arch.NewPlan(architecture(t, tt.arch), 96)
			if err != nil {
				t.Fatal(err)
			}
			fixed, perPair := StepMemory(plan, 0, tt.align)
			if got := (fixed + tt.pairs*perPair) >> 20; got < tt.took || got > 2*tt.took {
				t.Errorf("estimated %d MiB, it took %d", got, tt.took)
			}
		})
	}
}
