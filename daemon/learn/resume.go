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

// resumePoint is the state of the learner in the store, besides its tensors. All draws
// depend on seed, round and step, so there is no other random state. The JSON names
// are those of the first release.
type resumePoint struct {
	Round   int                  // rounds begun, counted from 1
	Parent  storage.CheckpointID // the round started from it: Serving, or course.Start
	Serving storage.CheckpointID `json:"Sees"` // served when the round began; its vectors tell which frames are neighbours
	Step    int                  // steps done in the round
	Steps   int                  // steps of the round's schedule
	Loss    float64              // mean of the last steps done
	Stored  uint64               // frames ever stored when the round began
	Seed    uint64
	Active  bool // false between rounds

	StepsBefore int `json:"Before"` // steps of all rounds before; draws of frames count them too

	course
	// Astray is course.Start of an older store: the next round starts from the root.
	Astray bool `json:",omitempty"`

	// Promote is the candidate that is to serve. It is remembered together with
	// the end of its round, and forgotten once it serves. "" when there is none.
	Promote storage.CheckpointID
	Reason  string

	Verdict string // on the candidate of the last round that ended, for the status
}

// next returns the resume point of a new round that follows point.
func (l *Learner) next(point resumePoint, steps int) (resumePoint, error) {
	serving, err := l.opt.Store.Serving()
	if err != nil {
		return point, err
	}
	parent, err := l.start(point.course, serving)
	if err != nil {
		return point, err
	}
	return resumePoint{Round: point.Round + 1, Parent: parent, Serving: serving, Steps: steps, Stored: l.opt.Store.Counters().Stored,
		StepsBefore: point.StepsBefore + point.Step, course: point.course, Verdict: point.Verdict,
		Seed: l.opt.Config().Model.Seed + uint64(point.Round), Active: true}, nil
}

// start is the checkpoint that the next round starts from. It is what serves when
// course.Start is gone, or was chosen while something else served.
func (l *Learner) start(c course, serving storage.CheckpointID) (storage.CheckpointID, error) {
	if c.Start == "" || c.Beside != serving {
		return serving, nil
	}
	cp, err := l.opt.Store.Checkpoint(c.Start)
	switch {
	case errors.Is(err, storage.ErrNotFound):
		return serving, nil
	case err != nil:
		return "", err
	case checkTrainable(cp) != nil:
		return serving, nil
	}
	return cp.ID, nil
}

// saved reads the resume point and the tensors that were saved last. When they cannot
// be used any more, saved gives the interrupted round up and publishes an event. Only
// the steps of that round are lost.
func (l *Learner) saved(ctx context.Context) (resumePoint, weights.Set, error) {
	var point resumePoint
	tensors, err := l.opt.Store.LoadState(ctx, resumeName, &point)
	if err == nil && point.Astray {
		err = l.readAstray(&point)
	}
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

// readAstray reads where an older release wanted the next round to start: from the root.
func (l *Learner) readAstray(point *resumePoint) error {
	serving, err := l.opt.Store.Serving()
	if err != nil {
		return err
	}
	root, err := blend.RootID(l.opt.Store, serving)
	point.Start, point.Beside, point.Astray = root, serving, false
	return err
}

// giveUp ends an interrupted round that cannot go on, and publishes an event. The next
// round begins at once, from a checkpoint and with other draws. It returns the new resume
// point.
func (l *Learner) giveUp(ctx context.Context, point resumePoint, why error) (resumePoint, error) {
	point.Due = true
	return l.abandon(ctx, point, why)
}

// abandon is giveUp for a round after which the learner may rest: point.Due decides.
func (l *Learner) abandon(ctx context.Context, point resumePoint, why error) (resumePoint, error) {
	point = resumePoint{Round: point.Round, StepsBefore: point.StepsBefore + point.Steps, Stored: point.Stored, course: point.course, Verdict: point.Verdict}
	err := l.opt.Store.SaveState(ctx, resumeName, point, nil)
	if err == nil {
		l.opt.Publish(storage.Event{
			Kind: storage.EventLearn, Text: fmt.Sprintf("round %d is given up: %v. %s", point.Round, why, point.plan(l.opt.Config().Learn.MinNew)),
			Data: map[string]any{"round": point.Round, "error": why.Error()},
		})
	}
	return point, err
}

// lastSaveTime bounds the save of an interrupted round, since the service must end in
// time. When the save takes longer, the previous one stays.
const lastSaveTime = 3 * time.Second

// save stores the state of the current round. On a full disk it logs a warning, and
// the round goes on.
func (l *Learner) save(ctx context.Context, point resumePoint, state model.State) error {
	if ctx.Err() != nil { // the round was interrupted; still save its state
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), lastSaveTime)
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
