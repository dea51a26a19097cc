package daemon

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"

	"edgeclr/camera/rgb"
	"edgeclr/daemon/blend"
	"edgeclr/daemon/heartbeat"
	"edgeclr/daemon/probe"
	"edgeclr/search"
	"edgeclr/storage"
)

// exam is what a candidate is compared with the serving encoder on: pictures
// that were held back from learning, and those that a person named.
type exam struct {
	ids     []uint64 // of the pictures held back
	load    func(ctx context.Context, id uint64) (*rgb.Image, error)
	moments func(ids []uint64) [][2]int // pairs of the same moment; nil: none
	named   []named
	size    int // side of the square that the encoders see
	seed    uint64
}

// named is a picture with a label.
type named struct {
	id    uint64
	class int
	load  func(ctx context.Context, id uint64) (*rgb.Image, error)
}

// examViews are made of each picture.
const examViews = 2

// examBatch pictures are decoded and embedded together.
const examBatch = 16

// judge measures the encoders and decides whether the candidate is to serve. It
// is held against what serves, and so is the root, the encoder that training began
// from: many small steps can lead as far away as a large one. Root is nil where it
// is what serves, or gone. Encoders whose vectors cannot be measured (not finite,
// all zero) are worse than any.
func (e *exam) judge(ctx context.Context, serving, candidate, root *blend.Embedder) (probe.Verdict, error) {
	if len(e.ids) < 2 {
		return probe.Verdict{Undecided: true, Reason: fmt.Sprintf("%d pictures were held back, too few to judge by", len(e.ids))}, nil
	}
	sheets := []sheet{{encoder: serving}, {encoder: candidate}}
	if candidate.Joined() {
		root = candidate // its vectors hold those of the pretrained encoder
	} else if root != nil {
		sheets = append(sheets, sheet{encoder: root})
	}
	if err := e.fill(ctx, sheets); err != nil {
		return probe.Verdict{}, err
	}
	if n := len(sheets[0].ids); n < 2 {
		return probe.Verdict{Undecided: true, Reason: fmt.Sprintf("%d of %d pictures held back can be read, too few to judge by", n, len(e.ids))}, nil
	}
	before, after := sheets[0], sheets[1]
	if root == nil {
		return e.decide(ctx, before, after)
	}
	var far probe.Verdict
	var err error
	if candidate.Joined() {
		far, err = e.alone(ctx, before, after)
	} else {
		far, err = e.afar(ctx, sheets[2], after)
	}
	if err != nil || far.Worse || far.Braked {
		return far, err
	}
	v, err := e.decide(ctx, before, after)
	v.Reason += fmt.Sprintf(" (the adapted encoder has RankMe %.0f, the pretrained one %.0f; %.2f of all neighbours differ)",
		far.Candidate.RankMe, far.Serving.RankMe, far.Travel.Neighbours)
	return v, err
}

// alone judges the adapted half of a joined candidate by itself: the other half
// hides what training ruined.
func (e *exam) alone(ctx context.Context, serving, candidate sheet) (probe.Verdict, error) {
	adapted := candidate.adapted()
	v, err := e.decide(ctx, serving.adapted(), adapted)
	if err != nil || v.Worse {
		v.Reason = "the adapted encoder by itself: " + v.Reason
		return v, err
	}
	v, err = e.afar(ctx, candidate.pretrained(), adapted)
	v.Reason = "the adapted encoder by itself, " + v.Reason
	return v, err
}

// afar holds an adapted encoder against its root. It is no reason to promote.
func (e *exam) afar(ctx context.Context, root, adapted sheet) (probe.Verdict, error) {
	v, err := e.decide(ctx, root, adapted)
	v.Promote, v.Against = false, "the pretrained encoder"
	v.Reason = "against " + v.Against + ": " + v.Reason
	return v, err
}

// decide applies the rule to what the serving encoder and the candidate made of
// the exam.
func (e *exam) decide(ctx context.Context, serving, candidate sheet) (probe.Verdict, error) {
	var scores [2]probe.Scores
	for i, s := range [2]sheet{serving, candidate} {
		var err error
		scores[i], err = s.scores(ctx, e.moments)
		if i == 1 && (errors.Is(err, search.ErrNotFinite) || errors.Is(err, search.ErrZero)) {
			return probe.Verdict{Collapsed: true, Worse: true, Reason: fmt.Sprintf("the candidate's vectors cannot be compared: %v", err)}, nil
		}
		if err != nil {
			return probe.Verdict{}, fmt.Errorf("measuring the encoders: %w", err)
		}
	}
	travel, err := probe.Distance(ctx, serving.images, candidate.images)
	if err != nil {
		return probe.Verdict{}, fmt.Errorf("comparing the encoders: %w", err)
	}
	return probe.Decide(scores[0], scores[1], travel, probe.DefaultRule()), nil
}

