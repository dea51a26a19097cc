package learn

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"edgeclr/config"
	"edgeclr/daemon/blend"
	"edgeclr/daemon/probe"
	"edgeclr/model"
	"edgeclr/search"
	"edgeclr/storage"
)

// judgement is what the judge finds about a candidate. The Verdict is on the vectors that
// would serve. The other fields are on what the next round goes on from, which is another
// question: of a join, the adapted half alone is trained.
type judgement struct {
	probe.Verdict
	// blend is the value of serve.blend that the candidate was judged with. A reload can
	// change the configuration meanwhile.
	blend string
	// share is the weight of the adapted half in the join that would serve: see
	// blend.Child.
	share float64
	// harmed says why the adapted encoder by itself is no good start for the next round;
	// "" when it is one. Then training made it worse, even if what would serve is better.
	harmed string
	// astray says that the adapted encoder of what serves is worse than the root by itself.
	astray bool
}

// judge compares the result of a round with the version that serves, on stored frames.
func (l *Learner) judge(ctx context.Context, parent storage.Checkpoint, state model.State) (judgement, error) {
	if l.opt.Unjudged {
		return judgement{Verdict: probe.Verdict{Promote: true, Reason: "nothing is judged"}, blend: l.opt.Config().Serve.Blend, share: storage.EvenShare}, nil
	}
	set, err := l.storedSet(ctx)
	if err != nil {
		return judgement{}, err
	}
	return l.compare(ctx, set, &examStore{l.opt.Store, l.opt.Log}, parent, state)
}

// compare judges a trained state against the version that serves and against the root, all
// at the size that serves now. The store may have been resized since parent was read.
func (l *Learner) compare(ctx context.Context, set *evalSet, kept *examStore, parent storage.Checkpoint, state model.State) (judgement, error) {
	v := l.opt.Versions.Current()
	defer v.Done()
	if v.Checkpoint.Kind != storage.CheckpointFile {
		parent.Size = v.Checkpoint.Size
	}
	blending := l.opt.Config().Serve.Blend
	cp, err := l.child(parent, blending, 0)
	if err != nil {
		return judgement{}, err
	}
	var e examined
	if e.candidate, err = l.candidateNetworks(ctx, cp, state); err != nil {
		return judgement{}, fmt.Errorf("the candidate: %w", err)
	}
	if e.serving, err = l.servingNetworks(ctx, v); err != nil {
		return judgement{}, fmt.Errorf("the checkpoint that serves: %w", err)
	}
	if e.root, err = l.rootNetworks(ctx, cp); err != nil {
		return judgement{}, err
	}
	e.from = e.serving
	if parent.ID != v.Checkpoint.ID {
		if e.from, err = l.networks(blend.IdentityOf(parent), blend.HalvesOf(ctx, l.opt.Store, parent)); err != nil {
			return judgement{}, fmt.Errorf("the checkpoint that the round started from: %w", err)
		}
	}
	e.choose = blending == config.BlendAuto
	j, err := set.judge(ctx, kept, e)
	j.blend = blending
	return j, err
}

// opener opens encoders by TensorFlow, which training has loaded.
func (l *Learner) opener() *blend.Opener { return &blend.Opener{Device: l.opt.Device} }

// examined are the encoders that an exam compares, each as its networks: one, or root and
// adapted half of a join. Root is empty when it is gone.
type examined struct {
	serving   []network
	candidate []network
	from      []network // the round started from it
	root      []network
	choose    bool // the share of the candidate, if it is a join
}

// judge measures the encoders and judges the candidate. A candidate whose vectors cannot
// be measured (not finite, all zero) counts as collapsed.
func (s *evalSet) judge(ctx context.Context, kept *examStore, e examined) (judgement, error) {
	if len(s.ids) < 2 {
		return undecided(fmt.Sprintf("%d pictures were held back, too few to judge by", len(s.ids))), nil
	}
	x, err := hold(ctx, s, kept, slices.Concat(e.serving, e.candidate, e.from, e.root)...)
	if err != nil {
		return judgement{}, err
	}
	if n := len(x.ids); n < 2 {
		return undecided(fmt.Sprintf("%d of %d pictures held back can be read, too few to judge by", n, len(s.ids))), nil
	}
	j, err := x.verdict(ctx, e)
	if errors.Is(err, errUnmeasurable) {
		reason := fmt.Sprintf("the candidate's vectors cannot be compared: %v", err)
		j, err = judgement{Verdict: probe.Verdict{Collapsed: true, Worse: true, Reason: reason}, harmed: reason}, nil
	}
	if err != nil {
		return j, err
	}
	serves := e.serving
	if j.Promote {
		serves = e.candidate
	}
	return j, x.save(ctx, last(e.root), last(serves))
}

func undecided(reason string) judgement {
	return judgement{Verdict: probe.Verdict{Undecided: true, Reason: reason}}
}

// last names the last of an encoder's networks, which is the adapted half of a join.
func last(networks []network) storage.Encoder {
	if len(networks) == 0 {
		return storage.Encoder{}
	}
	return networks[len(networks)-1].is
}

