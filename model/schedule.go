package model

import (
	"fmt"
	"math"

	tf "github.com/tensorflow/tensorflow/tensorflow/go"
	"github.com/tensorflow/tensorflow/tensorflow/go/op"
)

// Schedule gives the learning rates of a round of training.
//
// The heads learn alone for HeadSteps at HeadRate: the gradients of a new head
// are noise that would harm the encoder. Then everything learns. The rate rises
// to Rate in Ramp steps (Goyal et al. 2017, "Accurate, Large Minibatch SGD",
// section 2.2). From there a cosine takes it down to 0 (Loshchilov and Hutter
// 2017, "SGDR", equation 5, without restarts).
type Schedule struct {
	Steps     int     // of the round, HeadSteps and Ramp included
	HeadSteps int     // the first steps, in which the heads learn alone
	Ramp      int     // the k-th of these steps, from 1, has k/(Ramp+1) of Rate
	Rate      float64 // of encoder and heads once the encoder moves
	HeadRate  float64 // of the heads while they learn alone
}

// Rates are the learning rates of one step.
type Rates struct {
	Encoder, Head float64
	HeadOnly      bool // the encoder does not move
}

// At gives the rates of a step, counted from 0. A round can also have another end
// than its step count, such as a time limit. share, 0 to 1, is the part of the
// cosine that has passed towards that end. At compares share with the part of the
// steps that has passed, and takes the larger. share also lowers the rate of the
// ramp.
func (s Schedule) At(step int, share float64) Rates {
	if step < s.HeadSteps {
		return Rates{Head: s.HeadRate, HeadOnly: true}
	}
	begin := s.HeadSteps + s.Ramp // of the cosine
	if falling := s.Steps - begin; falling > 0 {
		share = max(share, float64(step-begin)/float64(falling))
	}
	rate := s.Rate * 0.5 * (1 + math.Cos(math.Pi*min(max(share, 0), 1)))
	if step < begin {
		rate *= float64(step-s.HeadSteps+1) / float64(s.Ramp+1)
	}
	return Rates{Encoder: rate, Head: rate}
}

// ratePlaceholders are the inputs of the graph for the learning rates of a step.
type ratePlaceholders struct {
	encoder, head tf.Output
	stages        []tf.Output // of the encoder, by stage: computed from encoder
}

// newRates adds the placeholders to the graph. The rate of each of the stages is
// stageDecay of the rate of the stage above it.
func newRates(s *op.Scope, stages int, stageDecay float64) ratePlaceholders {
	var r ratePlaceholders
	r.encoder = op.Placeholder(at(s), tf.Float, op.PlaceholderShape(tf.ScalarShape()))
	r.head = op.Placeholder(at(s), tf.Float, op.PlaceholderShape(tf.ScalarShape()))
	for stage := range stages {
		rate := r.encoder
		if share := math.Pow(stageDecay, float64(stages-1-stage)); share != 1 {
			rate = op.Mul(at(s), rate, op.Const(at(s), float32(share)))
		}
		r.stages = append(r.stages, rate)
	}
	return r
}

// of is the variable's learning rate.
func (r ratePlaceholders) of(v *variable) tf.Output {
	if v.head {
		return r.head
	}
	return r.stages[v.stage]
}

// feed sets the rates of a step.
func (r ratePlaceholders) feed(feeds map[tf.Output]*tf.Tensor, rates Rates) error {
	for placeholder, value := range map[tf.Output]float64{r.encoder: rates.Encoder, r.head: rates.Head} {
		tensor, err := tf.NewTensor(float32(value))
		if err != nil {
			return fmt.Errorf("learning rate: %w", err)
		}
		feeds[placeholder] = tensor
	}
	return nil
}
