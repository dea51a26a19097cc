package objective

import (
	"fmt"

	"edgeclr/model/weights"
)

// Objective describes one way to learn without labels.
type Objective struct {
	Name    string // value of learn.loss
	Summary string // one phrase for help and documentation
	Source  string // the paper

	Projector Head // over the encoder's features
	Predictor Head // over the projections; no widths: there is none
	Needs     Needs
	Cut       Cut

	// Build adds the loss to a graph. It must not keep the graph.
	Build func(g Graph, in Input) Loss
}

// Head is a stack of dense layers with a ReLU between them. Heads exist for
// training alone. The vectors that the encoder serves are its features (Chen et
// al. 2020, section 4.2).
type Head struct {
	// Name is the prefix of the tensors' names. Objectives whose heads have the
	// same name and shapes share the trained weights of a checkpoint. A head of
	// other shapes needs another name.
	Name   string
	Widths []int // outputs of each layer, in order
	Norm   Norm
}

// Norm says after which layers of a head the values are normalised by the
// statistics of the batch. There are no running statistics: heads never serve.
type Norm int

// Batch normalisation of a head.
const (
	NoNorm     Norm = iota
	HiddenNorm      // after every layer but the last
	EveryNorm       // after every layer
)

// NormAfter reports whether batch normalisation follows the i-th layer.
func (h Head) NormAfter(i int) bool {
	return h.Norm == EveryNorm || h.Norm == HiddenNorm && i < len(h.Widths)-1
}

// Width is the length of the head's output.
func (h Head) Width() int { return h.Widths[len(h.Widths)-1] }

// LayerNames are the tensor names of a head's i-th layer, counted from 0. Gamma
// and beta exist only where batch normalisation follows the layer.
func (h Head) LayerNames(i int) (weight, bias, gamma, beta string) {
	layer, norm := fmt.Sprintf("%s.layer%d", h.Name, i+1), fmt.Sprintf("%s.norm%d", h.Name, i+1)
	return layer + ".weight", layer + ".bias", norm + ".weight", norm + ".bias"
}

// Specs lists the tensors of a head over inputs of that length, in PyTorch's
// layout, layer by layer.
func (h Head) Specs(inputs int) []weights.Spec {
	var specs []weights.Spec
	for i, outputs := range h.Widths {
		weight, bias, gamma, beta := h.LayerNames(i)
		specs = append(specs, weights.Spec{Name: weight, Shape: []int{outputs, inputs}}, weights.Spec{Name: bias, Shape: []int{outputs}})
		if h.NormAfter(i) {
			specs = append(specs, weights.Spec{Name: gamma, Shape: []int{outputs}}, weights.Spec{Name: beta, Shape: []int{outputs}})
		}
		inputs = outputs
	}
	return specs
}

// HeadSpecs lists the tensors of the objective's heads over an encoder with that
// many features: the projector's, then the predictor's.
func (o *Objective) HeadSpecs(features int) []weights.Spec {
	return append(o.Projector.Specs(features), o.Predictor.Specs(o.Projector.Width())...)
}

// Needs says what an objective reads beside the online network.
type Needs struct {
	// Target asks for a target network: the moving average of encoder and
	// projector, without gradient (Input.Target).
	Target bool
	// Queue says that the loss reads rows of past steps (Input.Queue).
	Queue bool
	// Positives says that the loss reads which pictures are of one kind
	// (Input.Positives).
	Positives bool
}

// NeedsTarget reports whether training holds a target network: the objective
// reads it, or an alignment term of that weight does (see [Alignment]).
func (o *Objective) NeedsTarget(align float64) bool { return o.Needs.Target || align > 0 }

// Cut says where GradCache may cut the network when a batch does not fit memory.
// Everything below the cut runs chunk by chunk, so each of its rows must depend
// on one view alone. Everything above it sees the whole batch.
type Cut int

// Places of the cut.
const (
	NoCut            Cut = iota // the batch must fit memory
	CutAtFeatures               // heads see the whole batch, as batch normalisation in them requires
	CutAtProjections            // the predictor and the loss see the whole batch
)

// Input is what a loss is built from.
type Input struct {
	Online Outputs
	Target Outputs // without gradient and without predictions; set with Needs.Target

	// Queue holds the rows that past steps enqueued, [Q,D], oldest first, without
	// gradient. Q can be 0. Set with Needs.Queue.
	Queue Tensor

	// NotNegatives is [N,N], or [1,1] for all pairs: 1 where two pictures are no
	// negatives of each other, else 0. The diagonal is ignored.
	NotNegatives Tensor

	// Positives is [N,N], or [1,1] for all pairs: 1 where two pictures are of one
	// kind, so that their views are positives too. Set with Needs.Positives.
	Positives Tensor

	Temperature float64
}

// Outputs are what a network makes of the 2N views.
type Outputs struct {
	Features    Tensor // [2N,F]; the target network's are not set with CutAtProjections
	Projections Tensor // [2N,D]
	Predictions Tensor // [2N,D]; set when the objective has a predictor
}

// Loss is what an objective builds.
type Loss struct {
	Value Tensor // scalar

	// Observed is [2N,D], of length 1 a row: what replay and the caller see of
	// each view.
	Observed Tensor

	// Enqueue is [M,D], the rows that join the queue after the step. Set with
	// Needs.Queue.
	Enqueue Tensor
}

// Settings are the options of training that an objective can refuse.
type Settings struct {
	Queue int // learn.queue
	Chunk int // learn.chunk
}

// Conflict is a setting that has no meaning with an objective.
type Conflict struct {
	Key  string // of the configuration
	Text string // what is wrong and what to do
}

// Conflicts lists the settings that have no meaning with the objective.
func (o *Objective) Conflicts(s Settings) []Conflict {
	var conflicts []Conflict
	if s.Queue > 0 && !o.Needs.Queue {
		conflicts = append(conflicts, Conflict{"learn.queue", fmt.Sprintf("%d has no meaning with %s, which reads no past projections: give 0", s.Queue, o.Name)})
	}
	if s.Chunk > 0 && o.Cut == NoCut {
		conflicts = append(conflicts, Conflict{"learn.chunk", fmt.Sprintf("%d has no meaning with %s, whose batch cannot be cut: give 0", s.Chunk, o.Name)})
	}
	return conflicts
}
