package learn

import (
	"context"
	"errors"
	"fmt"
	"time"

	"edgeclr/daemon/blend"
	"edgeclr/model"
	"edgeclr/model/weights"
	"edgeclr/storage"
)

// resumeName is the learner's entry among the store's states.
const resumeName = "learner"

// resumePoint is what the store remembers of the learner besides its tensors.
// Every draw is made from seed, round and step, so these are the random state
// too. The names in the store are those of the first release.
type resumePoint struct {
	Round   int                  // rounds begun, counted from 1
	Parent  storage.CheckpointID // from which the round started: what served, or its root (see FromRoot)
	Serving storage.CheckpointID `json:"Sees"` // that served then: its vectors tell which frames are neighbours
	Step    int                  // steps done of the round
	Steps   int                  // of the round's schedule
	Loss    float64              // mean of the last steps done
	Stored  uint64               // frames ever stored when the round began
	Seed    uint64
	Active  bool // false between rounds

	StepsBefore   int  `json:"Before"` // of all rounds before, since draws of frames count on
	RateHalvings  int  `json:"Slower"` // see rateHalvings
	StepDoublings int  `json:"Longer"` // see stepDoublings
	FromRoot      bool `json:"Astray"` // the next round starts from the root; see fromRoot
	// Due says that another round is due without new frames: this one was given
	// up, its result serves, or it was too short to tell.
	Due bool `json:"Again"`

	// Promote is the candidate that is to serve. It is remembered together with
	// the end of its round, and forgotten once it serves. "" when there is none.
	Promote storage.CheckpointID
	Reason  string
}

// next is the beginning of the round after the one at point.
func (l *Learner) next(point resumePoint, steps int) (resumePoint, error) {
	serving, err := l.opt.Store.Serving()
	if err != nil {
		return point, err
	}
	parent := serving
	if point.FromRoot {
		if parent, err = blend.RootID(l.opt.Store, serving); err != nil {
			return point, err
		}
	}
	return resumePoint{Round: point.Round + 1, Parent: parent, Serving: serving, Steps: steps, Stored: l.opt.Store.Counters().Stored,
		StepsBefore: point.StepsBefore + point.Step, RateHalvings: point.RateHalvings, StepDoublings: point.StepDoublings, FromRoot: point.FromRoot,
		Seed: l.opt.Config().Model.Seed + uint64(point.Round), Active: true}, nil
}

// saved reads where the last process, or the last round, ended. When that state
// cannot be used any more, saved gives it up with an event. The round then begins
// anew, which costs its steps and nothing else.
func (l *Learner) saved(ctx context.Context) (resumePoint, weights.Set, error) {
	var point resumePoint
	tensors, err := l.opt.Store.LoadState(ctx, resumeName, &point)
	switch {
	case errors.Is(err, storage.ErrNotFound):
		return resumePoint{}, nil, nil
	case errors.Is(err, storage.ErrCorrupt):
		point, err = l.giveUp(ctx, point, err)
		return point, nil, err
	case err != nil || !point.Active:
		return point, nil, err
	}
	if _, err := l.opt.Store.Checkpoint(point.Parent); err != nil {
		point, err = l.giveUp(ctx, point, fmt.Errorf("it started from %s, which is gone: %w", point.Parent, err))
		return point, nil, err
	}
	return point, tensors, nil
}

// giveUp ends an interrupted round that cannot go on, and says so once. The next
// round begins anew, with other draws.
func (l *Learner) giveUp(ctx context.Context, point resumePoint, why error) (resumePoint, error) {
	point = resumePoint{Round: point.Round, StepsBefore: point.StepsBefore + point.Steps, RateHalvings: point.RateHalvings,
		StepDoublings: point.StepDoublings, FromRoot: point.FromRoot, Due: true}
	err := l.opt.Store.SaveState(ctx, resumeName, point, nil)
	if err == nil {
		l.opt.Publish(storage.Event{
			Kind: storage.EventLearn, Text: fmt.Sprintf("the interrupted round of training is given up: %v", why),
			Data: map[string]any{"round": point.Round, "error": why.Error()},
		})
	}
	return point, err
}

// lastSave bounds the time for the save of an interrupted round: the service must
// end in time. When the save is too slow, the one before stays.
const lastSave = 3 * time.Second

// save keeps the state of the round under way. A full disk costs the save, not
// the round.
func (l *Learner) save(ctx context.Context, point resumePoint, state model.State) error {
	if ctx.Err() != nil { // the round was interrupted; its state is kept all the same
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), lastSave)
		defer cancel()
	}
	err := l.opt.Corpus.save(ctx)
	if err == nil {
		err = l.opt.Store.SaveState(ctx, resumeName, point, flatten(state, true))
	}
	if err == nil {
		return nil
	}
	l.opt.Log.Warn("the learner's state was not saved; after a restart the round goes on from the previous save", "step", point.Step, "error", err)
	if errors.Is(err, storage.ErrFull) {
		return nil
	}
	return err
}
