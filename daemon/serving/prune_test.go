package serving

import (
	"slices"
	"testing"

	"edgeclr/storage"
)

// Prune keeps what answers queries, did so before, or is about to.
func TestPrune(t *testing.T) {
	store, err := storage.Open(t.Context(), t.TempDir(), storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	for i := range 6 { // c1 to c6
		kind := storage.CheckpointTrained
		if i == 0 {
			kind = storage.CheckpointPretrained
		}
		if _, err := store.PutCheckpoint(t.Context(), storage.Checkpoint{Kind: kind, Arch: "resnet18", Size: 32}, nil); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range []storage.CheckpointID{"c1", "c2", "c4"} {
		if err := store.SetServing(t.Context(), id, "test"); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.SaveState(t.Context(), pendingPromotion, promotion{Checkpoint: "c3"}, nil); err != nil {
		t.Fatal(err)
	}
	// c4 serves, c2 did before, c3 is being promoted, c6 is the candidate.
	vs := &Versions{store: store, opt: Options{KeepCheckpoints: func() int { return 2 }}}
	if err := vs.Prune(t.Context(), "c6"); err != nil {
		t.Fatal(err)
	}
	left, err := store.Checkpoints()
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, cp := range left {
		ids = append(ids, string(cp.ID))
	}
	serving, err := store.Serving()
	if want := []string{"c1", "c2", "c3", "c4", "c6"}; err != nil || !slices.Equal(ids, want) || serving != "c4" {
		t.Errorf("left %v, want %v; %s serves, %v", ids, want, serving, err)
	}
}
