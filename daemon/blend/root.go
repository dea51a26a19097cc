package blend

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"edgeclr/config"
	"edgeclr/internal/tensor"
	"edgeclr/model/arch"
	"edgeclr/model/weights"
	"edgeclr/storage"
)

// Checkpoints is what blends need of a store.
type Checkpoints interface {
	Checkpoint(id storage.CheckpointID) (storage.Checkpoint, error)
	Tensors(ctx context.Context, id storage.CheckpointID) ([]tensor.Tensor, error)
}

// noRootError says why a checkpoint has no root to blend with. It does not match
// [storage.ErrNotFound]: the requested checkpoint itself exists.
type noRootError struct{ why string }

func (e *noRootError) Error() string { return e.why }

// Root finds the pretrained or imported checkpoint that the training of cp began
// from, whatever rounds are between. A checkpoint that was not trained is its own
// root. When the root is gone, the error is a noRootError.
func Root(st Checkpoints, cp storage.Checkpoint) (storage.Checkpoint, error) {
	for cp.Kind == storage.CheckpointTrained {
		id := cp.Root
		if id == "" { // stored by a release without blends
			id = cp.Parent
		}
		before, err := st.Checkpoint(id)
		if errors.Is(err, storage.ErrNotFound) {
			return storage.Checkpoint{}, &noRootError{fmt.Sprintf("checkpoint %s was trained from %q, which is gone", cp.ID, id)}
		}
		if err != nil {
			return storage.Checkpoint{}, err
		}
		cp = before
	}
	return cp, nil
}

// RootID returns the id of a checkpoint's root, or of the checkpoint itself when its
// root cannot be found.
func RootID(st Checkpoints, id storage.CheckpointID) (storage.CheckpointID, error) {
	cp, err := st.Checkpoint(id)
	if err != nil {
		return "", err
	}
	if root, err := Root(st, cp); err == nil {
		return root.ID, nil
	}
	return id, nil
}

// sameKindRoot finds the root. When it has another architecture, the error is a
// noRootError. It may have served at another size.
func sameKindRoot(st Checkpoints, cp storage.Checkpoint) (storage.Checkpoint, error) {
	root, err := Root(st, cp)
	if err == nil && root.Arch != cp.Arch {
		err = &noRootError{fmt.Sprintf("%s is %s, and %s is %s", root.ID, root.Arch, cp.ID, cp.Arch)}
	}
	return root, err
}

// LivingRoot returns the root of a checkpoint. It is nil when the root is gone or is
// another kind of network.
func LivingRoot(st Checkpoints, cp storage.Checkpoint) (*storage.Checkpoint, error) {
	root, err := sameKindRoot(st, cp)
	var none *noRootError
	if errors.As(err, &none) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &root, nil
}

// HalvesOf reads the weights of a checkpoint and of its root.
func HalvesOf(ctx context.Context, st Checkpoints, cp storage.Checkpoint) Halves {
	return Halves{
		Adapted: func() (weights.Set, error) { return st.Tensors(ctx, cp.ID) },
		Pretrained: func() (set weights.Set, err error) {
			root, err := sameKindRoot(st, cp)
			if err == nil {
				set, err = st.Tensors(ctx, root.ID)
			}
			if err != nil {
				return nil, fmt.Errorf("the blend needs the checkpoint that training began from: %w", err)
			}
			return set, nil
		},
	}
}

// IdentityOf returns the identity of a checkpoint as TensorFlow computes it.
func IdentityOf(cp storage.Checkpoint) Identity {
	return Identity{Arch: cp.Arch, Size: cp.Size, Squash: cp.Squash, Blend: cp.Blend, Share: ShareOf(cp)}
}

// Child describes the checkpoint that training from parent makes. Name is a value of
// serve.blend. Share is the weight of the adapted half that the judge chose, for
// config.BlendAuto: 0 if it chose none, which gives storage.EvenShare, and 1 for the
// adapted half alone. The other blends ignore it. When the root cannot be found, Child
// logs a warning and gives the checkpoint no blend. Training goes on.
func Child(st Checkpoints, parent storage.Checkpoint, name string, share float64, log *slog.Logger) (storage.Checkpoint, error) {
	a, err := arch.Get(parent.Arch)
	if err != nil {
		return storage.Checkpoint{}, err
	}
	root, err := Root(st, parent)
	if err != nil {
		log.Warn("the new checkpoint gets no blend, since the checkpoint that training began from cannot be found", "blend", name, "error", err)
		name = config.BlendNone
	}
	name, share = chosen(name, share)
	b, err := builtin().blend(name)
	if err != nil {
		return storage.Checkpoint{}, err
	}
	share, err = b.share(share)
	return storage.Checkpoint{Kind: storage.CheckpointTrained, Arch: parent.Arch, Size: parent.Size, LearnSize: parent.LearnSize, Squash: parent.Squash, Blend: b.name, Share: share, Dim: b.dim(a),
		Parent: parent.ID, Root: root.ID}, err
}
