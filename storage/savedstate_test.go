package storage

import (
	"testing"

	"edgeclr/internal/tensor"
)

type learner struct {
	Step int
	Seed uint64
}

func TestResume(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{})
	_, err := s.LoadState(t.Context(), "learner", nil)
	wantErr(t, err, ErrNotFound)
	var last []tensor.Tensor
	for step := range 3 {
		last = append(tensors(uint64(step), 70_000), tensors(99, 30_000)...) // the second never changes
		if err := s.SaveState(t.Context(), "learner", learner{step, 1<<63 + 1}, last); err != nil {
			t.Fatal(err)
		}
		if n := chunkCount(t, s); n != 4 {
			t.Errorf("step %d: %d chunks, want 4: the old state's are removed", step, n)
		}
	}
	if err := s.SaveState(t.Context(), "other", learner{}, nil); err != nil {
		t.Fatal(err)
	}
	closeStore(t, s)
	s = open(t, dir, Options{})
	var got learner
	ts, err := s.LoadState(t.Context(), "learner", &got)
	if err != nil || got != (learner{2, 1<<63 + 1}) || !equalTensors(ts, last) {
		t.Errorf("%+v, %d tensors, %v", got, len(ts), err)
	}
	if err := s.DeleteState(t.Context(), "learner"); err != nil {
		t.Fatal(err)
	}
	if n := chunkCount(t, s); n != 0 {
		t.Errorf("%d chunks left", n)
	}
	_, err = s.LoadState(t.Context(), "learner", nil)
	wantErr(t, err, ErrNotFound)
	wantErr(t, s.SaveState(t.Context(), "", learner{}, nil), ErrInvalid)
	wantErr(t, s.SaveState(t.Context(), "x", func() {}, nil), ErrInvalid)
}
