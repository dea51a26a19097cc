package fixedcamera

import (
	"context"
	"errors"
	"fmt"

	"edgeclr/camera/rgb"
	"edgeclr/config"
	"edgeclr/daemon/blend"
	"edgeclr/storage"
)

// measureServed evaluates what served, from the store that the daemon left. A checkpoint
// that served twice is evaluated once.
func (b *bench) measureServed(ctx context.Context, cfg config.Config, served []Served) (_ []Served, err error) {
	st, err := storage.Open(ctx, cfg.Data, storage.Options{Command: "edgeclr bench", Log: b.Log})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	done := map[string]Served{}
	for i, s := range served {
		id := storage.CheckpointID(s.Checkpoint)
		b.progress(fmt.Sprintf("seed %d, measuring %s", s.Seed, id), float64(i)/float64(len(served)))
		before, ok := done[s.Checkpoint]
		if !ok {
			cp, err := st.Checkpoint(id)
			if err != nil {
				return nil, err
			}
			before = Served{Kind: cp.Kind, Size: cp.Size, Blend: cp.Blend, Share: cp.Share, Step: cp.Step}
			if err := b.measure(ctx, cfg, st, cp, &before); err != nil {
				return nil, err
			}
			done[s.Checkpoint] = before
		}
		before.Seed, before.Checkpoint, before.At, before.Last = s.Seed, s.Checkpoint, s.At, s.Last
		served[i] = before
	}
	return served, nil
}

// measure evaluates one checkpoint as it serves and, with All, in other ways.
func (b *bench) measure(ctx context.Context, cfg config.Config, st *storage.Store, cp storage.Checkpoint, into *Served) error {
	o := newOpener(cfg, b.Log)
	name := fmt.Sprintf("seed%d-%s", cfg.Model.Seed, cp.ID)
	s, err := b.embed(ctx, name, func() (*blend.Embedder, error) { return o.OpenCheckpoint(ctx, st, cp, o.Serving(cp)) })
	if err != nil {
		return err
	}
	if into.Scored, err = b.measureSimilarity(ctx, s); err != nil || !b.All || cp.Kind != storage.CheckpointTrained {
		return err
	}
	root, err := b.root(ctx, cfg, cp.Size)
	if err != nil {
		return err
	}
	alone := o.Serving(cp)
	alone.Blend, alone.Share = config.BlendNone, 0
	adapted, err := b.embed(ctx, name+"-adapted", func() (*blend.Embedder, error) { return o.OpenCheckpoint(ctx, st, cp, alone) })
	if err != nil {
		return err
	}
	into.Variants = map[string]Scored{}
	for _, share := range []float64{0.25, 0.5, 0.75} {
		if into.Variants[fmt.Sprintf("join, share %.2f", share)], err = b.measureSimilarity(ctx, mixed(root, adapted, share)); err != nil {
			return err
		}
	}
	into.Variants["adapted alone"], err = b.measureSimilarity(ctx, adapted)
	return err
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
func (b *bench) root(ctx context.Context, cfg config.Config, size int) (similarity, error) {
	if b.rootSize == size {
		return b.rootSimilarity, nil
	}
	s, err := b.embed(ctx, fmt.Sprintf("frozen-%d", size), func() (*blend.Embedder, error) {
		list, err := openFrozen(ctx, cfg, b.Log, []int{size})
		if err != nil {
			return nil, err
		}
		return list[0], nil
	})
	b.rootSize, b.rootSimilarity = size, s
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
