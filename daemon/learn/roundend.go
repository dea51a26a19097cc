package learn

import (
	"context"
	"errors"
	"fmt"

	"edgeclr/daemon/client"
	"edgeclr/daemon/probe"
	"edgeclr/model"
	"edgeclr/storage"
)

const (
	maxRateHalvings  = 4 // down to 1/16 of learn.lr
	maxStepDoublings = 3 // up to 8 times learn.steps
)

// RoundEnd says how a round of the daemon ended.
type RoundEnd struct {
	Candidate storage.CheckpointID // "" when the result was dropped
	Promoted  bool                 // the candidate serves
	Verdict   probe.Verdict
	Progress  Progress
	Err       error
}

// finish judges the result of a round, ends the round, and lets the result serve
// if it is better.
func (l *Learner) finish(ctx context.Context, point resumePoint, parent storage.Checkpoint, state model.State, p Progress) (RoundEnd, error) {
	end := RoundEnd{Progress: p}
	var err error
	if end.Verdict, err = l.judge(ctx, parent, state); err != nil {
		return end, err
	}
	promote := l.opt.Config().Learn.Promote
	end.Promoted = end.Verdict.Promote && promote
	if end.Promoted || end.Verdict.Undecided || !promote || l.opt.KeepDropped {
		if end.Candidate, err = l.putTrained(ctx, parent, state, p, point.Seed); err != nil {
			return end, err
		}
	}
	if point, err = l.endRound(ctx, point, end); err != nil {
		if end.Candidate != "" { // the end of the round is tried again, and stores another candidate
			err = errors.Join(err, l.opt.Store.DeleteCheckpoint(context.WithoutCancel(ctx), end.Candidate))
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
	return end, l.opt.Versions.Prune(ctx, end.Candidate)
}

// endRound stores the end of a round, together with the candidate that is to serve.
// It returns the new resume point.
func (l *Learner) endRound(ctx context.Context, point resumePoint, end RoundEnd) (resumePoint, error) {
	before := point.StepDoublings
	point.RateHalvings, point.StepDoublings = rateHalvings(point, end.Verdict), stepDoublings(point, end.Verdict)
	point.FromRoot = fromRoot(point, end.Verdict)
	point.Active, point.Due = false, end.Promoted || point.StepDoublings > before
	if end.Promoted {
		point.Promote, point.Reason = end.Candidate, end.Verdict.Reason
	}
	if err := l.opt.Corpus.save(ctx); err != nil {
		return point, err
	}
	return point, l.opt.Store.SaveState(ctx, resumeName, point, nil)
}

// settle promotes the candidate of the last round. When that is interrupted or fails,
// the learner calls settle again, in this process or in the next one.
func (l *Learner) settle(ctx context.Context, point resumePoint) error {
	id, reason := point.Promote, point.Reason
	if _, err := l.opt.Versions.Promote(ctx, string(id), reason, nil); err != nil {
		if !errors.Is(err, client.ErrNothingFound) {
			return fmt.Errorf("candidate %s is better, but it does not serve yet: %w", id, err)
		}
		l.opt.Publish(storage.Event{
			Kind: storage.EventPromote, Text: fmt.Sprintf("candidate %s was to be promoted, but it is gone", id),
			Data: map[string]any{"checkpoint": id, "round": point.Round},
		})
	} else {
		l.say(storage.EventPromote, roundData(point, point.Step, point.Loss, id, reason), fmt.Sprintf("%s is promoted: %s", id, reason))
	}
	point.Promote, point.Reason = "", ""
	return l.opt.Store.SaveState(ctx, resumeName, point, nil)
}

// rateHalvings is how often learn.lr is halved for the next round: once more after a
// candidate that was worse, once less after any other.
func rateHalvings(point resumePoint, v probe.Verdict) int {
	if v.Worse {
		return min(point.RateHalvings+1, maxRateHalvings)
	}
	return max(point.RateHalvings-1, 0)
}

// stepDoublings is how often learn.steps and learn.min_new are doubled for the next
// round. After a candidate that was no better beyond noise they are doubled once more:
// otherwise small gains would be dropped again and again. After a candidate that was
// worse they are not doubled.
func stepDoublings(point resumePoint, v probe.Verdict) int {
	switch {
	case v.Worse:
		return 0
	case v.Promote || v.Undecided || v.Braked:
		return point.StepDoublings
	}
	return min(point.StepDoublings+1, maxStepDoublings)
}

// fromRoot tells whether the next round starts from the root. It does after a
// candidate that scored worse than the root on the whole probe set, until a result
// serves. Early rounds saw little of what the camera shows, and training on from their
// result would not help.
func fromRoot(point resumePoint, v probe.Verdict) bool {
	return !v.Promote && (point.FromRoot || v.Worse && v.Against != "")
}

// tell publishes the end of a round whose result does not serve.
func (l *Learner) tell(point resumePoint, end RoundEnd) {
	data := roundData(point, end.Progress.Step, end.Progress.Loss, end.Candidate, end.Verdict.Reason)
	if end.Candidate != "" {
		l.say(storage.EventCandidate, data, fmt.Sprintf("candidate %s: %s; `edgeclr checkpoints promote %s` lets it serve",
			end.Candidate, end.Verdict.Reason, end.Candidate))
		return
	}
	text := "dropped: " + end.Verdict.Reason
	if point.Due {
		text += fmt.Sprintf("; the next round takes %d times learn.steps", 1<<point.StepDoublings)
	}
	if point.RateHalvings > 0 && end.Verdict.Worse {
		text += fmt.Sprintf("; the next round learns at 1/%d of learn.lr", 1<<point.RateHalvings)
	}
	if point.FromRoot {
		text += "; the next round begins where training began"
	}
	l.say(storage.EventReject, data, text)
}

// roundData is the data of the event that tells how a round ended.
func roundData(point resumePoint, steps int, loss float64, candidate storage.CheckpointID, reason string) map[string]any {
	return map[string]any{"round": point.Round, "steps": steps, "loss": loss, "checkpoint": candidate, "reason": reason}
}

// say publishes how a round ended. The status shows the text as the last verdict.
func (l *Learner) say(kind string, data map[string]any, text string) {
	l.opt.Publish(storage.Event{
		Kind: kind, Text: fmt.Sprintf("round %d ended after %d steps with loss %.3f: %s", data["round"], data["steps"], data["loss"], text), Data: data,
	})
	l.mu.Lock()
	l.verdict = text
	l.mu.Unlock()
}
