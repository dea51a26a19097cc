package learn

import (
	"context"
	"fmt"
	"strings"

	"edgeclr/daemon/blend"
	"edgeclr/internal/tensor"
	"edgeclr/model"
	"edgeclr/model/arch"
	"edgeclr/model/objective"
	"edgeclr/model/weights"
	"edgeclr/storage"
)

// Names of the learner's tensors in a store, beside the weights.
const (
	momentumPrefix = "momentum/" // before the names of the optimiser's tensors
	averagePrefix  = "average/"  // before the names of the moving average's tensors
	queueName      = "queue"     // past projections
)

// flatten puts a trainer's state in one set. The set has the weights. With resumable,
// it also has what only a resumed round needs: momentum, moving average and queue.
func flatten(state model.State, resumable bool) weights.Set {
	set := append(append(weights.Set{}, state.Encoder...), state.Head...)
	if resumable {
		for _, t := range state.Momentum {
			t.Name = momentumPrefix + t.Name
			set = append(set, t)
		}
		for _, t := range state.Average {
			t.Name = averagePrefix + t.Name
			set = append(set, t)
		}
		if n := len(state.Queue); n > 0 {
			set = append(set, tensor.Tensor{Name: queueName, Shape: []int{n}, Data: state.Queue})
		}
	}
	return set
}

// unflatten makes a trainer's state from a stored set. A head of the objective that is
// not in the set is made from the seed: a pretrained or imported encoder has no head.
func unflatten(set weights.Set, a *arch.Architecture, loss string, seed uint64) (model.State, error) {
	var state model.State
	for _, t := range set {
		name := t.Name
		switch {
		case strings.HasPrefix(name, momentumPrefix):
			t.Name = name[len(momentumPrefix):]
			state.Momentum = append(state.Momentum, t)
		case strings.HasPrefix(name, averagePrefix):
			t.Name = name[len(averagePrefix):]
			state.Average = append(state.Average, t)
		case name == queueName:
			state.Queue = t.Data
		}
	}
	o, err := objective.Get(loss)
	if err != nil {
		return state, err
	}
	all := func(string) bool { return true }
	if state.Encoder, err = set.Match(a.Specs(), all); err != nil {
		return state, err
	}
	state.Head, err = model.Heads(set, o, a.Features, seed)
	return state, err
}

// startingPoint reads a checkpoint as the state from which training starts.
func (l *Learner) startingPoint(ctx context.Context, cp storage.Checkpoint, loss string, seed uint64) (*arch.Architecture, model.State, error) {
	a, err := arch.Get(cp.Arch)
	if err != nil {
		return nil, model.State{}, err
	}
	set, err := l.opt.Store.Tensors(ctx, cp.ID)
	if err != nil {
		return nil, model.State{}, err
	}
	state, err := unflatten(set, a, loss, seed)
	if err != nil {
		return nil, model.State{}, fmt.Errorf("checkpoint %s: %w", cp.ID, err)
	}
	return a, state, nil
}

// child describes the checkpoint that training from parent makes, with a value of
// serve.blend. Share is what the judge chose for config.BlendAuto: see [blend.Child].
func (l *Learner) child(parent storage.Checkpoint, blending string, share float64) (storage.Checkpoint, error) {
	return blend.Child(l.opt.Store, parent, blending, share, l.opt.Log)
}

// putTrained stores a trained state as a checkpoint, with the blend and the share that
// it was judged with.
func (l *Learner) putTrained(ctx context.Context, parent storage.Checkpoint, state model.State, p Progress, seed uint64, j judgement) (storage.CheckpointID, error) {
	cp, err := l.child(parent, j.blend, j.share)
	if err != nil {
		return "", err
	}
	cp.Step, cp.Loss, cp.Created, cp.Seed, cp.LearnSize = parent.Step+p.Step, p.Loss, l.opt.Now(), seed, p.Size
	cp.Note = fmt.Sprintf("%d steps from %s", p.Step, parent.ID)
	return l.opt.Store.PutCheckpoint(ctx, cp, flatten(state, false))
}
