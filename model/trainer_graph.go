package model

import (
	"fmt"
	"math"

	tf "github.com/tensorflow/tensorflow/tensorflow/go"
	"github.com/tensorflow/tensorflow/tensorflow/go/op"

	"edgeclr/model/arch"
)

// build makes the graph of a training step: images, features, projections,
// loss, gradients, updates. Which of them run is decided by what a step
// fetches: TensorFlow leaves out whatever its targets do not need, so a frozen
// stage costs no gradient and a step of the head alone no backward pass
// through the encoder.
func (t *Trainer) build() (*tf.Graph, error) {
	contrast, err := lossByName(t.opt.Loss)
	if err != nil {
		return nil, err
	}
	update, err := optimizerByName(t.opt.Optimizer.Name)
	if err != nil {
		return nil, err
	}
	s := op.NewScope()
	t.images = imagePlaceholder(s, t.plan)
	t.buildRates(s)

	var statistics []*tf.Operation // updates of running mean and variance
	nodes := lower(s, t.plan, t.images, func(s *op.Scope, step arch.Step, x tf.Output) convolved {
		if t.opt.TrainBatchNorm && t.trainedStage(step.Stage) {
			return t.batchNormalized(s, step, x, &statistics)
		}
		return t.folded(s, step, x)
	})
	projections := project(s.SubScope("projection_head"), features(nodes), t.headVariables(s))
	t.past = op.Placeholder(at(s), tf.Float, op.PlaceholderShape(tf.MakeShape(-1, headOut)))
	t.penalty = op.Placeholder(at(s), tf.Float, op.PlaceholderShape(tf.MakeShape(-1, -1)))
	t.normalized = l2Normalize(s, projections)
	t.contrast = contrast(s.SubScope("loss"), lossInput{projections, t.past, t.penalty, t.opt.Temperature})
	t.loss = t.contrast
	if t.opt.Align > 0 {
		t.loss = op.AddV2(at(s), t.contrast, t.alignment(s.SubScope("average")))
	}
	if err := s.Err(); err != nil {
		return nil, err
	}

	gradients := t.gradients(s, nodes, t.loss)
	if err := s.Err(); err != nil {
		return nil, fmt.Errorf("gradients: %w", err)
	}
	for _, v := range t.variables {
		if !v.trained {
			continue
		}
		apply := update(t.afterNode(s.SubScope("update"), v, gradients), v, gradients[v], t.rateOf(v), t.opt.Optimizer)
		if v.head && !v.averaged {
			t.headOnly = append(t.headOnly, apply)
		}
		t.all = append(t.all, apply)
		if v.averaged {
			t.all = append(t.all, t.average(s, v, apply))
		}
	}
	if t.opt.Align > 0 {
		t.headOnly = t.headUnaligned(s, update)
	}
	t.all = append(t.all, statistics...)
	if t.opt.Chunk > 0 {
		t.buildGradCache(s, nodes, projections, update)
	}
	return s.Finalize()
}

// gradients are those of every trained variable by y, a scalar or, with the
// gradient that has arrived at it, a tensor behind the head.
func (t *Trainer) gradients(s *op.Scope, nodes []lowered, y tf.Output, arrived ...tf.Output) map[*variable]tf.Output {
	head := t.head()
	reads := []tf.Output{features(nodes)}
	for _, v := range head {
		reads = append(reads, v.read)
	}
	back := op.Gradients(at(s), []tf.Output{y}, reads, arrived...)
	if s.Err() != nil {
		return nil
	}
	gradients := t.backward(s.SubScope("backward"), nodes, back[0])
	for i, v := range head {
		gradients[v] = back[1+i]
	}
	return gradients
}

// head lists the variables of the projection head.
func (t *Trainer) head() []*variable {
	var head []*variable
	for _, v := range t.variables {
		if v.head {
			head = append(head, v)
		}
	}
	return head
}

// afterNode holds the update of a variable back until nothing of its node's
// gradients reads it any more: a variable that is still being read is copied by
// its update.
func (t *Trainer) afterNode(s *op.Scope, v *variable, gradients map[*variable]tf.Output) *op.Scope {
	var others []*tf.Operation
	for _, other := range t.byNode[v.node] {
		if g, ok := gradients[other]; ok {
			others = append(others, g.Op)
		}
	}
	return s.WithControlDependencies(others...)
}

// buildRates makes the learning rates: the head's, the encoder's, and from this
// one those of the stages, each StageDecay of that above it.
func (t *Trainer) buildRates(s *op.Scope) {
	t.rate.encoder = op.Placeholder(at(s), tf.Float, op.PlaceholderShape(tf.ScalarShape()))
	t.rate.head = op.Placeholder(at(s), tf.Float, op.PlaceholderShape(tf.ScalarShape()))
	stages := t.opt.Arch.Stages()
	for stage := range stages {
		rate := t.rate.encoder
		if share := math.Pow(t.opt.StageDecay, float64(stages-1-stage)); share != 1 {
			rate = op.Mul(at(s), rate, op.Const(at(s), float32(share)))
		}
		t.rate.stages = append(t.rate.stages, rate)
	}
}

// rateOf is the variable's learning rate.
func (t *Trainer) rateOf(v *variable) tf.Output {
	if v.head {
		return t.rate.head
	}
	return t.rate.stages[v.stage]
}

func (t *Trainer) trainedStage(stage int) bool {
	return t.opt.Stages == 0 || stage >= t.opt.Arch.Stages()-t.opt.Stages
}

// add makes a variable of the encoder or the head and returns its reader.
func (t *Trainer) add(s *op.Scope, v variable) *variable {
	v.decayed = !t.opt.Optimizer.KernelsOnly || len(v.shape) > 1
	v.averaged = v.trained && t.opt.Align > 0
	v.build(s)
	t.variables = append(t.variables, &v)
	return &v
}

// nodeVariables adds those of a ConvBN node, in the order that normOf takes.
func (t *Trainer) nodeVariables(s *op.Scope, n arch.Node) []*variable {
	trained := t.trainedStage(n.Stage)
	vector := func(name string, trained bool) *variable {
		return t.add(s, variable{name: n.BatchNorm + name, node: n.Name, stage: n.Stage, shape: []int{n.Out}, trained: trained})
	}
	list := []*variable{
		t.add(s, variable{name: n.Weight, node: n.Name, stage: n.Stage, shape: n.KernelShape(), kernel: true,
			depthwise: n.Depthwise, trained: trained}),
		vector(".weight", trained),
		vector(".bias", trained),
		vector(".running_mean", false),
		vector(".running_var", false),
	}
	t.byNode[n.Name] = list
	return list
}

// headVariables adds the head's variables and returns a reader by name.
func (t *Trainer) headVariables(s *op.Scope) func(name string) tf.Output {
	reads := map[string]tf.Output{}
	for _, spec := range HeadSpecs(t.opt.Arch.Features) {
		v := t.add(s.SubScope("head"), variable{name: spec.Name, shape: spec.Shape, head: true, trained: true})
		reads[spec.Name] = v.read
	}
	return func(name string) tf.Output { return reads[name] }
}
