package learn

import (
	"context"
	"errors"
	"runtime"
	"slices"

	"edgeclr/camera/rgb"
	"edgeclr/daemon/blend"
	"edgeclr/daemon/heartbeat"
	"edgeclr/daemon/probe"
	"edgeclr/storage"
)

const (
	// viewsEach is how many views are made of each picture.
	viewsEach = 2
	// embedBatch is how many pictures are decoded and embedded together.
	embedBatch = 16
	// maxLabelled bounds the labelled frames that are compared, the newest first.
	maxLabelled = 1000
)

// evalSet holds the pictures on which encoders are compared: those that were held back
// from learning, and the frames that a person named.
type evalSet struct {
	ids         []uint64 // of the pictures held back
	load        func(ctx context.Context, id uint64) (*rgb.Image, error)
	momentPairs func(ids []uint64) [][2]int // pairs of the same moment; nil: none
	labelled    []labelledFrame
	size        int // side of the square that the encoders see, in pixels
	seed        uint64
}

// labelledFrame is a frame with a name, which is its class.
type labelledFrame struct {
	id    storage.FrameID
	class int
	load  func(ctx context.Context, id storage.FrameID) (*rgb.Image, error)
}

// storedSet makes an evalSet of stored frames: the probe set, and the named frames
// that are not learned from.
func (l *Learner) storedSet(ctx context.Context, size int) (*evalSet, error) {
	labels, err := l.opt.Store.LabelledFrames(ctx)
	if err != nil && !errors.Is(err, storage.ErrCorrupt) {
		return nil, err
	}
	corpus := l.opt.Corpus
	set := &evalSet{ids: corpus.probe.IDs(), load: corpus.picture(l.opt.Decoder), momentPairs: corpus.momentPairs,
		size: size, seed: l.opt.Config().Model.Seed}
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
	encoder  *blend.Embedder
	ids      []uint64    // of the pictures, [n]
	images   [][]float32 // their vectors, [n][dim]
	views    [][]float32 // vectors of their views, [n*viewsEach][dim]
	labelled [][]float32 // vectors of the named frames, [m][dim]
	classes  []int       // their classes, [m]
}

// adapted returns the vectors of the adapted half of a joined encoder, without the
// named frames. The vectors of any other encoder stay as they are.
func (m measurements) adapted() measurements {
	m.labelled, m.classes = nil, nil
	if m.encoder.Joined() {
		m.images, m.views = blend.AdaptedRows(m.images), blend.AdaptedRows(m.views)
	}
	return m
}

// pretrained returns the vectors of the pretrained half of a joined encoder, without
// the named frames.
func (m measurements) pretrained() measurements {
	return measurements{ids: m.ids, images: blend.PretrainedRows(m.images), views: blend.PretrainedRows(m.views)}
}

// measure embeds the whole set with each encoder, and fills in its measurements. It
// leaves out pictures that cannot be read any more.
func (s *evalSet) measure(ctx context.Context, all []measurements) error {
	viewer := probe.NewViewer()
	for part := range slices.Chunk(s.ids, embedBatch) {
		heartbeat.Tick(ctx)
		ids, pictures, err := loadEach(ctx, part, s.load)
		if err != nil {
			return err
		}
		var squares, views []*rgb.Image
		for i, m := range pictures {
			squares = append(squares, m.EvalSquare(s.size))
			views = append(views, viewer.Views(m, s.size, s.seed, ids[i], viewsEach)...)
		}
		for i := range all {
			m := &all[i]
			images, err := m.encoder.Embed(ctx, squares)
			if err != nil {
				return err
			}
			viewVectors, err := m.encoder.Embed(ctx, views)
			if err != nil {
				return err
			}
			m.ids, m.images, m.views = append(m.ids, ids...), append(m.images, images...), append(m.views, viewVectors...)
		}
		runtime.GC() // the decoded pictures are large, and the heap would double otherwise
	}
	return s.measureLabelled(ctx, all)
}

func (s *evalSet) measureLabelled(ctx context.Context, all []measurements) error {
	for part := range slices.Chunk(s.labelled, embedBatch) {
		heartbeat.Tick(ctx)
		kept, pictures, err := loadEach(ctx, part, func(ctx context.Context, f labelledFrame) (*rgb.Image, error) { return f.load(ctx, f.id) })
		if err != nil {
			return err
		}
		var classes []int
		for _, f := range kept {
			classes = append(classes, f.class)
		}
		for i := range all {
			vectors, err := all[i].encoder.Embed(ctx, pictures)
			if err != nil {
				return err
			}
			all[i].labelled, all[i].classes = append(all[i].labelled, vectors...), append(all[i].classes, classes...)
		}
	}
	return nil
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

// loadEach loads pictures and leaves out those that cannot be read (any more).
// Its only error is the context's.
func loadEach[T any](ctx context.Context, list []T, load func(ctx context.Context, one T) (*rgb.Image, error)) (kept []T, pictures []*rgb.Image, err error) {
	for _, one := range list {
		m, err := load(ctx, one)
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		if err == nil {
			kept, pictures = append(kept, one), append(pictures, m)
		}
	}
	return kept, pictures, nil
}
