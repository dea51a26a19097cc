package model

import (
	"fmt"
	"slices"

	tf "github.com/tensorflow/tensorflow/tensorflow/go"
	"github.com/tensorflow/tensorflow/tensorflow/go/op"

	"edgeclr/model/arch"
	"edgeclr/model/objective"
)

// build makes the graph of a training step: images, features, projections, loss,
// gradients, updates. What a step fetches decides which of them run. TensorFlow
// leaves out whatever the fetches do not need: a frozen stage costs no gradient,
// and a step of the heads alone no backward pass through the encoder.
func (t *Trainer) build() (*tf.Graph, error) {
	update, err := optimizerByName(t.opt.Optimizer.Name)
	if err != nil {
		return nil, err
	}
	s, err := newScope()
	if err != nil {
		return nil, err
	}
	t.images = imagePlaceholder(s, t.plan)
	t.rates = newRates(s, t.opt.Arch.Stages(), t.opt.StageDecay)
	nodes, statistics := t.lowerOnline(s)
	t.findTrunk(nodes)
	projections := t.lowerLoss(s, features(nodes))
	if err := s.Err(); err != nil {
		return nil, err
	}
	gradients := t.gradients(s, nodes, t.loss, t.heads())
	if err := s.Err(); err != nil {
		return nil, fmt.Errorf("gradients: %w", err)
	}
	t.buildUpdates(s, update, gradients)
	t.allUpdates = append(t.allUpdates, statistics...)
	if t.opt.Chunk > 0 {
		t.buildGradCache(s, nodes, projections, update)
	}
	return s.Finalize()
}

// lowerOnline builds the encoder that is trained. statistics are the updates of
// its running means and variances.
func (t *Trainer) lowerOnline(s *op.Scope) (nodes []lowered, statistics []*tf.Operation) {
	nodes = lower(s, t.plan, t.images, func(s *op.Scope, step arch.Step, x tf.Output) convolved {
		list := t.addNodeVariables(s, step.Node)
		params := bnParamsOf(list, (*variable).online)
		if t.opt.TrainBatchNorm && t.trainedStage(step.Stage) {
			y, mean, variance := params.batchNormalized(s, t.opt.Arch, step, x)
			statistics = append(statistics, updateRunning(s, t.opt.Arch, list, mean, variance)...)
			return y
		}
		return params.folded(s, t.opt.Arch, step, x)
	})
	return nodes, statistics
}

// lowerLoss builds the heads, the target network and the objective's loss over
// the features of the online network, and returns its projections.
func (t *Trainer) lowerLoss(s *op.Scope, features tf.Output) (projections tf.Output) {
	o := t.opt.Objective
	t.addHeadVariables(s)
	projections, predictions := t.lowerHeads(s.SubScope("projection_head"), features)
	t.queueRows = op.Placeholder(at(s), tf.Float, op.PlaceholderShape(tf.MakeShape(-1, int64(o.Projector.Width()))))
	t.notNegatives = op.Placeholder(at(s), tf.Float, op.PlaceholderShape(tf.MakeShape(-1, -1)))
	t.positives = op.Placeholder(at(s), tf.Float, op.PlaceholderShape(tf.MakeShape(-1, -1)))
	if t.hasTarget() {
		t.target = t.lowerTarget(s.SubScope("target"))
	}
	if s.Err() != nil {
		return tf.Output{}
	}

	// A tensor that the objective has not asked for stays nil.
	in := objective.Input{NotNegatives: t.notNegatives, Temperature: t.opt.Temperature}
	in.Online = objective.Outputs{Features: features, Projections: projections}
	if predictions.Op != nil {
		in.Online.Predictions = predictions
	}
	if o.Needs.Target {
		in.Target.Projections = t.target
		if o.Cut != objective.CutAtProjections {
			in.Target.Features = op.StopGradient(at(s), t.targetFeatures)
		}
	}
	if o.Needs.Queue {
		in.Queue = t.queueRows
	}
	if o.Needs.Positives {
		in.Positives = t.positives
	}
	g := objectiveGraph{s.SubScope("loss")}
	built := o.Build(g, in)
	t.objectiveLoss, t.observed = g.output(built.Value), g.output(built.Observed)
	if o.Needs.Queue {
		t.enqueue = g.output(built.Enqueue)
	}
	t.loss = t.objectiveLoss
	if t.opt.Align > 0 {
		g := objectiveGraph{s.SubScope("alignment")}
		t.alignTo = l2Normalize(s, t.target)
		t.loss = op.AddV2(at(s), t.loss, g.output(objective.Alignment(g, l2Normalize(s, projections), t.alignTo, t.opt.Align)))
	}
	return projections
}

