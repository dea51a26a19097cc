package daemon

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"

	"edgeclr/model/weights"
	"edgeclr/storage"
)

// flipVector changes a bit of a stored vector in the closed store's file. It changes
// all copies, since freed pages have older ones.
func flipVector(t *testing.T, dir string, vector []float32) {
	t.Helper()
	path := filepath.Join(dir, "edgeclr.db")
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var raw []byte
	for _, x := range vector {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(x))
	}
	found := 0
	for at := 0; ; at += len(raw) {
		next := bytes.Index(file[at:], raw)
		if next < 0 {
			break
		}
		at += next
		file[at+40] ^= 1
		found++
	}
	if found == 0 {
		t.Fatal("the vector is not in the file")
	}
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
}

// A damaged vector answers no query. It is computed again from the kept picture.
func TestDamagedVectorsAreComputedAgain(t *testing.T) {
	cfg := smallConfig(t)
	s := open(t, cfg)
	all, ids := embed(t, s, 0, 20)
	var lost [][]float32
	for _, i := range []int{3, 11} {
		lost = append(lost, storedVector(t, s, "c1", ids[i]))
	}
	shut(t, s)
	for _, v := range lost {
		flipVector(t, cfg.Data, v)
	}
	s = open(t, cfg)
	wait(t, "the damaged vectors", func() bool { return status(t, s).Embeddings == 20 })
	for n, i := range []int{3, 11} {
		if c := cosine(storedVector(t, s, "c1", ids[i]), lost[n]); c < 0.99999 {
			t.Errorf("frame %d: cosine %v", ids[i], c)
		}
	}
	for i := range all {
		findsItself(t, s.Client(), all[i].Data, ids[i], "")
	}
}

// When the state of the learner is damaged, only the steps of the round are lost.
func TestDamagedLearner(t *testing.T) {
	cfg := smallConfig(t)
	s := open(t, cfg)
	embed(t, s, 0, 12)
	s.Learn()
	wait(t, "two steps", func() bool { return s.learner.Status().Step >= 2 })
	shut(t, s)

	s = open(t, cfg)
	var point struct{ Active bool }
	tensors, err := s.store.LoadState(t.Context(), "learner", &point)
	saved := weights.Set(tensors)
	if err != nil || !point.Active || len(saved) == 0 {
		t.Fatalf("%+v, %d tensors, %v", point, len(saved), err)
	}
	shut(t, s)
	// Damage the head: only the learner's state has it, and the checkpoint stays whole.
	head, ok := saved.Find("projection_head.layer1.weight")
	if !ok || len(head.Data) < 2000 {
		t.Fatalf("no head in the saved state: %v", head.Shape)
	}
	flipVector(t, cfg.Data, head.Data[:2000])
	s = open(t, cfg)
	if _, err := s.store.LoadState(t.Context(), "learner", nil); errors.Is(err, storage.ErrCorrupt) {
		t.Errorf("the damaged state is still there: %v", err)
	}
	if n := countEvents(t, s, "given up"); n != 1 {
		t.Errorf("%d events say that the round is given up", n)
	}
	s.Learn()
	if end := nextRound(t, s); end.Err != nil {
		t.Error(end.Err)
	}
}

// A promotion leaves out frames whose kept picture is damaged, and goes on.
func TestPromoteWithADamagedPicture(t *testing.T) {
	cfg := smallConfig(t)
	s := open(t, cfg)
	all, ids := embed(t, s, 0, 6)
	other := importOther(t, s, 99)
	shut(t, s)
	path := filepath.Join(cfg.Data, "edgeclr.db")
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	middle := all[2].Data[len(all[2].Data)/2:][:64]
	at := bytes.Index(file, middle)
	if at < 0 {
		t.Fatal("the picture is not in the file")
	}
	for ; at >= 0; at = bytes.Index(file, middle) {
		file[at] ^= 0x40
	}
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	s = open(t, cfg)
	if _, err := s.versions.Promote(t.Context(), other, "test", nil); err != nil {
		t.Fatal(err)
	}
	if st := status(t, s); st.Embeddings != 5 || st.Checkpoint.Serving != other {
		t.Errorf("%d embeddings, %+v, events %+v", st.Embeddings, st.Checkpoint, st.Events)
	}
	findsItself(t, s.Client(), all[3].Data, ids[3], "")
}