// sheet holds the vectors of one encoder.
type sheet struct {
	encoder       *blend.Embedder
	ids           []uint64
	images, views [][]float32
	labelled      [][]float32
	classes       []int
}

// adapted is what the adapted half of a joined encoder made of the pictures
// without names; that of any other encoder is the sheet as it is.
func (s sheet) adapted() sheet {
	s.labelled, s.classes = nil, nil
	if s.encoder.Joined() {
		s.images, s.views = blend.AdaptedRows(s.images), blend.AdaptedRows(s.views)
	}
	return s
}

// pretrained is the other half of a joined encoder's sheet.
func (s sheet) pretrained() sheet {
	return sheet{ids: s.ids, images: blend.PretrainedRows(s.images), views: blend.PretrainedRows(s.views)}
}

// fill embeds everything by each encoder. A picture that cannot be read any more is
// left out of all.
func (e *exam) fill(ctx context.Context, sheets []sheet) error {
	viewer := probe.NewViewer()
	for part := range slices.Chunk(e.ids, examBatch) {
		heartbeat.Tick(ctx)
		ids, pictures, err := loadEach(ctx, part, e.load)
		if err != nil {
			return err
		}
		var squares, views []*rgb.Image
		for i, m := range pictures {
			squares = append(squares, m.EvalSquare(e.size))
			views = append(views, viewer.Views(m, e.size, e.seed, ids[i], examViews)...)
		}
		for i := range sheets {
			s := &sheets[i]
			images, err := s.encoder.Embed(ctx, squares)
			if err != nil {
				return err
			}
			of, err := s.encoder.Embed(ctx, views)
			if err != nil {
				return err
			}
			s.ids, s.images, s.views = append(s.ids, ids...), append(s.images, images...), append(s.views, of...)
		}
		runtime.GC() // decoded pictures are large: left to itself the heap would double
	}
	return e.fillNamed(ctx, sheets)
}

func (e *exam) fillNamed(ctx context.Context, sheets []sheet) error {
	for part := range slices.Chunk(e.named, examBatch) {
		heartbeat.Tick(ctx)
		kept, pictures, err := loadEach(ctx, part, func(ctx context.Context, n named) (*rgb.Image, error) { return n.load(ctx, n.id) })
		if err != nil {
			return err
		}
		var classes []int
		for _, n := range kept {
			classes = append(classes, n.class)
		}
		for i := range sheets {
			vectors, err := sheets[i].encoder.Embed(ctx, pictures)
			if err != nil {
				return err
			}
			sheets[i].labelled, sheets[i].classes = append(sheets[i].labelled, vectors...), append(sheets[i].classes, classes...)
		}
	}
	return nil
}

func (s *sheet) scores(ctx context.Context, moments func([]uint64) [][2]int) (probe.Scores, error) {
	var opt probe.Options
	if moments != nil {
		opt.Pairs = moments(s.ids)
	}
	scores, err := probe.Measure(ctx, s.images, s.views, opt)
	if err != nil || len(s.labelled) == 0 {
		return scores, err
	}
	scores.Labels, err = probe.MeasureLabels(ctx, s.labelled, s.classes)
	return scores, err
}

// examNamed bounds the named frames that are compared, the newest first.
const examNamed = 1000

// exam is that of the stored frames.
func (s *Service) exam(ctx context.Context, size int) (*exam, error) {
	labels, err := s.store.LabelledFrames(ctx)
	if err != nil && !errors.Is(err, storage.ErrCorrupt) {
		return nil, err
	}
	e := &exam{ids: s.corpus.probe.IDs(), load: s.corpus.picture(s.decoder), moments: s.corpus.moments, size: size, seed: s.config().Model.Seed}
	classes := map[string]int{}
	for i := len(labels) - 1; i >= 0 && len(e.named) < examNamed; i-- {
		if s.corpus.buffer.Contains(uint64(labels[i].ID)) {
			continue // it is learned from
		}
		class, ok := classes[labels[i].Label]
		if !ok {
			class = len(classes)
			classes[labels[i].Label] = class
		}
		e.named = append(e.named, named{id: uint64(labels[i].ID), class: class, load: func(ctx context.Context, id uint64) (*rgb.Image, error) {
			return s.versions.Picture(ctx, storage.FrameID(id))
		}})
	}
	if len(classes) < 2 {
		e.named = nil // nothing to tell apart
	}
	return e, nil
}
