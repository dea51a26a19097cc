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
)

// StepMemory estimates what a training step holds beside the rest of the
// process: fixed bytes, and bytes for each picture (two views) in memory.
func StepMemory(a *arch.Architecture, size int) (fixed, perPair int64) {
	weights := 0
	for _, spec := range a.Specs() {
		n := 1
		for _, d := range spec.Shape {
			n *= d
		}
		weights += n
	}
	return int64(weights)*4*copiesOfWeight + workspace, int64(2 * bytesPerValue * float64(a.Values(size)))
}
