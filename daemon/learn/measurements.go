package learn

import (
	"context"
	"errors"
	"fmt"

	"edgeclr/camera/rgb"
	"edgeclr/daemon/blend"
	"edgeclr/daemon/probe"
	"edgeclr/storage"
)

// maxLabelled bounds the labelled frames that are compared, the newest first.
const maxLabelled = 1000

// evalSet holds the pictures on which encoders are compared: those that were held back
// from learning, and the frames that a person named.
type evalSet struct {
	ids         []uint64 // of the pictures held back
	load        func(ctx context.Context, id uint64) (*rgb.Image, error)
	momentPairs func(ids []uint64) [][2]int // pairs of the same moment; nil: none
	labelled    []labelledFrame
	seed        uint64
	vectorOf    func(e storage.Encoder, id storage.FrameID) ([]float32, error) // the stored vector of a frame; nil: none
}

// stored returns the stored vector of a frame by one encoder; nil when there is none.
func (s *evalSet) stored(e storage.Encoder, id storage.FrameID) []float32 {
	if s.vectorOf == nil {
		return nil
	}
	row, err := s.vectorOf(e, id)
	if err != nil {
		return nil // it is computed again
	}
	return row
}

// labelledFrame is a frame with a name, which is its class.
type labelledFrame struct {
	id    storage.FrameID
	class int
	load  func(ctx context.Context, id storage.FrameID) (*rgb.Image, error)
}

// storedSet makes an evalSet of stored frames: the probe set, and the named frames
// that are not learned from.
func (l *Learner) storedSet(ctx context.Context) (*evalSet, error) {
	labels, err := l.opt.Store.LabelledFrames(ctx)
	if err != nil && !errors.Is(err, storage.ErrCorrupt) {
		return nil, err
	}
	corpus := l.opt.Corpus
	set := &evalSet{ids: corpus.probe.IDs(), load: corpus.picture(l.opt.Decoder), momentPairs: corpus.momentPairs,
		seed: l.opt.Config().Model.Seed, vectorOf: func(e storage.Encoder, id storage.FrameID) ([]float32, error) {
			return l.opt.Store.Vector([]storage.Encoder{e}, 0, id)
		}}
	classes := map[string]int{}
	for i := len(labels) - 1; i >= 0 && len(set.labelled) < maxLabelled; i-- {
		if corpus.Contains(labels[i].ID) {
			continue // it is learned from
		}
		class, ok := classes[labels[i].Label]
		if !ok {
			class = len(classes)
			classes[labels[i].Label] = class
		}
		set.labelled = append(set.labelled, labelledFrame{id: labels[i].ID, class: class, load: l.opt.Versions.Picture})
	}
	if len(classes) < 2 {
		set.labelled = nil // nothing to tell apart
	}
	return set, nil
}

// measurements are the vectors that one encoder made of an evalSet.
type measurements struct {
	ids      []uint64    // of the pictures, [n]
	images   [][]float32 // their vectors, [n][dim]
	views    [][]float32 // vectors of their views, [n*viewsEach][dim]
	labelled [][]float32 // vectors of the named frames, [m][dim]
	classes  []int       // their classes, [m]
}

// of gives the measurements of one network.
func (x *exam) of(is storage.Encoder) measurements {
	v := x.vectors[is]
	return measurements{ids: x.ids, images: v.images, views: v.views, labelled: v.labelled, classes: x.classes}
}

// joined gives the measurements of an encoder that joins the vectors of its networks, or
// has one.
func (x *exam) joined(networks []network) measurements {
	m := x.of(networks[0].is)
	for _, n := range networks[1:] {
		second := x.of(n.is)
		m.images, m.views, m.labelled = blend.JoinRows(m.images, second.images, n.share), blend.JoinRows(m.views, second.views, n.share),
			blend.JoinRows(m.labelled, second.labelled, n.share)
	}
	return m
}

func (m *measurements) scores(ctx context.Context, momentPairs func([]uint64) [][2]int) (probe.Scores, error) {
	var opt probe.Options
	if momentPairs != nil {
		opt.Pairs = momentPairs(m.ids)
	}
	scores, err := probe.Measure(ctx, m.images, m.views, opt)
	if err != nil || len(m.labelled) == 0 {
		return scores, err
	}
	scores.Labels, err = probe.MeasureLabels(ctx, m.labelled, m.classes)
	return scores, err
}

// measured is an encoder with its scores.
type measured struct {
	measurements
	scores probe.Scores
}

// measured computes the scores of an encoder.
func (x *exam) measured(ctx context.Context, m measurements) (measured, error) {
	scores, err := m.scores(ctx, x.set.momentPairs)
	if err != nil {
		return measured{}, fmt.Errorf("measuring the encoders: %w", err)
	}
	return measured{m, scores}, nil
}

// network computes the scores of one network. It remembers them.
func (x *exam) network(ctx context.Context, is storage.Encoder) (measured, error) {
	if m, ok := x.scored[is]; ok {
		return m, nil
	}
	m, err := x.measured(ctx, x.of(is))
	if err == nil {
		x.scored[is] = m
	}
	return m, err
}

// encoder computes the scores of an encoder of one network, or of a join.
func (x *exam) encoder(ctx context.Context, networks []network) (measured, error) {
	if len(networks) == 1 {
		return x.network(ctx, networks[0].is)
	}
	return x.measured(ctx, x.joined(networks))
}

// decide applies a rule to two encoders. The receiver stands for the one that serves.
func (m measured) decide(ctx context.Context, candidate measured, r probe.Rule) (probe.Verdict, error) {
	travel, err := probe.Distance(ctx, m.images, candidate.images)
	if err != nil {
		return probe.Verdict{}, fmt.Errorf("comparing the encoders: %w", err)
	}
	return probe.Decide(m.scores, candidate.scores, travel, r), nil
}

// rootRule is the rule for a comparison with the root. Neighbours may all have been
// replaced since: months of learning are between.
func rootRule() probe.Rule {
	r := probe.DefaultRule()
	r.MaxTravel = 1
	return r
}
