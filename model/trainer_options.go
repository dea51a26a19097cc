package model

import (
	"fmt"
	"math"

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

	// StageDecay is the rate of a stage as a share of that of the stage above it,
	// above 0 to 1; the uppermost has Rates.Encoder. What lower stages know is
	// more general and needs less change (Howard and Ruder 2018, "ULMFiT",
	// discriminative fine-tuning; Clark et al. 2020, "ELECTRA", layer-wise
	// learning rate decay). 0 is 1: all alike.
	StageDecay float64

	// Queue is how many projections of past views serve as more negatives; 0: none.
	Queue int

	// Chunk is how many pairs are in memory at a time; a larger batch is cut,
	// at the price of one more forward pass. 0: batches are not cut.
	Chunk int

	// Align is the weight of a term that holds the encoder to a moving average of
	// itself, which forgets slowly: the mean of 1 - cos of each view's projection
	// and that of the averaged encoder and head (CLIMB, CoLLAs 2026). It costs one
	// more forward pass, of the trained stages, in each step in which the encoder
	// moves, and the memory of the weights once more. 0: off, and nothing is built.
	Align float64

	// AlignDecay is the share of the average that stays in a step, 0 to below 1:
	// it looks back over about 1/(1-AlignDecay) steps. 0 is 0.999.
	AlignDecay float64
}

// alignDecay is CLIMB's (CoLLAs 2026).
const alignDecay = 0.999

// withDefaults checks the options and fills in what is 0.
func (o TrainerOptions) withDefaults() (TrainerOptions, error) {
	n := o.Arch.Stages()
	// Each condition is the wanted one, so that NaN, which fails all comparisons, is refused.
	switch {
	case o.Stages < 0 || o.Stages > n:
		return o, fmt.Errorf("stages: %s has %d, so %d cannot be trained; choose 0 (all) to %d", o.Arch.Name, n, o.Stages, n)
	case o.Chunk < 0 || o.Chunk > 0 && o.TrainBatchNorm:
		return o, fmt.Errorf("chunk %d: a batch can be cut only when batch norm is frozen: "+
			"each chunk would be normalised by other statistics; leave --chunk or --batch-norm train out", o.Chunk)
	case !(o.Temperature > 0):
		return o, fmt.Errorf("temperature is %v and must be above 0", o.Temperature)
	case !(o.StageDecay >= 0 && o.StageDecay <= 1):
		return o, fmt.Errorf("stage decay is %v and must be above 0, at most 1", o.StageDecay)
	case !(o.Align >= 0) || math.IsInf(o.Align, 0):
		return o, fmt.Errorf("align is %v and must be 0 (off) or more", o.Align)
	case !(o.AlignDecay >= 0 && o.AlignDecay < 1):
		return o, fmt.Errorf("align decay is %v and must be 0 to below 1", o.AlignDecay)
	}
	if o.StageDecay == 0 {
		o.StageDecay = 1
	}
	if o.AlignDecay == 0 {
		o.AlignDecay = alignDecay
	}
	return o, nil
}
