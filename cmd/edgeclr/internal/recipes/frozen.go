package recipes

import (
	"context"
	"fmt"

	"edgeclr/cmd/edgeclr/internal/session"
	"edgeclr/cmd/edgeclr/internal/trials"
	"edgeclr/config"
	"edgeclr/daemon/blend"
)

// Frozen is the encoder that training began from, at one size.
type Frozen struct {
	Arch     string          `json:"arch"`
	Encoder  string          `json:"encoder"` // hash of its weights
	Size     int             `json:"size"`
	Top1     trials.Estimate `json:"top1"`
	P10      trials.Estimate `json:"p10"`
	Outcomes Outcomes        `json:"outcomes,omitzero"`
}

// frozenName begins the names of the frozen encoders in the table.
const frozenName = "frozen"

// roots evaluates frozen encoders, each once.
type roots struct {
	set     evalSet
	table   *trials.Table
	suffix  string                 // tells sets of pictures apart: that of a seed, when pictures are held out
	vectors map[string][][]float32 // of the last encoder and size, by name
}

// open opens the session's root at that size. Name is that of its Frozen in the table.
func (r *roots) open(ctx context.Context, s *session.Session, size int) (e *blend.Embedder, name string, err error) {
	if e, err = s.Encoder(ctx, s.Root(), config.BlendNone, size); err != nil {
		return nil, "", err
	}
	return e, fmt.Sprintf("%s.%.12s.%d%s", frozenName, e.Encoders()[0].Weights, size, r.suffix), nil
}

// embed gives the vectors of the session's root at that size.
func (r *roots) embed(ctx context.Context, s *session.Session, size int) ([][]float32, error) {
	e, name, err := r.open(ctx, s, size)
	if err != nil {
		return nil, err
	}
	defer e.Close()
	return r.embedBy(ctx, e, name)
}

func (r *roots) embedBy(ctx context.Context, e *blend.Embedder, name string) ([][]float32, error) {
	if r.vectors[name] == nil {
		vectors, err := r.set.embed(ctx, e)
		if err != nil {
			return nil, err
		}
		r.vectors = map[string][][]float32{name: vectors} // the others would only take memory
	}
	return r.vectors[name], nil
}

// evaluate gives the session's root at that size, from the table if it is there.
func (r *roots) evaluate(ctx context.Context, s *session.Session, size int) (f Frozen, err error) {
	e, name, err := r.open(ctx, s, size)
	if err != nil {
		return f, err
	}
	defer e.Close()
	done, err := r.table.Load(name, &f)
	if done && err == nil {
		err = f.Outcomes.check(name, len(r.set.pictures))
	}
	if done || err != nil {
		return f, err
	}
	vectors, err := r.embedBy(ctx, e, name)
	if err != nil {
		return f, err
	}
	f = Frozen{Arch: e.Identity().Arch, Encoder: e.Encoders()[0].Weights, Size: size}
	if f.Outcomes, err = r.set.outcomes(ctx, vectors); err != nil {
		return f, err
	}
	f.Top1, f.P10 = f.Outcomes.means()
	return f, r.table.Save(name, f)
}
