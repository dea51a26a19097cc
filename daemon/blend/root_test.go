package blend

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"edgeclr/config"
	"edgeclr/internal/tensor"
	"edgeclr/storage"
)

// checkpoints is a store of checkpoints without weights.
type checkpoints map[storage.CheckpointID]storage.Checkpoint

func (c checkpoints) Checkpoint(id storage.CheckpointID) (storage.Checkpoint, error) {
	cp, ok := c[id]
	if !ok {
		return cp, storage.ErrNotFound
	}
	cp.ID = id
	return cp, nil
}

func (c checkpoints) Tensors(context.Context, storage.CheckpointID) ([]tensor.Tensor, error) {
	return nil, errors.New("weights were read")
}

// The root is the pretrained or imported checkpoint at the beginning of all
// rounds. Checkpoints of the first release name only their parent.
func TestRoot(t *testing.T) {
	trained := func(root, parent storage.CheckpointID) storage.Checkpoint {
		return storage.Checkpoint{Kind: storage.CheckpointTrained, Arch: "resnet18", Size: 32, LearnSize: 32, Root: root, Parent: parent}
	}
	st := checkpoints{
		"c1": {Kind: storage.CheckpointPretrained, Arch: "resnet18", Size: 64, LearnSize: 32},
		"c2": trained("", "c1"), "c3": trained("", "c2"), "c4": trained("c1", "c3"),
		"c5": {Kind: storage.CheckpointImported, Arch: "efficientnet_lite0", Size: 64, LearnSize: 64}, "c6": trained("c5", "c5"),
		"c7": trained("c99", "c4"),
	}
	for id, want := range map[storage.CheckpointID]storage.CheckpointID{"c1": "c1", "c2": "c1", "c3": "c1", "c4": "c1", "c5": "c5", "c6": "c5", "c7": "c7"} {
		root, err := RootID(st, id)
		if err != nil || root != want {
			t.Errorf("the root of %s is %s, want %s; %v", id, root, want, err)
		}
	}
	var none *noRootError
	if _, err := Root(st, st["c7"]); !errors.As(err, &none) || errors.Is(err, storage.ErrNotFound) {
		t.Errorf("a root that is gone: %v", err)
	}
	// A root that is gone, or is another kind of network, is not opened.
	for _, id := range []storage.CheckpointID{"c6", "c7"} {
		cp, _ := st.Checkpoint(id)
		if e, err := new(Opener).OpenRoot(t.Context(), st, cp); e != nil || err != nil {
			t.Errorf("the root of %s: %v, %v", id, e, err)
		}
	}
	for parent, want := range map[storage.CheckpointID]string{"c4": config.BlendAverage, "c7": config.BlendNone} {
		from, _ := st.Checkpoint(parent)
		child, err := Child(st, from, config.BlendAverage, 0, slog.New(slog.DiscardHandler))
		if err != nil || child.Blend != want || child.Parent != parent || child.Dim != 512 {
			t.Errorf("a child of %s: %+v, %v", parent, child, err)
		}
	}
}
