package storage

import (
	"context"
	"math"
	"reflect"
	"testing"
	"time"

	"edgeclr/internal/tensor"
	"edgeclr/storage/record"
)

func TestCheckpointRoundTrip(t *testing.T) {
	dir := t.TempDir()
	ck := newClock()
	s := open(t, dir, Options{Now: ck.time})
	ts := tensors(1, maxChunk/4, maxChunk/4+1, 7, 0, 300_000)
	ts = append(ts, tensor.Tensor{Name: "scalar", Shape: []int{}, Data: []float32{3}},
		tensor.Tensor{Name: "conv", Shape: []int{2, 3, 4}, Data: floats(9, 24)})
	in := Checkpoint{
		ID: "c77", Kind: CheckpointPretrained, Arch: "efficientnet_lite0", Size: 96, Blend: "joined", Dim: 1280,
		Parent: "c3", Root: "c1", Step: 120, Loss: 1.25, Seed: 1<<64 - 1, Note: "n", Metrics: map[string]float64{"p10": .5},
	}
	id, err := s.PutCheckpoint(t.Context(), in, ts)
	if err != nil || id != "c1" {
		t.Fatalf("%q, %v", id, err)
	}
	closeStore(t, s)
	s = open(t, dir, Options{Now: ck.time})
	in.ID, in.LearnSize, in.Created = "c1", in.Size, ck.now
	if got, err := s.Checkpoint("c1"); err != nil || !reflect.DeepEqual(got, in) {
		t.Errorf("%+v, %v", got, err)
	}
	if list, err := s.Checkpoints(); err != nil || len(list) != 1 || !reflect.DeepEqual(list[0], in) {
		t.Errorf("%+v, %v", list, err)
	}
	got, err := s.Tensors(t.Context(), "c1")
	if err != nil || !equalTensors(got, ts) {
		t.Errorf("tensors differ, %v", err)
	}
	for _, id := range []CheckpointID{"", "c", "c0", "c2", "c01", "C1", "1", "c99999999999"} {
		_, err := s.Checkpoint(id)
		wantErr(t, err, ErrNotFound)
		_, err = s.Tensors(t.Context(), id)
		wantErr(t, err, ErrNotFound)
	}
}

func TestPutCheckpointRefuses(t *testing.T) {
	s := openNew(t)
	ok := Checkpoint{Kind: CheckpointTrained}
	for _, tt := range []struct {
		name string
		c    Checkpoint
		ts   []tensor.Tensor
	}{
		{"kind", Checkpoint{Kind: "x"}, nil},
		{"NaN loss", Checkpoint{Kind: CheckpointTrained, Loss: math.NaN()}, nil},
		{"infinite metric", Checkpoint{Kind: CheckpointTrained, Metrics: map[string]float64{"a": math.Inf(1)}}, nil},
		{"dimension", Checkpoint{Kind: CheckpointTrained, Dim: -1}, nil},
		{"shape and values", ok, []tensor.Tensor{{Name: "a", Shape: []int{3}, Data: floats(1, 2)}}},
		{"negative shape", ok, []tensor.Tensor{{Name: "a", Shape: []int{-1, -2}, Data: floats(1, 2)}}},
		{"overflowing shape", ok, []tensor.Tensor{{Name: "a", Shape: []int{1 << 32, 1 << 32}}}},
		{"name", ok, []tensor.Tensor{{Name: "\xff", Shape: []int{1}, Data: floats(1, 1)}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := s.PutCheckpoint(t.Context(), tt.c, tt.ts)
			wantErr(t, err, ErrInvalid)
		})
	}
	if list, err := s.Checkpoints(); err != nil || len(list) != 0 {
		t.Errorf("%v, %v", list, err)
	}
}

func chunkCount(t *testing.T, s *Store) int {
	t.Helper()
	r, err := s.Check(t.Context())
	if err != nil || !r.OK() {
		t.Fatalf("check %+v, %v", r, err)
	}
	return r.Chunks
}

