package model

import (
	"fmt"

	"edgeclr/model/arch"
)

// TrainerOptions describe a training graph.
type TrainerOptions struct {
	Arch        *arch.Architecture
	Size        int // side of a view, in pixels
	Runtime     Runtime
	Loss        string  // "nt_xent" or "dcl"
	Temperature float64 // 0.5
	Optimizer   OptimizerOptions

	// TrainBatchNorm normalises by the statistics of the batch and updates the
	// running ones. Without it they are frozen at the pretrained values, which
	// keeps what the encoder knows.
	TrainBatchNorm bool

	// Stages that are trained, counted from the top; 0 means all.
	Stages int

	// Queue is how many projections of past views serve as more negatives; 0: none.
	Queue int

	// Chunk is how many pairs are in memory at a time; a larger batch is cut,
	// at the price of one more forward pass. 0: batches are not cut.
	Chunk int
}

// validate says what a graph cannot be built with.
func (o TrainerOptions) validate() error {
	n := o.Arch.Stages()
	// Each condition is the wanted one, so that NaN, which fails all comparisons, is refused.
	switch {
	case o.Size < 1:
		return fmt.Errorf("%w: views of %d px", ErrShape, o.Size)
	case o.Stages < 0 || o.Stages > n:
		return fmt.Errorf("stages: %s has %d, so %d cannot be trained; choose 0 (all) to %d", o.Arch.Name, n, o.Stages, n)
	case o.Chunk < 0 || o.Chunk > 0 && o.TrainBatchNorm:
		return fmt.Errorf("chunk %d: a batch can be cut only when batch norm is frozen: "+
			"each chunk would be normalised by other statistics; leave --chunk or --batch-norm train out", o.Chunk)
	case !(o.Temperature > 0):
		return fmt.Errorf("temperature is %v and must be above 0", o.Temperature)
	}
	return nil
}
