package daemon

import (
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"edgeclr/config"
	"edgeclr/storage"
)

// joinedStore is a store that the last release made whose rows hold both halves of a
// join. testdata/stores/joined_test.go made it and says what is in it.
const joinedStore = "testdata/stores/joined-v0.3.0.db.gz"

// openJoinedStore configures a service on a copy of joinedStore.
func openJoinedStore(t *testing.T) config.Config {
	t.Helper()
	cfg := smallConfig(t)
	cfg.Model.Weights = ""
	if err := os.MkdirAll(cfg.Data, 0o755); err != nil {
		t.Fatal(err)
	}
	in, err := os.Open(joinedStore)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	z, err := gzip.NewReader(in)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(cfg.Data, "edgeclr.db"), data, 0o600); err != nil {
		t.Fatal(err)
	}
	return cfg
}

// newRows counts the vectors that were computed since the store was of an older release.
func newRows(t *testing.T, s *Service) int {
	t.Helper()
	r, err := s.store.Check(t.Context())
	if err != nil || !r.OK() {
		t.Fatalf("%+v, %v", r, err)
	}
	const old = 6 + 8 // of c1 and of c2
	return r.Vectors - old
}

// A store of the last release opens, is searched and goes on. No frame is embedded
// again.
func TestStoreOfTheLastRelease(t *testing.T) {
	cfg := openJoinedStore(t)
	s := open(t, cfg)
	s.versions.Mend(t.Context())
	if st := status(t, s); st.Embeddings != 8 || st.Checkpoint.Serving != "c2" || st.Checkpoint.Blend != config.BlendJoin || st.Checkpoint.Share != storage.EvenShare {
		t.Fatalf("%d embeddings, %+v", st.Embeddings, st.Checkpoint)
	}
	all := pictures(t, 0, 8)
	for i, p := range all {
		findsItself(t, s.Client(), p.Data, uint64(i+1), "")
		if i < 6 {
			findsItself(t, s.Client(), p.Data, uint64(i+1), "c1")
		}
	}
	if n := newRows(t, s); n != 0 {
		t.Errorf("%d vectors were computed again", n)
	}
	// New frames have a vector of each half.
	more, ids := embed(t, s, 8, 1)
	findsItself(t, s.Client(), more[0].Data, ids[0], "")
	if n := newRows(t, s); n != 2 {
		t.Errorf("%d vectors of a new frame", n)
	}
	// Going back has nothing to embed: the root's vectors of frames 7 and 8 are halves of
	// the rows of c2.
	if _, err := s.Client().Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i, p := range all {
		findsItself(t, s.Client(), p.Data, uint64(i+1), "")
	}
	if n := countEvents(t, s, "cannot be used"); n != 0 {
		t.Errorf("%d events about old vectors", n)
	}
	shut(t, s)
	if _, _, err := storage.Compact(t.Context(), cfg.Data); err != nil {
		t.Fatal(err)
	}
	s = open(t, cfg)
	for i, p := range all {
		findsItself(t, s.Client(), p.Data, uint64(i+1), "")
	}
}

// plant replaces the stored vectors of an encoder by others, so that a test can tell
// whether they were computed again. It returns them, for frames 1 to n.
func plant(t *testing.T, s *Service, e storage.Encoder, n int) []storage.Vector {
	t.Helper()
	list := make([]storage.Vector, n)
	for i := range list {
		v := make([]float32, e.Dim)
		v[i] = 1
		list[i] = storage.Vector{ID: storage.FrameID(i + 1), Values: v}
	}
	if err := s.store.PutVectors(t.Context(), e, list); err != nil {
		t.Fatal(err)
	}
	return list
}

// wantPlanted expects the vectors of plant, or others when planted is false.
func wantPlanted(t *testing.T, s *Service, e storage.Encoder, list []storage.Vector, planted bool) {
	t.Helper()
	for _, want := range list {
		got, err := s.store.Vector([]storage.Encoder{e}, 0, want.ID)
		if err != nil || slices.Equal(got, want.Values) != planted {
			t.Errorf("%v, frame %d: %v; not computed again: %v", e, want.ID, err, !planted)
		}
	}
}

// A promotion computes the half that the store lacks. Going back computes nothing.
func TestPromotionComputesOneHalf(t *testing.T) {
	s := open(t, smallConfig(t))
	embed(t, s, 0, 6)
	promote := func(id storage.CheckpointID) {
		t.Helper()
		if _, err := s.versions.Promote(t.Context(), string(id), "test", nil); err != nil {
			t.Fatal(err)
		}
	}
	second, third := adaptBy(t, s, "c1", config.BlendJoin, 0.05), adaptBy(t, s, "c1", config.BlendJoin, 0.1)
	root := plant(t, s, encodersOf(t, s, "c1")[0], 6)
	promote(second.ID)
	own := encodersOf(t, s, second.ID)
	if own[0] != encodersOf(t, s, "c1")[0] {
		t.Fatalf("the pretrained half %v is not the root %v", own[0], encodersOf(t, s, "c1")[0])
	}
	wantPlanted(t, s, own[0], root, true)
	adapted := plant(t, s, own[1], 6)
	promote(third.ID)
	wantPlanted(t, s, own[0], root, true)
	wantPlanted(t, s, own[1], adapted, true)
	if n := countVectors(t, s, third.ID); n != 6 {
		t.Errorf("%d vectors of %s", n, third.ID)
	}
	if _, err := s.versions.Rollback(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	wantPlanted(t, s, own[1], adapted, true)

	// A damaged half is computed again alone.
	if err := errors.Join(s.store.SetRoots(t.Context()), s.store.KeepVectors(t.Context(), own[1:])); err != nil {
		t.Fatal(err)
	}
	s.versions.Mend(t.Context())
	wantPlanted(t, s, own[0], root, false)
	wantPlanted(t, s, own[1], adapted, true)
}

// After a promotion nothing of the old rows is needed but the pretrained halves.
func TestStoreOfTheLastReleaseIsPromoted(t *testing.T) {
	cfg := openJoinedStore(t)
	s := open(t, cfg)
	for _, deviation := range []float64{0.05, 0.1} {
		next := adaptBy(t, s, "c2", config.BlendJoin, deviation)
		if next.Root != "c1" {
			t.Fatalf("%+v", next)
		}
		if _, err := s.versions.Promote(t.Context(), string(next.ID), "test", nil); err != nil {
			t.Fatal(err)
		}
		for i, p := range pictures(t, 0, 8) {
			findsItself(t, s.Client(), p.Data, uint64(i+1), "")
		}
	}
	// Both promotions computed the adapted half alone: of the root there are no new rows.
	root, err := s.store.MissingVectors(t.Context(), encodersOf(t, s, "c1"), 0)
	if err != nil || len(root) != 0 {
		t.Errorf("%v lack a vector by the root, %v", root, err)
	}
	if n := newRows(t, s); n != 8+8-6 { // c3 and c4, without the rows of c1, which those of c2 repeat
		t.Errorf("%d more vectors", n)
	}
	if err := s.store.DeleteCheckpoint(t.Context(), "c2"); err != nil {
		t.Fatal(err)
	}
	shut(t, s)
	s = open(t, cfg)
	if st := status(t, s); st.Embeddings != 8 {
		t.Errorf("%d embeddings", st.Embeddings)
	}
	if _, err := s.Client().QueryFrame(t.Context(), "8", 1, "c3"); err != nil {
		t.Error(err)
	}
}
