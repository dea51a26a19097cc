package daemon

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"edgeclr/config"
	"edgeclr/internal/tensor"
	"edgeclr/storage"
)

// The root is found even when the checkpoints between are deleted, and for checkpoints
// that a release without blends stored.
func TestRootOfManyRounds(t *testing.T) {
	cfg := smallConfig(t)
	cfg.Store.KeepCheckpoints = 2
	s := open(t, cfg)
	root := storage.CheckpointID(importOther(t, s, 5))
	old, err := s.store.PutCheckpoint(t.Context(), storage.Checkpoint{Kind: storage.CheckpointTrained, Arch: cfg.Model.Arch, Size: 32, Parent: root},
		tensors(t, s, root))
	if err != nil {
		t.Fatal(err)
	}
	cp := adapt(t, s, old, config.BlendAverage)
	for range 3 {
		cp = adapt(t, s, cp.ID, config.BlendAverage)
		if err := s.versions.Prune(t.Context(), cp.ID); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.store.Checkpoint(old); !errors.Is(err, storage.ErrNotFound) {
		t.Fatalf("the oldest is still there: %v", err)
	}
	if cp.Root != root || cp.Blend != config.BlendAverage {
		t.Errorf("%+v", cp)
	}
	served(t, s, cp)
	if err := s.store.DeleteCheckpoint(t.Context(), root); !errors.Is(err, storage.ErrProtected) {
		t.Errorf("deleting the root: %v", err)
	}
}

// When the root is gone, the result of training is still stored.
func TestTrainingWithoutARoot(t *testing.T) {
	s := open(t, smallConfig(t))
	orphan, err := s.store.PutCheckpoint(t.Context(), storage.Checkpoint{Kind: storage.CheckpointTrained, Arch: s.config().Model.Arch, Size: 32, Parent: "c77"},
		tensors(t, s, "c1"))
	if err != nil {
		t.Fatal(err)
	}
	if cp := adapt(t, s, orphan, config.BlendJoin); cp.Blend != config.BlendNone || cp.Root != "" || cp.Parent != orphan {
		t.Errorf("%+v", cp)
	}
}

// Opening a blend without its root fails, and the error says why. What served still
// serves.
func TestBlendWithoutItsRoot(t *testing.T) {
	s := open(t, smallConfig(t))
	all, ids := embed(t, s, 0, 3)
	other := storage.Checkpoint{Kind: storage.CheckpointImported, Arch: "another", Size: 32}
	another, err := s.store.PutCheckpoint(t.Context(), other, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name        string
		root        storage.CheckpointID
		blend, says string
	}{
		{"gone", "c77", config.BlendAverage, `was trained from "c77", which is gone`},
		{"gone, joined", "c77", config.BlendJoin, `was trained from "c77", which is gone`},
		{"nobody", "", config.BlendJoin, `was trained from "", which is gone`},
		{"another architecture", another, config.BlendJoin, string(another) + " is another, and "},
		{"an unknown blend", "c1", "soup", `"soup" is not a blend: give one of none, average, join`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			id, err := s.store.PutCheckpoint(t.Context(), storage.Checkpoint{Kind: storage.CheckpointTrained, Arch: s.config().Model.Arch, Size: 32,
				Blend: tt.blend, Root: tt.root}, tensors(t, s, "c1"))
			if err != nil {
				t.Fatal(err)
			}
			_, err = s.Client().Promote(t.Context(), string(id))
			if err == nil || !strings.Contains(err.Error(), tt.says) || !strings.Contains(err.Error(), string(id)) || errors.Is(err, storage.ErrNotFound) {
				t.Errorf("%v does not say %q", err, tt.says)
			}
			findsItself(t, s.Client(), all[1].Data, ids[1], "")
		})
	}
	if st := status(t, s); st.Checkpoint.Serving != "c1" {
		t.Errorf("%+v", st.Checkpoint)
	}
}

// A damaged root is found when a blend reads it.
func TestBlendWithADamagedRoot(t *testing.T) {
	cfg := smallConfig(t)
	s := open(t, cfg)
	root := storage.CheckpointID(importOther(t, s, 5))
	cp := adapt(t, s, root, config.BlendAverage)
	set := tensors(t, s, root)
	shut(t, s)
	largest := slices.MaxFunc(set, func(a, b tensor.Tensor) int { return len(a.Data) - len(b.Data) })
	flipVector(t, cfg.Data, largest.Data[:2000])
	s = open(t, cfg)
	if _, err := s.Client().Promote(t.Context(), string(cp.ID)); err == nil || !strings.Contains(err.Error(), "training began from") ||
		!strings.Contains(err.Error(), storage.ErrCorrupt.Error()) {
		t.Errorf("%v", err)
	}
	if st := status(t, s); st.Checkpoint.Serving != "c1" {
		t.Errorf("%+v", st.Checkpoint)
	}
}
