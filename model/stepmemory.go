package model

import "edgeclr/model/arch"

// Of a training step, in bytes of float32, measured on two architectures (see
// docs/benchmarks.md): what is kept for the gradients of a map, and tensors of the
// size of all weights (variables, momentum, gradients, folded kernels and their
// copies in another order).
const (
	bytesPerValue  = 4 * 1.25
	copiesOfWeight = 6
	workspace      = 96 << 20

	// Of the alignment to a moving average: the averages, their folded kernels and
	// what moves them; and of a second forward pass, the maps that are alive at a
	// time, as a share of those that are kept for the gradients.
	alignedCopies = 3
	alignedMaps   = 0.1
)

// StepMemory estimates what a training step holds beside the rest of the
// process: fixed bytes, and bytes for each picture (two views) in memory. align
// says whether there is a term of the loss that holds the encoder to its average
// (TrainerOptions.Align).
func StepMemory(plan *arch.Plan, align bool) (fixed, perPair int64) {
	copies, maps := int64(copiesOfWeight), 1.0
	if align {
		copies, maps = copies+alignedCopies, maps+alignedMaps
	}
	return plan.Arch.Weights()*4*copies + workspace, int64(2 * bytesPerValue * maps * float64(plan.Values()))
}
