package model

import (
	tf "github.com/tensorflow/tensorflow/tensorflow/go"
	"github.com/tensorflow/tensorflow/tensorflow/go/op"

	"edgeclr/model/arch"
)

// The target network is the moving average of encoder and projector (Tarvainen
// and Valpola 2017, "Mean teachers are better role models", section 2). It sees
// the same views as the online network, the one that is trained, and has no
// gradient. It exists when the objective reads it or TrainerOptions.Align is
// above 0.
//
// Only trained tensors have an average. The rest of the second forward pass is
// the same operations on the same tensors, which TensorFlow computes once. So
// with few trained stages that pass is short. Trained batch normalisation uses the
// batch's statistics here too; the running statistics are the online network's.
//
// While the heads learn alone, the projector's average becomes the projector
// itself after each step, and the encoder's average does not change. A new head is
// noise at first, and an average of noise would be a bad target.

// hasTarget reports whether the trainer holds a target network.
func (t *Trainer) hasTarget() bool { return t.opt.Objective.NeedsTarget(t.opt.Align) }

// lowerTarget builds the target network and returns its projections.
func (t *Trainer) lowerTarget(s *op.Scope) tf.Output {
	nodes := lower(s, t.plan, t.images, func(s *op.Scope, step arch.Step, x tf.Output) convolved {
		params := bnParamsOf(t.byNode[step.Name], (*variable).target)
		if t.opt.TrainBatchNorm && t.trainedStage(step.Stage) {
			y, _, _ := params.batchNormalized(s, t.opt.Arch, step, x)
			return y
		}
		return params.folded(s, t.opt.Arch, step, x)
	})
	t.targetFeatures = features(nodes)
	projections := lowerHead(s, t.opt.Objective.Projector, t.targetFeatures, t.projector, (*variable).target)
	return op.StopGradient(at(s), projections)
}

// updateAverage builds the update of a variable's average, which runs once the
// variable has moved: average = TargetDecay*average + (1-TargetDecay)*value.
func (t *Trainer) updateAverage(s *op.Scope, v *variable, moved *tf.Operation) *tf.Operation {
	difference := op.Sub(at(s), v.average.read, v.after(s, moved))
	return op.ResourceApplyGradientDescent(at(s), v.average.handle, op.Const(at(s), float32(1-t.opt.TargetDecay)), difference)
}

// headOnlyWithTarget builds the updates for steps in which the heads learn alone
// and a target network exists. They follow the objective's own loss, without
// alignment, and the projector's average becomes the projector itself.
func (t *Trainer) headOnlyWithTarget(s *op.Scope, update optimizer) []*tf.Operation {
	heads := t.heads()
	gradients := op.Gradients(at(s), []tf.Output{t.objectiveLoss}, reads(heads))
	var updates []*tf.Operation
	for i, v := range heads {
		if s.Err() != nil {
			return nil
		}
		apply := update(s.SubScope("heads_only"), v, gradients[i], t.rates.head, t.opt.Optimizer)
		updates = append(updates, apply)
		if v.averaged {
			updates = append(updates, op.AssignVariableOp(at(s), v.average.handle, v.after(s, apply)))
		}
	}
	return updates
}
