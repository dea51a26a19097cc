package storage

import (
	"slices"
	"strings"
	"testing"
)

func TestServing(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{})
	serves := func(want CheckpointID) {
		t.Helper()
		if id, err := s.Serving(); err != nil || id != want {
			t.Errorf("serving %q, %v; want %q", id, err, want)
		}
	}
	serves("")
	_, err := s.Rollback(t.Context())
	wantErr(t, err, ErrNotFound)
	c1, c2, c3 := putCheckpoint(t, s, 1), putCheckpoint(t, s, 2), putCheckpoint(t, s, 3)
	wantErr(t, s.SetServing(t.Context(), "c9", "x"), ErrNotFound)
	for _, id := range []CheckpointID{c1, c2, c2, c3} {
		if err := s.SetServing(t.Context(), id, "better"); err != nil {
			t.Fatal(err)
		}
		serves(id)
	}
	if err := s.DeleteCheckpoint(t.Context(), c2); err != nil {
		t.Fatal(err)
	}
	closeStore(t, s)
	s = open(t, dir, Options{})
	serves(c3)
	if cp, err := s.RollbackTarget(); err != nil || cp.ID != c1 {
		t.Errorf("rollback target %q, %v; want %q", cp.ID, err, c1)
	}
	if id, err := s.Rollback(t.Context()); err != nil || id != c1 {
		t.Errorf("rolled back to %q, %v; want %q, the other one is gone", id, err, c1)
	}
	serves(c1)
	_, err = s.Rollback(t.Context())
	wantErr(t, err, ErrNotFound)
	_, err = s.RollbackTarget()
	wantErr(t, err, ErrNotFound)
	serves(c1)

	events, err := s.Events(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, e := range events {
		kinds = append(kinds, e.Kind)
	}
	if got := strings.Join(kinds, " "); got != "promote promote promote rollback" {
		t.Errorf("events %s", got)
	}
}

func TestServingHistoryIsBounded(t *testing.T) {
	s := openNew(t)
	a, b := putCheckpoint(t, s, 1), putCheckpoint(t, s, 2)
	for range maxServingHistory {
		for _, id := range []CheckpointID{a, b} {
			if err := s.SetServing(t.Context(), id, "again"); err != nil {
				t.Fatal(err)
			}
		}
	}
	err := s.view("test", func(t2 txn) error {
		h, err := t2.servingHistory()
		if len(h) != maxServingHistory || h.current() != b {
			t.Errorf("%d entries, %s serves", len(h), h.current())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The history remembers with which encoders a checkpoint served last.
func TestServingEncoders(t *testing.T) {
	s := openNew(t)
	c1, c2 := putCheckpoint(t, s, 1), putCheckpoint(t, s, 2)
	want := func(id CheckpointID, encoders []Encoder, entries int) {
		t.Helper()
		if got, err := s.Encoders(id); err != nil || !slices.Equal(got, encoders) {
			t.Errorf("encoders of %s: %v, %v; want %v", id, got, err, encoders)
		}
		var h servingHistory
		err := s.view("test", func(t txn) (err error) { h, err = t.servingHistory(); return err })
		if err != nil || len(h) != entries {
			t.Errorf("%d entries, %v; want %d", len(h), err, entries)
		}
	}
	serve := func(id CheckpointID, encoders []Encoder) {
		t.Helper()
		if err := s.SetServing(t.Context(), id, "test", encoders...); err != nil {
			t.Fatal(err)
		}
	}
	serve(c1, nil)
	want(c1, nil, 1)
	serve(c1, by(c1)) // the entry is completed
	want(c1, by(c1), 1)
	serve(c1, nil) // nothing new
	want(c1, by(c1), 1)
	serve(c2, by(c2))
	other := []Encoder{{Weights: "c2", Size: 96, Precision: PrecisionInt8, Accelerator: AcceleratorCPU, Dim: 8}}
	serve(c2, other) // the same checkpoint with another encoder
	want(c2, other, 3)
	if cp, err := s.RollbackTarget(); err != nil || cp.ID != c1 {
		t.Errorf("back to %s, %v", cp.ID, err)
	}
	if id, err := s.Rollback(t.Context(), by("another")...); err != nil || id != c1 {
		t.Errorf("rolled back to %s, %v", id, err)
	}
	want(c1, by("another"), 1)
	want("c9", nil, 1)
	want("nonsense", nil, 1)
}

// The size of the encoders that serve is that of all checkpoints but a user's file, and
// going back restores the one before.
func TestServingSize(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{})
	c1, c2 := putCheckpoint(t, s, 1), putCheckpoint(t, s, 2)
	file, err := s.PutCheckpoint(t.Context(), Checkpoint{Kind: CheckpointFile, Size: 300, Dim: 8}, nil)
	if err != nil {
		t.Fatal(err)
	}
	recorded, err := s.Checkpoint(c1)
	if err != nil {
		t.Fatal(err)
	}
	want := func(serves CheckpointID, size int, before CheckpointID, sizeBefore int) {
		t.Helper()
		if id, err := s.Serving(); err != nil || id != serves {
			t.Errorf("%s serves, %v; want %s", id, err, serves)
		}
		all, err := s.Checkpoints()
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range all {
			wantSize := size
			if c.ID == file {
				wantSize = 300
			}
			if one, err := s.Checkpoint(c.ID); err != nil || one.Size != wantSize || c.Size != wantSize || c.LearnSize != max(recorded.LearnSize, c.LearnSize) {
				t.Errorf("%s has %d and %d px, %v; want %d", c.ID, c.Size, one.Size, err, wantSize)
			}
		}
		target, err := s.RollbackTarget()
		if before == "" {
			wantErr(t, err, ErrNotFound)
		} else if err != nil || target.ID != before || target.Size != sizeBefore {
			t.Errorf("before %s at %d px, %v; want %s at %d px", target.ID, target.Size, err, before, sizeBefore)
		}
	}
	at := func(id CheckpointID, size int) {
		t.Helper()
		e := by(id)
		e[0].Size = size
		if err := s.SetServing(t.Context(), id, "test", e...); err != nil {
			t.Fatal(err)
		}
	}
	back := func() {
		t.Helper()
		if _, err := s.Rollback(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.SetServing(t.Context(), c1, "as in a store of an older release"); err != nil {
		t.Fatal(err)
	}
	want(c1, recorded.Size, "", 0)
	at(c2, 128) // c1 has no size of its own in the history
	want(c2, 128, c1, recorded.Size)
	at(c2, 224)
	want(c2, 224, c2, 128)
	at(file, 300)
	want(file, 224, c2, 224)
	if err := s.SetServing(t.Context(), c1, "without encoders"); err != nil {
		t.Fatal(err)
	}
	want(c1, 224, file, 300)
	at(c1, 64) // completes the entry
	want(c1, 64, file, 300)
	closeStore(t, s)
	s = open(t, dir, Options{})
	want(c1, 64, file, 300)
	back()
	want(file, 224, c2, 224)
	back()
	want(c2, 224, c2, 128)
	back()
	want(c2, 128, c1, recorded.Size)
	back()
	want(c1, recorded.Size, "", 0)
}
