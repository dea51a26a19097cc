package learn

import (
	"context"
	"errors"
	"fmt"

	"edgeclr/config"
	"edgeclr/daemon/blend"
	"edgeclr/daemon/probe"
	"edgeclr/daemon/serving"
	"edgeclr/model"
	"edgeclr/model/weights"
	"edgeclr/search"
	"edgeclr/storage"
)

// judge compares the result of a round with the version that serves, on stored frames.
func (l *Learner) judge(ctx context.Context, parent storage.Checkpoint, state model.State) (probe.Verdict, error) {
	if l.opt.Unjudged {
		return probe.Verdict{Promote: true, Reason: "nothing is judged"}, nil
	}
	set, err := l.storedSet(ctx, parent.Size)
	if err != nil {
		return probe.Verdict{}, err
	}
	return l.compare(ctx, set, parent, state)
}

// compare judges a trained state against the version that serves and against the
// root. It opens the state with the blend with which it would serve.
func (l *Learner) compare(ctx context.Context, set *evalSet, parent storage.Checkpoint, state model.State) (probe.Verdict, error) {
	cp, err := l.child(parent)
	if err != nil {
		return probe.Verdict{}, err
	}
	halves := blend.HalvesOf(ctx, l.opt.Store, cp)
	halves.Adapted = func() (weights.Set, error) { return state.Encoder, nil }
	candidate, err := l.opener().Open(ctx, blend.IdentityOf(cp), halves)
	if err != nil {
		return probe.Verdict{}, fmt.Errorf("the candidate: %w", err)
	}
	defer candidate.Close()
	v := l.opt.Versions.Current()
	defer v.Done()
	serving, err := l.inFloat(ctx, v)
	if err != nil {
		return probe.Verdict{}, fmt.Errorf("the checkpoint that serves: %w", err)
	}
	if serving != v.Encoder {
		defer serving.Close()
	}
	var root *blend.Embedder
	if !candidate.Joined() && cp.Root != v.Checkpoint.ID {
		if root, err = l.opener().OpenRoot(ctx, l.opt.Store, cp); err != nil {
			return probe.Verdict{}, err
		}
		if root != nil {
			defer root.Close()
		}
	}
	return set.judge(ctx, serving, candidate, root)
}

// inFloat gives the encoder of a version in float. The candidate is in float too, and a
// difference of precision must not decide. The caller closes an encoder that is not the
// version's.
func (l *Learner) inFloat(ctx context.Context, v *serving.Version) (*blend.Embedder, error) {
	if id := v.Encoder.Identity(); id.Precision == config.PrecisionFloat && id.Accelerator == config.AcceleratorCPU {
		return v.Encoder, nil
	}
	return l.opener().OpenCheckpoint(ctx, l.opt.Store, v.Checkpoint, blend.IdentityOf(v.Checkpoint))
}

// opener opens encoders by TensorFlow, which training has loaded.
func (l *Learner) opener() *blend.Opener { return &blend.Opener{Device: l.opt.Device} }

// judge measures the encoders and decides whether the candidate is to serve. It
// compares the candidate with the encoder that serves. It also compares it with the
// root, from which training began: many small steps can lead as far away as a large
// one. Root is nil when it serves, when it is gone, and for a joined candidate, whose
// vectors contain those of the root. A candidate whose vectors cannot be measured
// (not finite, all zero) counts as collapsed.
func (s *evalSet) judge(ctx context.Context, serving, candidate, root *blend.Embedder) (probe.Verdict, error) {
	if len(s.ids) < 2 {
		return probe.Verdict{Undecided: true, Reason: fmt.Sprintf("%d pictures were held back, too few to judge by", len(s.ids))}, nil
	}
	all := []measurements{{encoder: serving}, {encoder: candidate}}
	if root != nil {
		all = append(all, measurements{encoder: root})
	}
	if err := s.measure(ctx, all); err != nil {
		return probe.Verdict{}, err
	}
	before, after := all[0], all[1]
	if n := len(before.ids); n < 2 {
		return probe.Verdict{Undecided: true, Reason: fmt.Sprintf("%d of %d pictures held back can be read, too few to judge by", n, len(s.ids))}, nil
	}
	var adapted probe.Verdict
	var err error
	switch {
	case candidate.Joined():
		adapted, err = s.decideAdapted(ctx, before, after)
	case root != nil:
		adapted, err = s.decideAgainstRoot(ctx, all[2], after)
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
func (s *evalSet) decideAdapted(ctx context.Context, serving, candidate measurements) (probe.Verdict, error) {
	adapted := candidate.adapted()
	v, err := s.decide(ctx, serving.adapted(), adapted)
	if err != nil || v.Worse {
		v.Reason = "the adapted encoder by itself: " + v.Reason
		return v, err
	}
	v, err = s.decideAgainstRoot(ctx, candidate.pretrained(), adapted)
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