// gradients builds the gradients of y with respect to the variables in heads and to
// all trained variables of the encoder. y is a scalar, or a tensor whose upstream
// gradient is given.
func (t *Trainer) gradients(s *op.Scope, nodes []lowered, y tf.Output, heads []*variable, upstream ...tf.Output) map[*variable]tf.Output {
	grads := op.Gradients(at(s), []tf.Output{y}, append([]tf.Output{features(nodes)}, reads(heads)...), upstream...)
	if s.Err() != nil {
		return nil
	}
	gradients := t.backward(s.SubScope("backward"), nodes, grads[0])
	for i, v := range heads {
		gradients[v] = grads[1+i]
	}
	return gradients
}

// buildUpdates builds the updates of a step on a whole batch, with all of the
// network moving and with the heads alone.
func (t *Trainer) buildUpdates(s *op.Scope, update optimizer, gradients map[*variable]tf.Output) {
	for _, v := range t.variables {
		if !v.trained {
			continue
		}
		apply := update(t.afterNode(s.SubScope("update"), v, gradients), v, gradients[v], t.rates.of(v), t.opt.Optimizer)
		t.allUpdates = append(t.allUpdates, apply)
		if v.averaged {
			t.allUpdates = append(t.allUpdates, t.updateAverage(s, v, apply))
		}
		if v.head && !t.hasTarget() {
			t.headUpdates = append(t.headUpdates, apply)
		}
	}
	if t.hasTarget() {
		t.headUpdates = t.headOnlyWithTarget(s, update)
	}
}

// afterNode delays the update of a variable until no gradient of its node reads
// it any more. TensorFlow copies a variable that is updated while it is read.
func (t *Trainer) afterNode(s *op.Scope, v *variable, gradients map[*variable]tf.Output) *op.Scope {
	var others []*tf.Operation
	for _, other := range t.byNode[v.node] {
		if g, ok := gradients[other]; ok {
			others = append(others, g.Op)
		}
	}
	return s.WithControlDependencies(others...)
}

// trainedStage reports whether a stage of the encoder is trained.
func (t *Trainer) trainedStage(stage int) bool {
	return t.opt.Stages == 0 || stage >= t.opt.Arch.Stages()-t.opt.Stages
}

// addVariable adds a variable to the graph and to the trainer.
func (t *Trainer) addVariable(s *op.Scope, v variable) *variable {
	v.decayed = !t.opt.Optimizer.KernelsOnly || len(v.shape) > 1
	v.build(s)
	t.variables = append(t.variables, &v)
	return &v
}

// addNodeVariables adds the variables of a ConvBN node, and returns them in the
// order that bnParamsOf takes.
func (t *Trainer) addNodeVariables(s *op.Scope, n arch.Node) []*variable {
	trained := t.trainedStage(n.Stage)
	add := func(v variable) *variable {
		v.node, v.stage = n.Name, n.Stage
		v.averaged = v.trained && t.hasTarget()
		return t.addVariable(s, v)
	}
	vector := func(name string, trained bool) *variable {
		return add(variable{name: n.BatchNorm + name, shape: []int{n.Out}, trained: trained})
	}
	list := []*variable{
		add(variable{name: n.Weight, shape: n.KernelShape(), kernel: true, depthwise: n.Depthwise, trained: trained}),
		vector(".weight", trained),
		vector(".bias", trained),
		vector(".running_mean", false),
		vector(".running_var", false),
	}
	t.byNode[n.Name] = list
	return list
}

// addHeadVariables adds the variables of the objective's heads. The target network
// has no predictor.
func (t *Trainer) addHeadVariables(s *op.Scope) {
	o := t.opt.Objective
	add := func(head objective.Head, inputs int, averaged bool) (list []*variable) {
		for _, spec := range head.Specs(inputs) {
			v := variable{name: spec.Name, shape: spec.Shape, head: true, trained: true, averaged: averaged}
			list = append(list, t.addVariable(s.SubScope("head"), v))
		}
		return list
	}
	t.projector = add(o.Projector, t.opt.Arch.Features, t.hasTarget())
	t.predictor = add(o.Predictor, o.Projector.Width(), false)
}

// heads lists the variables of the objective's heads.
func (t *Trainer) heads() []*variable { return slices.Concat(t.projector, t.predictor) }

// reads lists the online values of variables.
func reads(variables []*variable) []tf.Output {
	outputs := make([]tf.Output, len(variables))
	for i, v := range variables {
		outputs[i] = v.read
	}
	return outputs
}
