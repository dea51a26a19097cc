package model

// #include <malloc.h>
import "C"

import (
	"runtime/debug"

	"edgeclr/model/arch"
)

// Constants of StepMemory, measured on two architectures (see
// docs/benchmarks.md).
const (
	bytesPerValue   = 4 * 1.25 // of a map that is kept for the gradients
	copiesOfWeights = 6        // variables, momentum, gradients, folded kernels and their reordered copies
	workspace       = 96 << 20 // bytes

	// The target network adds copies of the weights: its averages, their folded
	// kernels and their updates. Few maps of its forward pass are alive at a time:
	// this share of the maps that are kept for the gradients.
	copiesForTarget = 3
	mapsForTarget   = 0.1
)

// StepMemory estimates what a training step adds to the memory of the process:
// fixed bytes, and bytes for each picture (two views) that is in memory at a time.
// stages is how many stages are trained, counted from the top, and 0 means all. target
// says whether the trainer holds a target network (see
// [objective.Objective.NeedsTarget]).
func StepMemory(plan *arch.Plan, stages int, target bool) (fixed, perPair int64) {
	copies, maps := int64(copiesOfWeights), 1.0
	if last, ok := trunkOf(plan, plan.Arch.Stages()-stages); stages > 0 && ok && !target {
		trained, above := int64(0), false
		for _, s := range plan.Steps {
			if above {
				trained += int64(s.Output.Values())
			}
			if s.Name == last { // its map is the input of the trained stages
				trained, above = int64(s.PaddedOutput().Values()), true
			}
		}
		return plan.Arch.WeightCount()*4*copies + workspace + 4*trunkMaps, int64(2 * bytesPerValue * float64(trained))
	}
	if target {
		copies, maps = copies+copiesForTarget, maps+mapsForTarget
	}
	return plan.Arch.WeightCount()*4*copies + workspace, int64(2 * bytesPerValue * maps * float64(plan.MapValues()))
}

// returnMemory gives back to the system what TensorFlow and Go freed. The C
// library keeps the memory of a training session for the next one, which on a
// small board may be hours away.
func returnMemory() {
	debug.FreeOSMemory() // finalizers free TensorFlow's tensors
	C.malloc_trim(0)
}
