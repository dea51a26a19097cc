package model

import (
	"fmt"
	"slices"

	tf "github.com/tensorflow/tensorflow/tensorflow/go"

	"edgeclr/internal/tensor"
	"edgeclr/model/weights"
)

// State is everything a trainer holds, in PyTorch's names and layout.
type State struct {
	Encoder  weights.Set // the tensors of Architecture.Specs
	Head     weights.Set // the tensors of Objective.HeadSpecs
	Momentum weights.Set // one for each trained tensor, by its name; empty means zeros
	Queue    []float32   // rows that past steps enqueued, [Q,D]; empty at the start

	// Average is the target network: the moving average of each trained tensor that
	// it has, by the tensor's name. Empty means the weights themselves.
	Average weights.Set
}

// part names one of the sets of a State, for errors.
type part string

const (
	partWeights  part = "weights"
	partMomentum part = "momentum"
	partAverage  part = "average"
)

// place connects a tensor of the session with its set in a State.
type place struct {
	v    *variable
	part part
	slot slot
}

// set is the set that the tensor belongs to.
func (p place) set(state *State) *weights.Set {
	switch {
	case p.part == partMomentum:
		return &state.Momentum
	case p.part == partAverage:
		return &state.Average
	case p.v.head:
		return &state.Head
	}
	return &state.Encoder
}

// places lists the tensors of the session, variable by variable, its weights first.
// resumable includes what only a resumed round needs.
func (t *Trainer) places(resumable bool) []place {
	var list []place
	for _, v := range t.variables {
		list = append(list, place{v, partWeights, v.slot})
		if v.trained && resumable {
			list = append(list, place{v, partMomentum, v.momentum})
		}
		if v.averaged && resumable {
			list = append(list, place{v, partAverage, v.average})
		}
	}
	return list
}

// Restore loads a state. Every tensor of encoder and heads must be there, with its
// shape (ErrShape) and finite values (ErrDiverged). A step would not show every
// NaN: a maximum can hide one from the loss.
func (t *Trainer) Restore(state State) error {
	feeds, targets := map[tf.Output]*tf.Tensor{}, []*tf.Operation{}
	var own tensor.Tensor // the weights of the variable, which come first
	for _, p := range t.places(true) {
		tensor, ok := p.set(&state).Find(p.v.name)
		switch {
		case p.part == partWeights && !ok:
			return fmt.Errorf("%w: the state has no tensor %q", ErrShape, p.v.name)
		case p.part == partWeights:
			own = tensor
		case p.part == partMomentum && !ok:
			tensor = p.v.zeros()
		case !ok:
			tensor = own
		}
		value, err := p.v.toSession(tensor)
		if err != nil {
			return fmt.Errorf("%s: %w", p.part, err)
		}
		feeds[p.slot.initial] = value
		targets = append(targets, p.slot.assign)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.session == nil {
		return ErrClosed
	}
	if _, err := t.session.Run(feeds, nil, targets); err != nil {
		return fmt.Errorf("loading weights into %s: %w", t.opt.Arch.Name, err)
	}
	t.queue.restore(state.Queue)
	return nil
}

// State copies everything out. Weights that are not finite give ErrDiverged.
func (t *Trainer) State() (State, error) { return t.state(true) }

// Weights is State without what only a resumed round needs: momentum, average and
// queue.
func (t *Trainer) Weights() (State, error) { return t.state(false) }

func (t *Trainer) state(resumable bool) (State, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.session == nil {
		return State{}, ErrClosed
	}
	var state State
	if resumable {
		state.Queue = slices.Clone(t.queue.rows)
	}
	for group := range slices.Chunk(t.places(resumable), tensorsPerRead) {
		fetches := make([]tf.Output, len(group))
		for i, p := range group {
			fetches[i] = p.slot.read
		}
		out, err := t.session.Run(nil, fetches, nil)
		if err != nil {
			return State{}, fmt.Errorf("reading the weights of %s: %w", t.opt.Arch.Name, err)
		}
		for i, p := range group {
			tensor, err := p.v.fromSession(out[i])
			if err != nil {
				return State{}, fmt.Errorf("training diverged: %s: %w", p.part, err)
			}
			set := p.set(&state)
			*set = append(*set, tensor)
		}
	}
	return state, nil
}

// tensorsPerRead is how many tensors are read in one run. TensorFlow prepares the
// graph anew for each list that it has not read before, which takes 30 ms. A list
// of all tensors would put a second copy of everything into memory.
const tensorsPerRead = 128
