package model

import (
	tf "github.com/tensorflow/tensorflow/tensorflow/go"
	"github.com/tensorflow/tensorflow/tensorflow/go/op"

	"edgeclr/model/arch"
)

// alignment is the term of the loss that holds the encoder to what it was,
// against forgetting (CLIMB, CoLLAs 2026; CLA-E before it):
//
//	Align * mean over the 2N views of (1 - cos(z, target))
//
// z is a view's projection; target is that of the same view by the moving
// averages of encoder and head (Tarvainen and Valpola 2017, "Mean teachers are
// better role models", section 2), and has no gradient. CLIMB has one more
// small network between the two, and aligns its replayed samples alone; here it
// is the cheapest form, on all views.
//
// Only what is trained has an average. The rest is the same tensors into the
// same operations, which TensorFlow computes once: with few stages trained the
// second forward pass is short. Batch norm that is trained normalises by the
// batch here too, and its running statistics are the encoder's alone.
//
// While the head learns alone there is nothing to hold: a new head is noise at
// first, and an average of that noise would be a bad target. So its average
// then follows at once, and the encoder's rests.
func (t *Trainer) alignment(s *op.Scope) tf.Output {
	nodes := lower(s, t.plan, t.images, func(s *op.Scope, step arch.Step, x tf.Output) convolved {
		v := normOf(t.byNode[step.Name], (*variable).mean)
		if t.opt.TrainBatchNorm && t.trainedStage(step.Stage) {
			y, _, _ := v.byBatch(s, t.opt.Arch, step, x)
			return y
		}
		return v.folded(s, t.opt.Arch, step, x)
	})
	means := map[string]tf.Output{}
	for _, v := range t.head() {
		means[v.name] = v.mean()
	}
	projections := project(s, features(nodes), func(name string) tf.Output { return means[name] })
	t.target = op.StopGradient(at(s), l2Normalize(s, projections))
	cosines := op.Sum(at(s), op.Mul(at(s), t.normalized, t.target), op.Const(at(s), []int32{1}))
	away := op.Sub(at(s), op.Const(at(s), float32(1)), cosines)
	return op.Mul(at(s), op.Mean(at(s), away, op.Const(at(s), []int32{0})), op.Const(at(s), float32(t.opt.Align)))
}

// average moves a variable's average once the variable has moved:
// average = AlignDecay*average + (1-AlignDecay)*value.
func (t *Trainer) average(s *op.Scope, v *variable, moved *tf.Operation) *tf.Operation {
	away := op.Sub(at(s), v.average.read, v.after(s, moved))
	return op.ResourceApplyGradientDescent(at(s), v.average.handle, op.Const(at(s), float32(1-t.opt.AlignDecay)), away)
}

// headUnaligned are the updates while the head learns alone: by the contrastive
// loss, with an average that is the head itself.
func (t *Trainer) headUnaligned(s *op.Scope, update optimizer) []*tf.Operation {
	head := t.head()
	reads := make([]tf.Output, len(head))
	for i, v := range head {
		reads[i] = v.read
	}
	gradients := op.Gradients(at(s), []tf.Output{t.contrast}, reads)
	var updates []*tf.Operation
	for i, v := range head {
		if s.Err() != nil {
			return nil
		}
		apply := update(s.SubScope("unaligned"), v, gradients[i], t.rate.head, t.opt.Optimizer)
		updates = append(updates, apply, op.AssignVariableOp(at(s), v.average.handle, v.after(s, apply)))
	}
	return updates
}
