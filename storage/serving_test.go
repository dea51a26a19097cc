package storage

import (
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
	if id, err := s.RollbackTarget(); err != nil || id != c1 {
		t.Errorf("rollback target %q, %v; want %q", id, err, c1)
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
