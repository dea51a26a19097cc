package learn

import (
	"context"
	"errors"
	"fmt"

	"edgeclr/daemon/blend"
	"edgeclr/daemon/client"
	"edgeclr/daemon/probe"
	"edgeclr/model"
	"edgeclr/storage"
)

// RoundEnd says how a round of the daemon ended.
type RoundEnd struct {
	Candidate storage.CheckpointID // "" when the result was dropped
	Promoted  bool                 // the candidate serves
	Verdict   probe.Verdict
	Progress  Progress
	Err       error

	// Harmed says why the adapted encoder by itself is no good start for the next round; ""
	// when it is one. It may serve all the same.
	Harmed string
}

// finish judges the result of a round, ends the round, and lets the result serve
// if it is better.
func (l *Learner) finish(ctx context.Context, point resumePoint, parent storage.Checkpoint, state model.State, p Progress) (RoundEnd, error) {
	end := RoundEnd{Progress: p}
	j, err := l.judge(ctx, parent, state)
	if err != nil {
		return end, err
	}
	promote := l.opt.Config().Learn.Promote
	end.Verdict, end.Promoted, end.Harmed = j.Verdict, j.Promote && promote, j.harmed
	if end.Promoted || j.Undecided || !promote || l.opt.KeepDropped {
		if end.Candidate, err = l.putTrained(ctx, parent, state, p, point.Seed, j); err != nil {
			return end, err
		}
	}
	if point, err = l.endRound(ctx, point, end, j); err != nil {
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
func (l *Learner) endRound(ctx context.Context, point resumePoint, end RoundEnd, j judgement) (resumePoint, error) {
	e, err := l.ending(point, end, j)
	if err != nil {
		return point, err
	}
	point.course, point.Active, point.Verdict = point.after(e), false, end.text()
	if end.Promoted {
		point.Promote, point.Reason = end.Candidate, end.Verdict.Reason
	}
	if err := l.opt.Corpus.save(ctx); err != nil {
		return point, err
	}
	return point, l.opt.Store.SaveState(ctx, resumeName, point, nil)
}

// ending is what the next round depends on.
func (l *Learner) ending(point resumePoint, end RoundEnd, j judgement) (ending, error) {
	e := point.ending(resultNoBetter)
	e.harmed, e.astray = j.harmed != "", j.astray
	switch {
	case end.Promoted:
		e.result, e.serving = resultServes, end.Candidate
	case j.Undecided || j.Promote:
		e.result = resultKept
	case j.Worse || j.Braked:
		e.result = resultWorse
	}
	if !e.astray {
		return e, nil
	}
	var err error
	e.root, err = blend.RootID(l.opt.Store, point.Serving)
	return e, err
}

// ending is that of the round at the point with a result. The candidate does not serve.
func (p resumePoint) ending(r result) ending {
	return ending{result: r, from: p.Parent, elsewhere: p.Parent != p.Serving, serving: p.Serving}
}

// diverged is the ending of a round whose training diverged.
func (p resumePoint) diverged() ending {
	e := p.ending(resultWorse)
	e.harmed = true
	return e
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
		l.say(storage.EventPromote, point, roundData(point, point.Step, point.Loss, id, reason))
	}
	point.Promote, point.Reason = "", ""
	return l.opt.Store.SaveState(ctx, resumeName, point, nil)
}

// tell publishes the end of a round whose result does not serve.
func (l *Learner) tell(point resumePoint, end RoundEnd) {
	data := roundData(point, end.Progress.Step, end.Progress.Loss, end.Candidate, end.Verdict.Reason)
	if end.Harmed != "" {
		data["harmed"] = end.Harmed
	}
	if end.Candidate != "" {
		l.say(storage.EventCandidate, point, data)
	} else {
		l.say(storage.EventReject, point, data)
	}
}

// text says what became of the candidate.
func (e RoundEnd) text() string {
	switch {
	case e.Promoted:
		return fmt.Sprintf("%s is promoted: %s", e.Candidate, e.Verdict.Reason)
	case e.Candidate != "":
		return fmt.Sprintf("candidate %s: %s; `edgeclr checkpoints promote %s` lets it serve", e.Candidate, e.Verdict.Reason, e.Candidate)
	}
	return "dropped: " + e.Verdict.Reason
}

// roundData is the data of the event that tells how a round ended.
func roundData(point resumePoint, steps int, loss float64, candidate storage.CheckpointID, reason string) map[string]any {
	return map[string]any{"round": point.Round, "steps": steps, "loss": loss, "checkpoint": candidate, "reason": reason}
}

// say publishes how a round ended, and what comes next. The status shows both.
func (l *Learner) say(kind string, point resumePoint, data map[string]any) {
	next := point.plan(l.opt.Config().Learn.MinNew)
	data["next"] = next
	l.opt.Publish(storage.Event{
		Kind: kind, Text: fmt.Sprintf("round %d ended after %d steps with loss %.3f: %s. %s", data["round"], data["steps"], data["loss"], point.Verdict, next), Data: data,
	})
	l.mu.Lock()
	l.verdict, l.plan = point.Verdict, next
	l.mu.Unlock()
}
