package daemon

import (
	"context"
	"fmt"

	"edgeclr/daemon/probe"
	"edgeclr/model"
	"edgeclr/model/arch"
	"edgeclr/model/weights"
	"edgeclr/storage"
)

// slowest is how often the rate is halved at most.
const slowest = 4

// finish judges what a round arrived at, and closes the round.
func (l *learner) finish(ctx context.Context, point resumePoint, parent storage.Checkpoint, state model.State, p Progress) (RoundEnd, error) {
	end := RoundEnd{Progress: p}
	var err error
	if end.Verdict, err = l.judge(ctx, parent, state); err != nil {
		return end, err
	}
	keep := end.Verdict.Promote || !l.s.cfg.Learn.Promote || end.Verdict.Undecided
	if keep {
		if end.Candidate, err = l.s.putTrained(ctx, parent, state, p, point.Seed); err != nil {
			return end, err
		}
	}
	end.Promoted = end.Verdict.Promote && l.s.cfg.Learn.Promote
	point.Active, point.Step, point.Loss = false, p.Step, p.Loss
	point.Again, point.Slower = end.Promoted, l.slower(point, end.Verdict)
	if err := l.s.corpus.save(ctx); err != nil {
		return end, err
	}
	if err := l.s.store.PutResume(ctx, resumeName, point, nil); err != nil {
		return end, err
	}
	l.tell(ctx, point, end)
	if end.Promoted {
		if _, err := l.s.Promote(ctx, string(end.Candidate), end.Verdict.Reason, nil); err != nil {
			return end, err
		}
	}
	if end.Candidate == "" {
		return end, nil
	}
	return end, l.s.pruneCheckpoints(ctx, end.Candidate)
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
	cp, err := s.inherit(parent)
	if err != nil {
		return probe.Verdict{}, err
	}
	a, err := arch.Get(cp.Arch)
	if err != nil {
		return probe.Verdict{}, err
	}
	halves := halvesOf(ctx, s.store, cp)
	halves.Adapted = func() (weights.Set, error) { return state.Encoder, nil }
	candidate, err := OpenEncoder(cp.Blend, halves, model.EncoderOptions{Arch: a, Size: cp.Size, Runtime: s.runtime()})
	if err != nil {
		return probe.Verdict{}, fmt.Errorf("the candidate: %w", err)
	}
	defer candidate.Close()
	v := s.versions.current()
	defer v.done()
	return e.judge(ctx, v.encoder, candidate)
}

// slower is how often the rate is halved from now on: once more after a
// candidate that was worse, once less after one that serves.
func (l *learner) slower(point resumePoint, v probe.Verdict) int {
	switch {
	case v.Promote:
		return max(point.Slower-1, 0)
	case v.Worse:
		return min(point.Slower+1, slowest)
	}
	return point.Slower
}

// tell writes down how a round ended.
func (l *learner) tell(ctx context.Context, point resumePoint, end RoundEnd) {
	head := fmt.Sprintf("round %d ended after %d steps with loss %.3f: ", point.Round, end.Progress.Step, end.Progress.Loss)
	kind, text := "candidate", ""
	switch {
	case end.Promoted:
		kind, text = "promote", fmt.Sprintf("%s is promoted: %s", end.Candidate, end.Verdict.Reason)
	case end.Candidate != "":
		text = fmt.Sprintf("candidate %s: %s; `edgeclr checkpoints promote %s` lets it serve", end.Candidate, end.Verdict.Reason, end.Candidate)
	default:
		kind, text = "reject", "dropped: "+end.Verdict.Reason
		if point.Slower > 0 && end.Verdict.Worse {
			text += fmt.Sprintf("; the next round learns at 1/%d of learn.lr", 1<<point.Slower)
		}
	}
	l.s.event(ctx, kind, head+text)
	l.mu.Lock()
	l.verdict = text
	l.mu.Unlock()
}
