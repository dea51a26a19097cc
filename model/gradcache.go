package model

import (
	"fmt"

	tf "github.com/tensorflow/tensorflow/tensorflow/go"
	"github.com/tensorflow/tensorflow/tensorflow/go/op"
)

// gradCache trains on batches far beyond memory (Gao et al. 2021, "Scaling Deep
// Contrastive Learning Batch Size under Memory Limited Peak Memory"). The
// contrastive loss needs the projections of the whole batch, which are small;
// only what lies between image and projection is large. So a step is
//
//  1. a forward pass, chunk by chunk, that keeps the projections alone (and
//     what they are aligned to);
//  2. the loss of the whole batch and its gradient by each projection;
//  3. a second pass, chunk by chunk, that carries those gradients back into
//     the weights, where they add up;
//  4. one update.
//
// With frozen batch normalisation both passes see the same function, and the
// gradient equals that of the whole batch; with statistics of each chunk it
// would not, so that is refused. It costs a forward pass more.
type gradCache struct {
	features    tf.Output // [B, features]; can be fed instead of images
	projections tf.Output // [B, D]; can be fed instead of images
	byRow       tf.Output // gradient of the loss by the projections
	carried     tf.Output // placeholder: that gradient, for the rows of a chunk
	zero        []*tf.Operation
	add         []*tf.Operation
	apply       []*tf.Operation
}

// buildGradCache adds the four stages to the graph.
func (t *Trainer) buildGradCache(s *op.Scope, nodes []lowered, projections tf.Output, update optimizer) {
	c := &t.cache
	c.features, c.projections = features(nodes), projections
	byRow := op.Gradients(at(s), []tf.Output{t.loss}, []tf.Output{projections})
	c.carried = op.Placeholder(at(s), tf.Float, op.PlaceholderShape(tf.MakeShape(-1, headOut)))
	gradients := t.gradients(s.SubScope("chunk"), nodes, projections, c.carried)
	if s.Err() != nil {
		return // build looks at it
	}
	c.byRow = byRow[0]
	for _, v := range t.variables {
		if !v.trained {
			continue
		}
		sum := op.VarHandleOp(at(s), tf.Float, v.inGraph, op.VarHandleOpSharedName("gradient/"+v.name))
		c.zero = append(c.zero, op.AssignVariableOp(at(s), sum, op.ZerosLike(at(s), v.read)))
		c.add = append(c.add, op.AssignAddVariableOp(at(s), sum, gradients[v]))
		total := op.ReadVariableOp(at(s), sum, tf.Float)
		apply := update(s.SubScope("apply"), v, total, t.rateOf(v), t.opt.Optimizer)
		c.apply = append(c.apply, apply)
		if v.averaged {
			c.apply = append(c.apply, t.average(s, v, apply))
		}
	}
}

// chunked reports whether a batch of n views is cut.
func (t *Trainer) chunked(n int) bool { return t.opt.Chunk > 0 && n > 2*t.opt.Chunk }

// eachChunk calls use with the views of each chunk; the last one can be smaller.
func (t *Trainer) eachChunk(views []uint8, n int, use func(images *tf.Tensor, from, to int) error) error {
	one := t.opt.Size * t.opt.Size * 3
	for from := 0; from < n; from += 2 * t.opt.Chunk {
		to := min(from+2*t.opt.Chunk, n)
		images, err := imageTensor(views[from*one:to*one], to-from, t.opt.Size)
		if err != nil {
			return err
		}
		if err := use(images, from, to); err != nil {
			return fmt.Errorf("views %d to %d of %d: %w", from, to, n, err)
		}
	}
	return nil
}

// forward computes rows of values, one a view, chunk by chunk, and feeds each
// of the outputs with its own.
func (t *Trainer) forward(views []uint8, n int, feeds map[tf.Output]*tf.Tensor, outputs ...tf.Output) error {
	rows := make([][]float32, len(outputs))
	err := t.eachChunk(views, n, func(images *tf.Tensor, _, _ int) error {
		out, err := t.run(map[tf.Output]*tf.Tensor{t.images: images}, outputs, nil)
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

// stepChunked is a step on a batch that is cut. feeds holds the rates; the
// caller holds the lock.
func (t *Trainer) stepChunked(views []uint8, n int, feeds map[tf.Output]*tf.Tensor, headOnly bool) ([]*tf.Tensor, error) {
	c := &t.cache
	if headOnly { // the encoder does not move: its features are all that is needed
		if err := t.forward(views, n, feeds, c.features); err != nil {
			return nil, err
		}
		return t.run(feeds, t.fetches(headOnly), t.headOnly)
	}
	outputs := []tf.Output{c.projections}
	if t.opt.Align > 0 {
		outputs = append(outputs, t.target)
	}
	whole := map[tf.Output]*tf.Tensor{t.past: feeds[t.past], t.penalty: feeds[t.penalty]}
	if err := t.forward(views, n, whole, outputs...); err != nil {
		return nil, err
	}
	out, err := t.run(whole, append(t.fetches(headOnly), c.byRow), c.zero)
	if err != nil {
		return nil, err
	}
	byRow, err := floats(out[len(out)-1])
	if err != nil {
		return nil, err
	}
	err = t.eachChunk(views, n, func(images *tf.Tensor, from, to int) error {
		rows, err := floatTensor(byRow[from*headOut:to*headOut], int64(to-from), headOut)
		if err != nil {
			return err
		}
		_, err = t.run(map[tf.Output]*tf.Tensor{t.images: images, c.carried: rows}, nil, c.add)
		return err
	})
	if err != nil {
		return nil, err
	}
	_, err = t.run(feeds, nil, c.apply)
	return out, err
}
