package model

import (
	"context"
	"fmt"

	tf "github.com/tensorflow/tensorflow/tensorflow/go"

	"edgeclr/camera/rgb"
	"edgeclr/model/arch"
)

// observedValues bounds the values that one run of [Encoder.Observe] keeps: 64 MB of
// float32.
const observedValues = 16 << 20

// observed is a step's output in the graph.
type observed struct {
	step string
	out  tf.Output
}

// observedSteps are the outputs of the network's steps, in order.
func observedSteps(nodes []lowered) []observed {
	var steps []observed
	for _, n := range nodes {
		steps = append(steps, observed{n.step.Name, n.out})
	}
	return steps
}

// Observe computes every step's output for the pictures, which can have any size, and
// calls see with it: first all steps in order for the first few pictures, then for the
// next few. Values is [B,Height,Width,Channels] row by row, or [B,Features] for the last
// step, after the activation and with the step's Margin. It is valid only during the
// call. An error of see ends the work and is returned as it is.
//
// How many pictures run at a time depends on the network, so that memory is bounded. The
// outputs of a float network in use are what a quantised one is calibrated on (Jacob et
// al. 2018, "Quantization and Training of Neural Networks", section 3).
func (e *Encoder) Observe(ctx context.Context, pictures []*rgb.Image, see func(step string, values []float32) error) error {
	fetches := make([]tf.Output, len(e.steps))
	for i, s := range e.steps {
		fetches[i] = s.out
	}
	atOnce := observeBatch(e.plan)
	for start := 0; start < len(pictures); start += atOnce {
		if err := ctx.Err(); err != nil {
			return err
		}
		batch := pictures[start:min(start+atOnce, len(pictures))]
		var pixels []uint8
		for _, p := range batch {
			pixels = append(pixels, e.plan.EvalSquare(p).Pix...)
		}
		outputs, err := e.compute(pixels, len(batch), fetches...)
		if err != nil {
			return err
		}
		for i, s := range e.steps {
			values, err := floats(outputs[i])
			if err == nil && !finite(values) {
				err = fmt.Errorf("an output of step %s is %w", s.step, ErrDiverged)
			}
			if err == nil {
				err = see(s.step, values)
			}
			if err != nil {
				return err
			}
			outputs[i] = nil // the garbage collector may free it
		}
	}
	return nil
}

// observeBatch is how many pictures Observe runs at a time.
func observeBatch(p *arch.Plan) int {
	return int(min(max(observedValues/p.MapValues(), 1), embedBatch))
}
