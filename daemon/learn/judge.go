package learn

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"edgeclr/daemon/blend"
	"edgeclr/daemon/probe"
	"edgeclr/model"
	"edgeclr/search"
	"edgeclr/storage"
)

// judge compares the result of a round with the version that serves, on stored frames.
func (l *Learner) judge(ctx context.Context, parent storage.Checkpoint, state model.State) (probe.Verdict, error) {
	if l.opt.Unjudged {
		return probe.Verdict{Promote: true, Reason: "nothing is judged"}, nil
	}
	set, err := l.storedSet(ctx)
	if err != nil {
		return probe.Verdict{}, err
	}
	return l.compare(ctx, set, &examStore{l.opt.Store, l.opt.Log}, parent, state)
}

// compare judges a trained state against the version that serves and against the
// root. It measures the state with the blend with which it would serve.
func (l *Learner) compare(ctx context.Context, set *evalSet, kept *examStore, parent storage.Checkpoint, state model.State) (probe.Verdict, error) {
	v := l.opt.Versions.Current()
	defer v.Done()
	parent.Size = v.Checkpoint.Size // the store may have been resized since the round began
	cp, err := l.child(parent, 0)
	if err != nil {
		return probe.Verdict{}, err
	}
	candidate, err := l.candidateNetworks(ctx, cp, state)
	if err != nil {
		return probe.Verdict{}, fmt.Errorf("the candidate: %w", err)
	}
	serving, err := l.servingNetworks(ctx, v)
	if err != nil {
		return probe.Verdict{}, fmt.Errorf("the checkpoint that serves: %w", err)
	}
	root, err := l.rootNetworks(ctx, cp)
	if err != nil {
		return probe.Verdict{}, err
	}
	return set.judge(ctx, kept, serving, candidate, root)
}

// opener opens encoders by TensorFlow, which training has loaded.
func (l *Learner) opener() *blend.Opener { return &blend.Opener{Device: l.opt.Device} }

// judge measures the encoders and decides whether the candidate is to serve. It
// compares the candidate with the encoder that serves. It also compares it with the
// root, from which training began: many small steps can lead as far away as a large
// one. There is no root when it is gone. A candidate whose vectors cannot be measured
// (not finite, all zero) counts as collapsed.
func (s *evalSet) judge(ctx context.Context, kept *examStore, serving, candidate, root []network) (probe.Verdict, error) {
	if len(s.ids) < 2 {
		return probe.Verdict{Undecided: true, Reason: fmt.Sprintf("%d pictures were held back, too few to judge by", len(s.ids))}, nil
	}
	x, err := hold(ctx, s, kept, slices.Concat(serving, candidate, root)...)
	if err != nil {
		return probe.Verdict{}, err
	}
	if n := len(x.ids); n < 2 {
		return probe.Verdict{Undecided: true, Reason: fmt.Sprintf("%d of %d pictures held back can be read, too few to judge by", n, len(s.ids))}, nil
	}
	v, err := x.verdict(ctx, serving, candidate, root)
	if err != nil {
		return v, err
	}
	serves := serving
	if v.Promote {
		serves = candidate
	}
	return v, x.save(ctx, last(root), last(serves))
}

// last names the last of an encoder's networks, which is the adapted half of a join.
func last(networks []network) storage.Encoder {
	if len(networks) == 0 {
		return storage.Encoder{}
	}
	return networks[len(networks)-1].is
}

// verdict decides by the vectors of an exam.
func (x *exam) verdict(ctx context.Context, serving, candidate, root []network) (probe.Verdict, error) {
	s, before, after := x.set, x.joined(serving), x.joined(candidate)
	var adapted probe.Verdict
	var err error
	switch {
	case len(candidate) == 2:
		adapted, err = x.decideAdapted(ctx, serving, candidate)
	case root != nil && last(root) != last(serving):
		adapted, err = s.decideAgainstRoot(ctx, x.joined(root), after)
	default:
		return s.decide(ctx, before, after)
	}
	if err != nil || adapted.Worse || adapted.Braked {
		return adapted, err
	}
	v, err := s.decide(ctx, before, after)
	v.Reason += fmt.Sprintf(" (the adapted encoder has RankMe %.0f, the pretrained one %.0f; %.2f of all neighbours differ)",
		adapted.Candidate.RankMe, adapted.Serving.RankMe, adapted.Travel.Neighbours)
	return v, err
}

// decideAdapted judges the adapted half of a joined candidate by itself. In the joined
// vectors, the pretrained half can hide that training ruined the adapted one.
func (x *exam) decideAdapted(ctx context.Context, serving, candidate []network) (probe.Verdict, error) {
	adapted := x.of(candidate[1].is).unlabelled()
	v, err := x.set.decide(ctx, x.of(last(serving)).unlabelled(), adapted)
	if err != nil || v.Worse {
		v.Reason = "the adapted encoder by itself: " + v.Reason
		return v, err
	}
	v, err = x.set.decideAgainstRoot(ctx, x.of(candidate[0].is).unlabelled(), adapted)
	v.Reason = "the adapted encoder by itself, " + v.Reason
	return v, err
}

// decideAgainstRoot compares an adapted encoder with its root. The verdict can reject
// the candidate, but never promotes it.
func (s *evalSet) decideAgainstRoot(ctx context.Context, root, adapted measurements) (probe.Verdict, error) {
	v, err := s.decide(ctx, root, adapted)
	v.Promote, v.Against = false, "the pretrained encoder"
	v.Reason = "against " + v.Against + ": " + v.Reason
	return v, err
}

// decide applies the rule to the measurements of the serving encoder and of the
// candidate.
func (s *evalSet) decide(ctx context.Context, serving, candidate measurements) (probe.Verdict, error) {
	before, err := serving.scores(ctx, s.momentPairs)
	if err != nil {
		return probe.Verdict{}, fmt.Errorf("measuring the encoders: %w", err)
	}
	after, err := candidate.scores(ctx, s.momentPairs)
	if errors.Is(err, search.ErrNotFinite) || errors.Is(err, search.ErrZero) {
		return probe.Verdict{Collapsed: true, Worse: true, Reason: fmt.Sprintf("the candidate's vectors cannot be compared: %v", err)}, nil
	}
	if err != nil {
		return probe.Verdict{}, fmt.Errorf("measuring the encoders: %w", err)
	}
	travel, err := probe.Distance(ctx, serving.images, candidate.images)
	if err != nil {
		return probe.Verdict{}, fmt.Errorf("comparing the encoders: %w", err)
	}
	return probe.Decide(before, after, travel, probe.DefaultRule()), nil
}