// Equal tensors are stored once. They are deleted with the last checkpoint that
// names them.
func TestChunksAreShared(t *testing.T) {
	s := openNew(t)
	base := tensors(1, 100_000, 50_000) // 4 and 2 chunks
	put := func(kind string, ts []tensor.Tensor) CheckpointID {
		id, err := s.PutCheckpoint(t.Context(), Checkpoint{Kind: kind}, ts)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	a := put(CheckpointTrained, base)
	if n := chunkCount(t, s); n != 6 {
		t.Fatalf("%d chunks, want 6", n)
	}
	before := s.BytesWritten()
	b := put(CheckpointTrained, base)
	if w := s.BytesWritten() - before; w > 200_000 {
		t.Errorf("an equal checkpoint wrote %d bytes", w)
	}
	changed := append(tensors(9, 100_000), base[1])
	c := put(CheckpointTrained, changed)
	for _, step := range []struct {
		name   string
		del    CheckpointID
		chunks int
	}{{"three", "", 10}, {"without the first", a, 10}, {"without its twin", b, 6}, {"none", c, 0}} {
		if step.del != "" {
			if err := s.DeleteCheckpoint(t.Context(), step.del); err != nil {
				t.Fatal(err)
			}
		}
		if n := chunkCount(t, s); n != step.chunks {
			t.Errorf("%s: %d chunks, want %d", step.name, n, step.chunks)
		}
		if step.del == a {
			if got, err := s.Tensors(t.Context(), b); err != nil || !equalTensors(got, base) {
				t.Errorf("the twin's tensors: %v", err)
			}
		}
	}
	if d := put(CheckpointTrained, nil); d != "c4" {
		t.Errorf("the next name is %s, want c4", d)
	}
}

func TestDeleteCheckpoint(t *testing.T) {
	s := openNew(t)
	pre, err := s.PutCheckpoint(t.Context(), Checkpoint{Kind: CheckpointPretrained, Dim: 8}, tensors(5, 10))
	if err != nil {
		t.Fatal(err)
	}
	c2, c3 := putCheckpoint(t, s, 1), putCheckpoint(t, s, 2)
	addSamples(t, s, c3, 5, 10)
	for _, id := range []CheckpointID{c3, c2} {
		if err := s.SetServing(t.Context(), id, "test", by(id)...); err != nil {
			t.Fatal(err)
		}
	}
	wantErr(t, s.DeleteCheckpoint(t.Context(), pre), ErrProtected)
	wantErr(t, s.DeleteCheckpoint(t.Context(), c2), ErrProtected)
	wantErr(t, s.DeleteCheckpoint(t.Context(), "c9"), ErrNotFound)
	if err := s.DeleteCheckpoint(t.Context(), c3); err != nil {
		t.Fatal(err)
	}
	if n := countVectors(t, s, c3); n != 0 {
		t.Errorf("%d vectors left", n)
	}
	_, err = s.Checkpoint(c3)
	wantErr(t, err, ErrNotFound)
}

// A checkpoint cannot be deleted while another one has it as its root.
func TestRootIsProtected(t *testing.T) {
	s := openNew(t)
	root, err := s.PutCheckpoint(t.Context(), Checkpoint{Kind: CheckpointImported}, tensors(5, 10))
	if err != nil {
		t.Fatal(err)
	}
	heir, err := s.PutCheckpoint(t.Context(), Checkpoint{Kind: CheckpointTrained, Root: root}, tensors(6, 10))
	if err != nil {
		t.Fatal(err)
	}
	wantErr(t, s.DeleteCheckpoint(t.Context(), root), ErrProtected)
	for _, id := range []CheckpointID{heir, root} {
		if err := s.DeleteCheckpoint(t.Context(), id); err != nil {
			t.Error(err)
		}
	}
}

// A crash between chunks and manifest leaves unused chunks. The next Open removes
// them.
func TestSweepAtOpen(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{})
	keep := putCheckpoint(t, s, 1)
	want := chunkCount(t, s)
	if _, err := s.putChunks(t.Context(), "test", tensors(7, 200_000)); err != nil {
		t.Fatal(err)
	}
	if n := chunkCount(t, s); n <= want {
		t.Fatalf("%d chunks: the test wrote none", n)
	}
	closeStore(t, s)
	s = open(t, dir, Options{})
	if n := chunkCount(t, s); n != want {
		t.Errorf("%d chunks after opening, want %d", n, want)
	}
	if got, err := s.Tensors(t.Context(), keep); err != nil || !equalTensors(got, tensors(1, 100, 40_000)) {
		t.Errorf("tensors: %v", err)
	}
}

func TestPutCheckpointCancelled(t *testing.T) {
	s := openNew(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
	defer cancel()
	_, err := s.PutCheckpoint(ctx, Checkpoint{Kind: CheckpointTrained}, tensors(1, 10))
	wantErr(t, err, context.DeadlineExceeded)
}

func TestDamagedChunk(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{})
	bad, good := putCheckpoint(t, s, 1), putCheckpoint(t, s, 20)
	closeStore(t, s)
	flipPayload(t, dir, record.AppendFloats(nil, floats(1, 100)))
	s, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	_, err = s.Tensors(t.Context(), bad)
	wantErr(t, err, ErrCorrupt)
	if got, err := s.Tensors(t.Context(), good); err != nil || !equalTensors(got, tensors(20, 100, 40_000)) {
		t.Errorf("the undamaged one: %v", err)
	}
	// A new checkpoint with the same content must not use the damaged chunk.
	again := putCheckpoint(t, s, 1)
	if got, err := s.Tensors(t.Context(), again); err != nil || !equalTensors(got, tensors(1, 100, 40_000)) {
		t.Errorf("stored again: %v", err)
	}
}

// What a checkpoint sees can change until the store has a frame.
func TestSetSquash(t *testing.T) {
	s := openNew(t)
	id, err := s.PutCheckpoint(t.Context(), Checkpoint{Kind: CheckpointPretrained, Arch: "a", Size: 32}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SetSquash(t.Context(), id, true); err != nil {
		t.Fatal(err)
	}
	if c, err := s.Checkpoint(id); err != nil || !c.Squash || c.Size != 32 {
		t.Errorf("%+v, %v", c, err)
	}
	wantErr(t, s.SetSquash(t.Context(), "c77", true), ErrNotFound)
}
