package daemon

import (
	"context"
	"errors"
	"fmt"

	"edgeclr/daemon/blend"
	"edgeclr/model/weights"
	"edgeclr/storage"
)

// resumeName is the learner's entry among the store's resume states.
const resumeName = "learner"

// resumePoint is what the store remembers of the learner besides its tensors.
// Every draw is made from seed, round and step, so these are the random state too.
type resumePoint struct {
	Round  int                  // rounds begun, counted from 1
	Parent storage.CheckpointID // from which the round started: what served, or its root; see astray
	Sees   storage.CheckpointID // that served then: its vectors tell what is alike
	Step   int                  // steps done of the round
	Steps  int                  // of the round's schedule
	Loss   float64              // mean of the last steps done
	Stored uint64               // frames ever stored when the round began
	Before int                  // steps of all rounds before: draws of frames count on
	Slower int                  // how often the rate is halved; see slower
	Longer int                  // how often the steps are doubled; see longer
	Astray bool                 // the next round starts from the root; see astray
	Seed   uint64
	Active bool // false between rounds
	Again  bool // another round is due without new frames: this one was given up, its result serves, or it was too short to tell

	// Promote is the candidate that is to serve; it is remembered together with
	// the end of its round, and forgotten once it does. "" when there is none.
	Promote storage.CheckpointID
	Reason  string
}

// next is the beginning of the round after the one at point.
func (l *learner) next(point resumePoint, steps int) (resumePoint, error) {
	serving, err := l.s.store.Serving()
	if err != nil {
		return point, err
	}
	parent := serving
	if point.Astray {
		if parent, err = blend.RootID(l.s.store, serving); err != nil {
			return point, err
		}
	}
	return resumePoint{Round: point.Round + 1, Parent: parent, Sees: serving, Steps: steps, Stored: l.s.store.Counters().Stored,
		Before: point.Before + point.Step, Slower: point.Slower, Longer: point.Longer, Astray: point.Astray,
		Seed: l.s.config().Model.Seed + uint64(point.Round), Active: true}, nil
}

// saved reads where the last process, or the last round, ended. A state that
// cannot be used any more is given up with an event: the round begins anew,
// which costs its steps and nothing else.
func (l *learner) saved(ctx context.Context) (resumePoint, weights.Set, error) {
	var point resumePoint
	tensors, err := l.s.store.LoadState(ctx, resumeName, &point)
	switch {
	case errors.Is(err, storage.ErrNotFound):
		return resumePoint{}, nil, nil
	case errors.Is(err, storage.ErrCorrupt):
		point, err = l.giveUp(ctx, point, err)
		return point, nil, err
	case err != nil || !point.Active:
		return point, nil, err
	}
	if _, err := l.s.store.Checkpoint(point.Parent); err != nil {
		point, err = l.giveUp(ctx, point, fmt.Errorf("it started from %s, which is gone: %w", point.Parent, err))
		return point, nil, err
	}
	return point, tensors, nil
}

// giveUp ends an interrupted round that cannot go on, and says so once: the
// next round begins anew, with other draws.
func (l *learner) giveUp(ctx context.Context, point resumePoint, why error) (resumePoint, error) {
	point = resumePoint{Round: point.Round, Before: point.Before + point.Steps, Slower: point.Slower, Longer: point.Longer, Astray: point.Astray, Again: true}
	err := l.s.store.SaveState(ctx, resumeName, point, nil)
	if err == nil {
		l.s.events.Publish(storage.Event{
			Kind: storage.EventLearn, Text: fmt.Sprintf("the interrupted round of training is given up: %v", why),
			Data: map[string]any{"round": point.Round, "error": why.Error()},
		})
	}
	return point, err
}
