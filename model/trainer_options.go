package model

import (
	"errors"
	"fmt"
	"math"

	"edgeclr/model/arch"
	"edgeclr/model/objective"
)

// TrainerOptions describe a training graph.
type TrainerOptions struct {
	Arch        *arch.Architecture
	Size        int // side of a view, in pixels
	Runtime     Runtime
	Objective   *objective.Objective
	Temperature float64 // of the objective: 0.5
	Optimizer   OptimizerOptions

	// TrainBatchNorm normalises by the statistics of the batch and updates the
	// running ones. Without it they stay at the pretrained values, which keeps
	// what the encoder knows.
	TrainBatchNorm bool

	// Stages is how many stages are trained, counted from the top. 0 means all.
	Stages int

	// StageDecay is the rate of a stage as a share of the rate of the stage above
	// it, above 0 to 1. The uppermost stage has Rates.Encoder. What lower stages
	// know is more general and needs less change (Howard and Ruder 2018, "ULMFiT",
	// discriminative fine-tuning; Clark et al. 2020, "ELECTRA", layer-wise learning
	// rate decay). 0 is 1: the same rate for all.
	StageDecay float64

	// Queue is how many rows of past steps the objective reads. 0: none.
	Queue int

	// Chunk is how many pairs are in memory at a time. A larger batch is cut, at
	// the price of one more forward pass. 0: batches are not cut.
	Chunk int

	// Align is the weight of a term that holds the encoder to the target network,
	// which forgets slowly: see [objective.Alignment]. It costs one more forward
	// pass of the trained stages in each step in which the encoder moves, and the
	// memory of the weights once more. 0: off, and nothing is built.
	Align float64

	// TargetDecay is the share of the target network's average that stays in a
	// step, 0 to below 1: it looks back over about 1/(1-TargetDecay) steps. 0 is
	// 0.999.
	TargetDecay float64
}

// defaultTargetDecay is CLIMB's (CoLLAs 2026).
const defaultTargetDecay = 0.999

// withDefaults checks the options and fills in what is 0.
func (o TrainerOptions) withDefaults() (TrainerOptions, error) {
	if o.Objective == nil {
		return o, errors.New("no objective to train by")
	}
	n := o.Arch.Stages()
	// A condition negates what is wanted: NaN fails every comparison, and is refused.
	switch {
	case o.Size < 1:
		return o, fmt.Errorf("%w: views of %d px", ErrShape, o.Size)
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
	case !(o.TargetDecay >= 0 && o.TargetDecay < 1):
		return o, fmt.Errorf("target decay is %v and must be 0 to below 1", o.TargetDecay)
	}
	for _, c := range o.Objective.Conflicts(objective.Settings{Queue: o.Queue, Chunk: o.Chunk}) {
		return o, fmt.Errorf("%s: %s", c.Key, c.Text)
	}
	if o.StageDecay == 0 {
		o.StageDecay = 1
	}
	if o.TargetDecay == 0 {
		o.TargetDecay = defaultTargetDecay
	}
	return o, nil
}
