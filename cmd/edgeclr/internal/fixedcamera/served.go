package fixedcamera

import (
	"context"
	"fmt"

	"edgeclr/camera/rgb"
	"edgeclr/cmd/edgeclr/internal/session"
	"edgeclr/config"
	"edgeclr/daemon/blend"
	"edgeclr/storage"
)

// Served is a checkpoint that answered queries, or one that the judge dropped.
type Served struct {
	Seed       uint64  `json:"seed"`
	Checkpoint string  `json:"checkpoint"`
	Kind       string  `json:"kind"` // of the checkpoint: the first is the pretrained one
	At         float64 `json:"at"`   // seconds after the start at which it began to serve, or was dropped
	Last       bool    `json:"last"` // it served at the end
	Verdict    string  `json:"verdict,omitempty"`
	Size       int     `json:"size"` // px
	Blend      string  `json:"blend"`
	Share      float64 `json:"share"` // weight of the adapted half in a join; 0: it has none
	Step       int     `json:"step"`
	Scored
	// Variants are other ways to serve the same weights, by name. Only with All.
	Variants map[string]Scored `json:"variants,omitempty"`
}

// trained reports whether the checkpoint has learned. The first of a store has not.
func (s Served) trained() bool { return s.Kind == storage.CheckpointTrained }

// shares are the joins that All evaluates.
func shares() []float64 { return []float64{0.25, 0.5, 0.75} }

// measure evaluates one checkpoint as it serves and, with All, in other ways.
func (b *bench) measure(ctx context.Context, run *session.Session, seed uint64, id storage.CheckpointID) (Served, error) {
	b.progress(fmt.Sprintf("seed %d, measuring %s", seed, id), 1)
	cp, err := run.Checkpoint(id)
	if err != nil {
		return Served{}, err
	}
	one := Served{Seed: seed, Checkpoint: string(id), Kind: cp.Kind, Size: cp.Size, Blend: cp.Blend, Share: cp.Share, Step: cp.Step}
	name := fmt.Sprintf("seed%d-%s", seed, id)
	s, err := b.embed(ctx, name, func() (*blend.Embedder, error) { return run.Serving(ctx, id, "") })
	if err != nil {
		return one, err
	}
	if one.Scored, err = b.measureSimilarity(ctx, s); err != nil || !b.All || !one.trained() {
		return one, err
	}
	root, err := b.root(ctx, cp.Size)
	if err != nil {
		return one, err
	}
	adapted, err := b.embed(ctx, name+"-adapted", func() (*blend.Embedder, error) { return run.Serving(ctx, id, config.BlendNone) })
	if err != nil {
		return one, err
	}
	one.Variants = map[string]Scored{}
	for _, share := range shares() {
		if one.Variants[fmt.Sprintf("join, share %.2f", share)], err = b.measureSimilarity(ctx, mixed(root, adapted, share)); err != nil {
			return one, err
		}
	}
	one.Variants["adapted alone"], err = b.measureSimilarity(ctx, adapted)
	return one, err
}

// embed computes the similarities of the evaluated frames by an encoder that open opens.
// The dump gets the vectors.
func (b *bench) embed(ctx context.Context, name string, open func() (*blend.Embedder, error)) (similarity, error) {
	e, err := open()
	if err != nil {
		return similarity{}, err
	}
	defer e.Close()
	var vectors [][]float32
	err = b.Clip.each(ctx, b.Decoder, b.chosen, func(_ int, batch []*rgb.Image) error {
		rows, err := e.Embed(ctx, batch)
		vectors = append(vectors, rows...)
		return err
	})
	if err != nil {
		return similarity{}, err
	}
	if err := b.dump.vectors(name, vectors); err != nil {
		return similarity{}, err
	}
	return cosines(ctx, vectors)
}

// root returns the similarities by the frozen encoder at a size. It keeps the last.
func (b *bench) root(ctx context.Context, size int) (similarity, error) {
	if b.rootSize == size {
		return b.rootSimilarity, nil
	}
	s, err := b.embed(ctx, dumpName(rgb.Square{Size: size, Squash: b.squash}), func() (*blend.Embedder, error) {
		list, err := openFrozen(ctx, b.Config, b.Log, []rgb.Square{{Size: size, Squash: b.squash}})
		if err != nil {
			return nil, err
		}
		return list[0], nil
	})
	if err == nil {
		b.rootSize, b.rootSimilarity = size, s
	}
	return s, err
}

// measureSimilarity compares an encoder with the baseline.
func (b *bench) measureSimilarity(ctx context.Context, s similarity) (Scored, error) {
	e, err := b.truth.score(ctx, b.moments, s)
	if err != nil {
		return Scored{}, err
	}
	return b.scored(e, true), nil
}
