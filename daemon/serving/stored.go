package serving

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"edgeclr/config"
	"edgeclr/daemon/blend"
	"edgeclr/storage"
)

// chooseEncoder builds the embedder of a checkpoint as the configuration asks for it.
// When the store has vectors by other encoders, with which the checkpoint served last,
// it builds the embedder of these instead. Then outdated is true. See openEncoder.
func chooseEncoder(ctx context.Context, st *storage.Store, cp storage.Checkpoint, o *blend.Opener) (e *blend.Embedder, outdated bool, err error) {
	if e, err = openEncoder(ctx, st, cp, o.Serving(cp), o); err != nil {
		return nil, false, err
	}
	before, err := st.Encoders(cp.ID)
	stored := 0
	if err == nil && !slices.Equal(before, e.Encoders()) {
		stored, err = st.CountVectors(before)
	}
	if err != nil {
		return nil, false, errors.Join(err, e.Close())
	}
	if stored == 0 {
		return e, false, nil
	}
	old, err := openEncoder(ctx, st, cp, identityLike(o.Serving(cp), before[0]), o)
	if err != nil {
		return e, false, nil // what computed the stored vectors cannot be opened any more
	}
	if !slices.Equal(old.Encoders(), before) {
		return e, false, old.Close()
	}
	return old, true, e.Close()
}

// identityLike returns an identity that differs in what a stored encoder says.
func identityLike(id blend.Identity, e storage.Encoder) blend.Identity {
	id.Size, id.Accelerator, id.Precision = e.Size, e.Accelerator, config.PrecisionFloat
	if e.Precision == storage.PrecisionInt8 {
		id.Precision = config.PrecisionInt8
	}
	return id
}

// linkOldVectors tells a store of an older release which encoders computed its vectors,
// so that no frame is embedded again. It leaves out vectors that cannot be used any
// more, because the weights that computed them are gone.
func linkOldVectors(ctx context.Context, o Options) error {
	unlinked, err := o.Store.UnlinkedVectors()
	if err != nil {
		return err
	}
	for _, id := range unlinked {
		cp, err := o.Store.Checkpoint(id)
		var encoders []storage.Encoder
		if err == nil {
			encoders, err = blend.FloatEncoders(ctx, o.Store, cp)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			o.Publish(storage.Event{Kind: storage.EventReembed, Text: fmt.Sprintf("the vectors of checkpoint %s from an older release cannot be used: %v", id, err),
				Data: map[string]any{"checkpoint": id, "error": err.Error()}})
			continue
		}
		if err := o.Store.LinkVectors(ctx, id, encoders); err != nil {
			return err
		}
	}
	return nil
}
