package daemon

import (
	"context"
	"errors"
	"fmt"

	"edgeclr/daemon/blend"
	"edgeclr/daemon/client"
	"edgeclr/daemon/probe"
	"edgeclr/model"
	"edgeclr/model/weights"
	"edgeclr/storage"
)

const (
	slowest = 4 // how often the rate is halved at most
	longest = 3 // how often the steps of a round are doubled at most
)

// finish judges what a round arrived at, closes the round, and lets the result
// serve if it is better.
func (l *learner) finish(ctx context.Context, point resumePoint, parent storage.Checkpoint, state model.State, p Progress) (RoundEnd, error) {
	end := RoundEnd{Progress: p}
	var err error
	if end.Verdict, err = l.judge(ctx, parent, state); err != nil {
		return end, err
	}
	promote := l.s.config().Learn.Promote
	end.Promoted = end.Verdict.Promote && promote
	if end.Promoted || end.Verdict.Undecided || !promote {
		if end.Candidate, err = l.s.putTrained(ctx, parent, state, p, point.Seed); err != nil {
			return end, err
		}
	}
	if point, err = l.close(ctx, point, end); err != nil {
		if end.Candidate != "" { // the round will end once more, with one of its own
			err = errors.Join(err, l.s.store.DeleteCheckpoint(context.WithoutCancel(ctx), end.Candidate))
		}
		return RoundEnd{Progress: p}, err
	}
	if end.Promoted {
		if err := l.settle(ctx, point); err != nil {
			return end, err
		}
	} else {
		l.tell(point, end)
	}
	if end.Candidate == "" {
		return end, nil
	}
	return end, l.s.versions.Prune(ctx, end.Candidate)
}

// close records the end of a round, in one piece with what is to serve.
func (l *learner) close(ctx context.Context, point resumePoint, end RoundEnd) (resumePoint, error) {
	before := point.Longer
	point.Slower, point.Longer = slower(point, end.Verdict), longer(point, end.Verdict)
	point.Astray = astray(point, end.Verdict)
	point.Active, point.Again = false, end.Promoted || point.Longer > before
	if end.Promoted {
		point.Promote, point.Reason = end.Candidate, end.Verdict.Reason
	}
	if err := l.s.corpus.save(ctx); err != nil {
		return point, err
	}
	return point, l.s.store.SaveState(ctx, resumeName, point, nil)
}

// settle lets the result of the last round serve. What interrupts it comes to it
// again: the service that is opened next, or the learner after a pause.
func (l *learner) settle(ctx context.Context, point resumePoint) error {
	id, reason := point.Promote, point.Reason
	if _, err := l.s.versions.Promote(ctx, string(id), reason, nil); err != nil {
		if !errors.Is(err, client.ErrNothingFound) {
			return fmt.Errorf("%s is better and does not serve yet: %w", id, err)
		}
		l.s.events.Publish(storage.Event{
			Kind: storage.EventPromote, Text: fmt.Sprintf("%s was to serve and is gone", id),
			Data: map[string]any{"checkpoint": id, "round": point.Round},
		})
	} else {
		l.say(storage.EventPromote, roundData(point, point.Step, point.Loss, id, reason), fmt.Sprintf("%s is promoted: %s", id, reason))
	}
	point.Promote, point.Reason = "", ""
	return l.s.store.SaveState(ctx, resumeName, point, nil)
}

// judge compares what a round arrived at with what serves.
func (l *learner) judge(ctx context.Context, parent storage.Checkpoint, state model.State) (probe.Verdict, error) {
	if l.s.opt.Unjudged {
		return probe.Verdict{Promote: true, Reason: "nothing is judged"}, nil
	}
	exam, err := l.s.exam(ctx, parent.Size)
	if err != nil {
		return probe.Verdict{}, err
	}
	return l.s.compare(ctx, exam, parent, state)
}

// compare lets a state sit an exam, in the blend that it would serve in, against
// the version that serves.
func (s *Service) compare(ctx context.Context, e *exam, parent storage.Checkpoint, state model.State) (probe.Verdict, error) {
	cp, err := s.child(parent)
	if err != nil {
		return probe.Verdict{}, err
	}
	halves := blend.HalvesOf(ctx, s.store, cp)
	halves.Adapted = func() (weights.Set, error) { return state.Encoder, nil }
	candidate, err := blend.Open(blend.IdentityOf(cp), halves, s.runtime())
	if err != nil {
		return probe.Verdict{}, fmt.Errorf("the candidate: %w", err)
	}
	defer candidate.Close()
	v := s.versions.Current()
	defer v.Done()
	var root *blend.Embedder
	if !candidate.Joined() && cp.Root != v.Checkpoint.ID {
		if root, err = blend.OpenRoot(ctx, s.store, cp, s.runtime()); err != nil {
			return probe.Verdict{}, err
		}
		if root != nil {
			defer root.Close()
		}
	}
	return e.judge(ctx, v.Encoder, candidate, root)
}

// slower is how often the rate is halved from now on: once more after a
// candidate that was worse, once less after any other.
func slower(point resumePoint, v probe.Verdict) int {
	if v.Worse {
		return min(point.Slower+1, slowest)
	}
	return max(point.Slower-1, 0)
}

// longer is how often the steps of a round, and the new frames that it waits for,
// are doubled from now on: once more after a candidate that was no better beyond
// noise, since small gains would else be dropped again and again; and no more
// after one that was worse.
func longer(point resumePoint, v probe.Verdict) int {
	switch {
	case v.Worse:
		return 0
	case v.Promote || v.Undecided || v.Braked:
		return point.Longer
	}
	return min(point.Longer+1, longest)
}

// astray tells whether the next rounds start from the root, until a result serves.
// What came of a round was worse than where training began, on all that is held
// back by now: early rounds saw little of what the camera shows, and to go on from
// what they led to would lead no further.
func astray(point resumePoint, v probe.Verdict) bool {
	return !v.Promote && (point.Astray || v.Worse && v.Against != "")
}

// tell writes down how a round ended whose result does not serve.
func (l *learner) tell(point resumePoint, end RoundEnd) {
	data := roundData(point, end.Progress.Step, end.Progress.Loss, end.Candidate, end.Verdict.Reason)
	if end.Candidate != "" {
		l.say(storage.EventCandidate, data, fmt.Sprintf("candidate %s: %s; `edgeclr checkpoints promote %s` lets it serve",
			end.Candidate, end.Verdict.Reason, end.Candidate))
		return
	}
	text := "dropped: " + end.Verdict.Reason
	if point.Again {
		text += fmt.Sprintf("; the next round takes %d times learn.steps", 1<<point.Longer)
	}
	if point.Slower > 0 && end.Verdict.Worse {
		text += fmt.Sprintf("; the next round learns at 1/%d of learn.lr", 1<<point.Slower)
	}
	if point.Astray {
		text += "; the next round begins where training began"
	}
	l.say(storage.EventReject, data, text)
}

// roundData are the details of the event that tells how a round ended.
func roundData(point resumePoint, steps int, loss float64, candidate storage.CheckpointID, reason string) map[string]any {
	return map[string]any{"round": point.Round, "steps": steps, "loss": loss, "checkpoint": candidate, "reason": reason}
}

// say publishes how a round ended. The status shows the text as the last verdict.
func (l *learner) say(kind string, data map[string]any, text string) {
	l.s.events.Publish(storage.Event{
		Kind: kind, Text: fmt.Sprintf("round %d ended after %d steps with loss %.3f: %s", data["round"], data["steps"], data["loss"], text), Data: data,
	})
	l.mu.Lock()
	l.verdict = text
	l.mu.Unlock()
}
