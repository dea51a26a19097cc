package model

import (
	"fmt"
	"slices"

	tf "github.com/tensorflow/tensorflow/tensorflow/go"
	"github.com/tensorflow/tensorflow/tensorflow/go/op"

	"edgeclr/model/objective"
)

// gradCache trains on batches far beyond memory (Gao et al. 2021, "Scaling Deep
// Contrastive Learning Batch Size under Memory Limited Setup"). The loss needs the
// whole batch at the cut, where its rows are small: only what lies between image
// and cut is large. The objective names the cut. A step is
//
//  1. a forward pass, chunk by chunk, that keeps the rows at the cut and those of
//     the target network;
//  2. the loss of the whole batch, and its gradient with respect to each row at
//     the cut and to the variables above it;
//  3. a second pass, chunk by chunk, that carries the gradients of the rows back
//     into the variables below the cut, where they add up;
//  4. one update.
//
// With frozen batch normalisation both passes see the same function, and the
// gradient equals that of the whole batch. With the statistics of each chunk it
// would not, so that is refused. The price is one more forward pass.
type gradCache struct {
	features tf.Output // [B,F]; can be fed instead of images
	cut      tf.Output // [B,D], the features or the projections; can be fed instead of images
	cutGrad  tf.Output // gradient of the loss with respect to cut
	upstream tf.Output // placeholder: cutGrad, for the rows of a chunk

	// A sum is a variable of the session that collects the gradient with respect to
	// a trained variable.
	startSums []*tf.Operation // stage 2: sets each sum to 0, or to the gradient if its variable is above the cut
	addToSums []*tf.Operation // stage 3: adds the gradients of a chunk with respect to the variables below the cut
	apply     []*tf.Operation // stage 4: updates the variables by the sums
}

// buildGradCache adds the four stages to the graph.
func (t *Trainer) buildGradCache(s *op.Scope, nodes []lowered, projections tf.Output, update optimizer) {
	c := &t.cache
	c.features, c.cut = features(nodes), projections
	above, below := t.predictor, t.projector
	if t.opt.Objective.Cut == objective.CutAtFeatures {
		c.cut, above, below = c.features, t.heads(), nil
	}
	grads := op.Gradients(at(s), []tf.Output{t.loss}, append([]tf.Output{c.cut}, reads(above)...))
	c.upstream = op.Placeholder(at(s), tf.Float, op.PlaceholderShape(c.cut.Shape()))
	gradients := t.gradients(s.SubScope("chunk"), nodes, c.cut, below, c.upstream)
	if s.Err() != nil {
		return // build looks at it
	}
	c.cutGrad = grads[0]
	for i, v := range above {
		gradients[v] = grads[1+i]
	}
	for _, v := range t.variables {
		if !v.trained {
			continue
		}
		sum := op.VarHandleOp(at(s), tf.Float, v.inGraph, op.VarHandleOpSharedName("gradient/"+v.name))
		zero := op.AssignVariableOp(at(s), sum, op.ZerosLike(at(s), v.read))
		if slices.Contains(above, v) {
			c.startSums = append(c.startSums, op.AssignAddVariableOp(at(s.WithControlDependencies(zero)), sum, gradients[v]))
		} else {
			c.startSums = append(c.startSums, zero)
			c.addToSums = append(c.addToSums, op.AssignAddVariableOp(at(s), sum, gradients[v]))
		}
		total := op.ReadVariableOp(at(s), sum, tf.Float)
		apply := update(s.SubScope("apply"), v, total, t.rates.of(v), t.opt.Optimizer)
		c.apply = append(c.apply, apply)
		if v.averaged {
			c.apply = append(c.apply, t.updateAverage(s, v, apply))
		}
	}
}

// chunked reports whether a batch of n views is cut.
func (t *Trainer) chunked(n int) bool { return t.opt.Chunk > 0 && n > 2*t.opt.Chunk }

