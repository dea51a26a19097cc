package daemon

import (
	"context"
	"errors"
	"fmt"

	"edgeclr/config"
	"edgeclr/model"
	"edgeclr/model/arch"
	"edgeclr/model/weights"
	"edgeclr/storage"
)

// rootOf finds the checkpoint that a trained one began from, over all rounds
// since: a pretrained or an imported one. Such a one is its own root.
func rootOf(st *storage.Store, cp storage.Checkpoint) (storage.Checkpoint, error) {
	for cp.Kind == storage.KindTrained {
		id := cp.Root
		if id == "" { // stored by a release that had no blends
			id = cp.Parent
		}
		before, err := st.Checkpoint(id)
		if errors.Is(err, storage.ErrNotFound) {
			// The error is no ErrNotFound: what was asked for is there.
			return storage.Checkpoint{}, fmt.Errorf("checkpoint %s was trained from %q, which is gone", cp.ID, id)
		}
		if err != nil {
			return storage.Checkpoint{}, err
		}
		cp = before
	}
	return cp, nil
}

// rootID is the root of a checkpoint, or the checkpoint itself where that is gone.
func (s *Service) rootID(id storage.CheckpointID) (storage.CheckpointID, error) {
	cp, err := s.store.Checkpoint(id)
	if err != nil {
		return "", err
	}
	if root, err := rootOf(s.store, cp); err == nil {
		return root.ID, nil
	}
	return id, nil
}

// halvesOf are the weights of a checkpoint and of its root.
func halvesOf(ctx context.Context, st *storage.Store, cp storage.Checkpoint) Halves {
	return Halves{
		Adapted: func() (weights.Set, error) { return st.Tensors(ctx, cp.ID) },
		Pretrained: func() (weights.Set, error) {
			set, err := rootTensors(ctx, st, cp)
			if err != nil {
				return nil, fmt.Errorf("the blend needs the checkpoint that training began from: %w", err)
			}
			return set, nil
		},
	}
}

// rootTensors are those of the root, which must be of the same kind of network.
func rootTensors(ctx context.Context, st *storage.Store, cp storage.Checkpoint) (weights.Set, error) {
	root, err := rootOf(st, cp)
	if err != nil {
		return nil, err
	}
	if root.Arch != cp.Arch || root.Size != cp.Size {
		return nil, fmt.Errorf("%s is %s at %d px, and %s is %s at %d px", root.ID, root.Arch, root.Size, cp.ID, cp.Arch, cp.Size)
	}
	return st.Tensors(ctx, root.ID)
}

// openEncoder builds the encoder of a checkpoint in a blend, seeing squares of
// that size.
func openEncoder(ctx context.Context, st *storage.Store, cp storage.Checkpoint, blend string, size int, rt model.Runtime) (Encoder, error) {
	a, err := arch.Get(cp.Arch)
	if err != nil {
		return nil, fmt.Errorf("checkpoint %s: %w", cp.ID, err)
	}
	encoder, err := OpenEncoder(blend, halvesOf(ctx, st, cp), model.EncoderOptions{Arch: a, Size: size, Runtime: rt})
	if err != nil {
		return nil, fmt.Errorf("checkpoint %s: %w", cp.ID, err)
	}
	return encoder, nil
}

// inherit makes what is trained from parent a checkpoint of the configured
// blend. Where the root is gone it has none: that costs the blend, and not the
// training.
func (s *Service) inherit(parent storage.Checkpoint) (child storage.Checkpoint, err error) {
	a, err := arch.Get(parent.Arch)
	if err != nil {
		return child, err
	}
	name := s.config().Serve.Blend
	root, err := rootOf(s.store, parent)
	if err != nil {
		s.log.Warn("the new checkpoint serves as it was trained: there is nothing to blend it with", "blend", name, "error", err)
		name = config.BlendNone
	}
	b, err := findBlend(name)
	return storage.Checkpoint{Kind: storage.KindTrained, Arch: parent.Arch, Size: parent.Size, Blend: b.name, Dim: b.dim(a),
		Parent: parent.ID, Root: root.ID}, err
}
