package serving

import (
	"cmp"
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
	wish := o.Serving(cp)
	before, err := st.Encoders(cp.ID)
	if err != nil {
		return nil, false, err
	}
	// Another precision is calibrated first, which takes minutes on a small board. So
	// what is stored is opened without trying the wish. A file has the precision that it has.
	storedFirst := len(before) > 0 && cp.Kind != storage.CheckpointFile &&
		identityLike(wish, before[0]).Precision != cmp.Or(wish.Precision, config.PrecisionFloat)
	if storedFirst {
		if old, err := openStored(ctx, st, cp, before, o); old != nil || err != nil {
			return old, true, err
		}
	}
	if e, err = openEncoder(ctx, st, cp, wish, o); err != nil || storedFirst || slices.Equal(before, e.Encoders()) {
		return e, false, err
	}
	old, err := openStored(ctx, st, cp, before, o)
	switch {
	case err != nil:
		return nil, false, errors.Join(err, e.Close())
	case old != nil:
		return old, true, e.Close()
	}
	return e, false, nil
}

// standIn is why the embedder of stored vectors serves.
const standIn = "the stored vectors are of this encoder; the one that is configured serves once all frames are embedded with it"

// encoderBeside builds the embedder of a checkpoint that a request names. One that never
// served, or not since the store was resized, computes in float, since a request cannot wait until int8 is calibrated.
func encoderBeside(ctx context.Context, st *storage.Store, cp storage.Checkpoint, o *blend.Opener) (*blend.Embedder, error) {
	before, err := st.Encoders(cp.ID)
	if err != nil {
		return nil, err
	}
	resized := len(before) > 0 && cp.Kind != storage.CheckpointFile && before[0].Size != cp.Size
	if len(before) == 0 || resized {
		id := o.Serving(cp)
		id.Precision = config.PrecisionFloat
		return openEncoder(ctx, st, cp, id, o)
	}
	e, _, err := chooseEncoder(ctx, st, cp, o)
	return e, err
}

// openStored builds the embedder that computed stored vectors. It is nil when there are no
// such vectors, or when what computed them cannot be opened any more.
func openStored(ctx context.Context, st *storage.Store, cp storage.Checkpoint, before []storage.Encoder, o *blend.Opener) (*blend.Embedder, error) {
	if len(before) == 0 {
		return nil, nil
	}
	if stored, err := st.CountVectors(before); stored == 0 || err != nil {
		return nil, err
	}
	old, err := openEncoder(ctx, st, cp, identityLike(o.Serving(cp), before[0]), o)
	if err != nil {
		return nil, ctx.Err()
	}
	if !slices.Equal(old.Encoders(), before) {
		return nil, old.Close()
	}
	old.StandIn(standIn)
	return old, nil
}

// identityLike returns an identity that differs in what a stored encoder says.
func identityLike(id blend.Identity, e storage.Encoder) blend.Identity {
	id.Size, id.Squash, id.Accelerator, id.Precision = e.Size, e.Squash, e.Accelerator, config.PrecisionFloat
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