// stepChunked is a step on a batch that is cut. feeds holds the rates, the queue
// and the masks. The caller holds the lock.
func (t *Trainer) stepChunked(in input, n int, feeds map[tf.Output]*tf.Tensor, headOnly bool) ([]*tf.Tensor, error) {
	c := &t.cache
	if headOnly { // the encoder does not move: the step needs only its features
		if err := t.forwardChunks(in, n, feeds, append(t.targetRows(headOnly), c.features)); err != nil {
			return nil, err
		}
		return t.run(feeds, t.fetches(headOnly), t.headUpdates)
	}
	lossFeeds := map[tf.Output]*tf.Tensor{t.queueRows: feeds[t.queueRows], t.notNegatives: feeds[t.notNegatives], t.positives: feeds[t.positives]}
	if err := t.forwardChunks(in, n, lossFeeds, append(t.targetRows(headOnly), c.cut)); err != nil {
		return nil, err
	}
	out, err := t.run(lossFeeds, append(t.fetches(headOnly), c.cutGrad), c.startSums)
	if err != nil {
		return nil, err
	}
	if err := t.backwardChunks(in, n, out[len(out)-1]); err != nil {
		return nil, err
	}
	_, err = t.run(feeds, nil, c.apply)
	return out, err
}

// targetRows are the rows of the target network that the loss of a step needs. With
// a cut at the features, the target's projector sees the whole batch too.
func (t *Trainer) targetRows(headOnly bool) []tf.Output {
	aligned := t.opt.Align > 0 && !headOnly
	var rows []tf.Output
	switch {
	case t.opt.Objective.Cut == objective.CutAtFeatures:
		if t.opt.Objective.Needs.Target || aligned {
			rows = append(rows, t.targetFeatures)
		}
		return rows
	case t.opt.Objective.Needs.Target:
		rows = append(rows, t.target)
	}
	if aligned {
		rows = append(rows, t.alignTo)
	}
	return rows
}

// forwardChunks computes some outputs chunk by chunk, one row a view, and puts
// their rows for the whole batch into feeds.
func (t *Trainer) forwardChunks(in input, n int, feeds map[tf.Output]*tf.Tensor, outputs []tf.Output) error {
	rows := make([][]float32, len(outputs))
	err := t.eachChunk(in, n, func(part *tf.Tensor, _, _ int) error {
		out, err := t.run(map[tf.Output]*tf.Tensor{in.to: part}, outputs, nil)
		if err != nil {
			return err
		}
		for i := range outputs {
			values, err := floats(out[i])
			if err != nil {
				return err
			}
			rows[i] = append(rows[i], values...)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i, output := range outputs {
		if feeds[output], err = floatTensor(rows[i], int64(n), int64(len(rows[i])/n)); err != nil {
			return err
		}
	}
	return nil
}

// backwardChunks adds up the gradients of the variables below the cut, chunk by
// chunk, from the gradient with respect to the rows at the cut.
func (t *Trainer) backwardChunks(in input, n int, cutGrad *tf.Tensor) error {
	grads, err := floats(cutGrad)
	if err != nil {
		return err
	}
	width := len(grads) / n
	return t.eachChunk(in, n, func(part *tf.Tensor, from, to int) error {
		rows, err := floatTensor(grads[from*width:to*width], int64(to-from), int64(width))
		if err != nil {
			return err
		}
		_, err = t.run(map[tf.Output]*tf.Tensor{in.to: part, t.cache.upstream: rows}, nil, t.cache.addToSums)
		return err
	})
}

// eachChunk calls use with the input of each chunk. The last chunk can be smaller.
func (t *Trainer) eachChunk(in input, n int, use func(part *tf.Tensor, from, to int) error) error {
	for from := 0; from < n; from += 2 * t.opt.Chunk {
		to := min(from+2*t.opt.Chunk, n)
		part, err := in.tensor(from, to)
		if err != nil {
			return err
		}
		if err := use(part, from, to); err != nil {
			return fmt.Errorf("views %d to %d of %d: %w", from, to, n, err)
		}
	}
	return nil
}