// errUnmeasurable is returned when the candidate's vectors are not finite or zero.
var errUnmeasurable = errors.New("the encoder is ruined")

// verdict judges the candidate by the vectors of an exam. It asks, in this order:
//
//  1. Has the adapted encoder collapsed? The pretrained half of a join would only hide it.
//  2. Is the adapted encoder by itself a good start for the next round? It is not when it
//     is worse than the one that the round started from, or than the root.
//  3. Is what would serve better than what serves? Of a join that is the joined vectors,
//     with the share that tells the pictures apart best.
//  4. Is what would serve no worse than the root? Many small steps can lead as far away
//     as a large one.
func (x *exam) verdict(ctx context.Context, e examined) (j judgement, err error) {
	half, err := x.network(ctx, last(e.candidate))
	if errors.Is(err, search.ErrNotFinite) || errors.Is(err, search.ErrZero) {
		err = fmt.Errorf("%w: %w", errUnmeasurable, err)
	}
	if err != nil {
		return j, err
	}
	if collapsed, err := x.startOf(ctx, e, half, &j); err != nil || collapsed {
		return j, err
	}
	candidate := half
	if len(e.candidate) == 2 {
		if candidate, err = x.candidateJoin(ctx, e, &j); err != nil {
			return j, err
		}
	}
	serving, err := x.encoder(ctx, e.serving)
	if err != nil {
		return j, err
	}
	if j.Verdict, err = serving.decide(ctx, candidate, probe.DefaultRule()); err != nil || !j.Promote {
		return j, err
	}
	if root, err := x.rootOf(ctx, e); err != nil || root == nil {
		return j, err
	} else if v, err := root.decide(ctx, candidate, rootRule()); err != nil || v.Worse || v.Braked {
		j.Verdict = againstRoot(v)
		return j, err
	}
	if j.share > 0 && j.share < 1 {
		j.Reason += fmt.Sprintf("; of the joined vectors the adapted half has a share of %.3g", j.share)
	}
	return j, nil
}

// startOf finds what the next round can go on from: harmed and astray. It returns true,
// with a verdict, when the adapted encoder has collapsed.
func (x *exam) startOf(ctx context.Context, e examined, half measured, j *judgement) (collapsed bool, err error) {
	root, err := x.rootOf(ctx, e)
	if err != nil {
		return false, err
	}
	if root != nil {
		serving, err := x.network(ctx, last(e.serving))
		if err != nil {
			return false, err
		}
		v, err := root.decide(ctx, serving, rootRule())
		if err != nil {
			return false, err
		}
		j.astray = v.HarmedStart() != ""
	}
	from, err := x.network(ctx, last(e.from))
	if err != nil {
		return false, err
	}
	v, err := from.decide(ctx, half, probe.DefaultRule())
	if err != nil {
		return false, err
	}
	if j.harmed = v.HarmedStart(); v.Collapsed {
		j.Verdict = v
		j.Reason = "the adapted encoder by itself: " + v.Reason
		return true, nil
	}
	if root == nil || last(e.from) == last(e.root) {
		return false, nil
	}
	if v, err = root.decide(ctx, half, rootRule()); err != nil {
		return false, err
	}
	if why := v.HarmedStart(); j.harmed == "" && why != "" {
		j.harmed = "against the pretrained encoder: " + why
	}
	if v.Collapsed {
		j.Verdict = againstRoot(v)
		j.Reason = "the adapted encoder by itself, " + j.Reason
	}
	return v.Collapsed, nil
}

// rootOf measures the root; nil when it is gone, or is what serves.
func (x *exam) rootOf(ctx context.Context, e examined) (*measured, error) {
	if len(e.root) == 0 || len(e.serving) == 1 && last(e.serving) == last(e.root) {
		return nil, nil
	}
	m, err := x.network(ctx, last(e.root))
	return &m, err
}

// candidateJoin measures a joined candidate as it would serve. With examined.choose it
// chooses the share first, from the vectors of the halves: nothing is embedded again.
func (x *exam) candidateJoin(ctx context.Context, e examined, j *judgement) (measured, error) {
	halves := slices.Clone(e.candidate)
	if !e.choose {
		return x.encoder(ctx, halves)
	}
	root, adapted := x.of(halves[0].is), x.of(halves[1].is)
	var err error
	j.share, err = probe.ChooseShare(ctx, probe.Vectors{Images: root.images, Views: root.views},
		probe.Vectors{Images: adapted.images, Views: adapted.views}, probe.DefaultRule())
	switch halves[1].share = j.share; {
	case err != nil:
		return measured{}, err
	case j.share >= 1:
		return x.encoder(ctx, halves[1:])
	}
	return x.encoder(ctx, halves)
}

// againstRoot is a verdict on a comparison with the root. It can reject the candidate,
// but never promotes it.
func againstRoot(v probe.Verdict) probe.Verdict {
	v.Promote, v.Against = false, "the pretrained encoder"
	v.Reason = "against " + v.Against + ": " + v.Reason
	return v
}
