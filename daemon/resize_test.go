package daemon

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"edgeclr/config"
	"edgeclr/daemon/client"
	"edgeclr/storage"
	"edgeclr/tflite/verify"
)

// wantSize checks at which size a store serves, and that every frame has a vector of it.
func wantSize(t *testing.T, s *Service, checkpoint storage.CheckpointID, size int, all []client.Picture, ids []uint64) {
	t.Helper()
	st := status(t, s)
	if st.Checkpoint.Serving != string(checkpoint) || st.Checkpoint.Size != size || st.Embeddings != len(ids) {
		t.Fatalf("%+v, %d embeddings; want %s at %d px, %d", st.Checkpoint, st.Embeddings, checkpoint, size, len(ids))
	}
	if got := s.config().ServingSize(); got != size {
		t.Errorf("the configuration in force has %d px, want %d", got, size)
	}
	v := s.versions.Current()
	defer v.Done()
	for _, e := range v.Encoder.Encoders() {
		if e.Size != size {
			t.Errorf("%v serves, want %d px", e, size)
		}
	}
	for i := range ids {
		findsItself(t, s.Client(), all[i].Data, ids[i], "")
	}
}

// Queries go on while a store is resized. Every answer comes from one size: a picture
// that was compared with vectors of the other one would not find itself. Frames that come
// meanwhile, or later, are embedded at the new size.
func TestResizeWhileQueriesRun(t *testing.T) {
	cfg := smallConfig(t)
	s := open(t, cfg)
	all, ids := embed(t, s, 0, 40)
	var answers atomic.Int64
	stop := loop(t, 2, func(ctx context.Context, _ int) {
		n := int(answers.Add(1)) * 7 % 40
		answer, err := s.Client().QueryImage(ctx, all[n].Data, 2, "")
		if ctx.Err() == nil && (err != nil || len(answer.Results) == 0 || answer.Results[0].ID != ids[n] || answer.Results[0].Similarity <= 0.999) {
			t.Errorf("frame %d does not find itself: %+v, %v", ids[n], answer.Results, err)
		}
	})
	defer stop()
	came := false
	change, err := s.versions.Resize(t.Context(), 48, func(int, int) {
		if came {
			return
		}
		came = true
		if st := status(t, s); st.Checkpoint.Size != 32 {
			t.Errorf("meanwhile %+v", st.Checkpoint)
		}
		more, moreIDs := embed(t, s, 50, 5)
		stop()
		all, ids = append(all, more...), append(ids, moreIDs...)
	})
	if err != nil || !came || change.Checkpoint != "c1" || change.Size != 48 || change.Embedded != 45 {
		t.Fatalf("%+v, %v", change, err)
	}
	wantSize(t, s, "c1", 48, all, ids)
	more, moreIDs := embed(t, s, 60, 2)
	all, ids = append(all, more...), append(ids, moreIDs...)

	// The store keeps its size, whatever the configuration says. All checkpoints have it.
	shut(t, s)
	cfg.Serve.Size = 64
	s = open(t, cfg)
	wantSize(t, s, "c1", 48, all, ids)
	if next, err := s.store.Checkpoint(storage.CheckpointID(importOther(t, s, 1))); err != nil || next.Size != 48 || next.LearnSize != 32 {
		t.Errorf("an imported checkpoint: %+v, %v", next, err)
	}
	if n := countEvents(t, s, "embedded at 48 px before checkpoint c1 serves so"); n != 1 {
		t.Errorf("%d events say what is embedded", n)
	}
}

// A resizing that a process did not finish goes on in the next one.
func TestInterruptedResizeGoesOn(t *testing.T) {
	cfg := smallConfig(t)
	s := open(t, cfg)
	all, ids := embed(t, s, 0, 40)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if _, err := s.versions.Resize(ctx, 48, func(int, int) { cancel() }); !errors.Is(err, context.Canceled) {
		t.Fatalf("interrupted: %v", err)
	}
	wantSize(t, s, "c1", 32, all, ids)
	shut(t, s)
	s = open(t, cfg)
	wait(t, "48 px", func() bool { return status(t, s).Checkpoint.Size == 48 })
	wantSize(t, s, "c1", 48, all, ids)
	wait(t, "the promotion is forgotten", func() bool {
		_, err := s.store.LoadState(t.Context(), "promotion", nil)
		return errors.Is(err, storage.ErrNotFound)
	})
}

// A rollback goes back over a change of size. It embeds nothing while the vectors of that
// size are kept, and says when it must.
func TestRollbackAcrossSizes(t *testing.T) {
	cfg := smallConfig(t)
	s := open(t, cfg)
	all, ids := embed(t, s, 0, 6)
	c := s.Client()
	cp := adapt(t, s, "c1", config.BlendJoin)
	for _, step := range []struct {
		name       string
		do         func() (client.PromoteReply, error)
		checkpoint storage.CheckpointID
		size       int
		embedded   int
	}{
		{"promote", func() (client.PromoteReply, error) { return c.Promote(t.Context(), string(cp.ID)) }, cp.ID, 32, 6},
		{"resize", func() (client.PromoteReply, error) { return c.Resize(t.Context(), 48) }, cp.ID, 48, 6},
		{"the same size again", func() (client.PromoteReply, error) { return c.Resize(t.Context(), 48) }, cp.ID, 48, 0},
		{"back to the old size", func() (client.PromoteReply, error) { return c.Rollback(t.Context()) }, cp.ID, 32, 0},
		{"back to the old checkpoint", func() (client.PromoteReply, error) { return c.Rollback(t.Context()) }, "c1", 32, 0},
		{"resize the root", func() (client.PromoteReply, error) { return c.Resize(t.Context(), 40) }, "c1", 40, 6},
		{"promote at the new size", func() (client.PromoteReply, error) { return c.Promote(t.Context(), string(cp.ID)) }, cp.ID, 40, 6},
		{"back to the root", func() (client.PromoteReply, error) { return c.Rollback(t.Context()) }, "c1", 40, 0},
		{"a third size", func() (client.PromoteReply, error) { return c.Resize(t.Context(), 44) }, "c1", 44, 6},
		{"back to the second size", func() (client.PromoteReply, error) { return c.Rollback(t.Context()) }, "c1", 40, 0},
		{"back to the first size", func() (client.PromoteReply, error) { return c.Rollback(t.Context()) }, "c1", 32, 6},
	} {
		got, err := step.do()
		if want := (client.PromoteReply{Checkpoint: string(step.checkpoint), Size: step.size, Embedded: step.embedded}); err != nil || got != want {
			t.Fatalf("%s: %+v, %v; want %+v", step.name, got, err, want)
		}
		if step.embedded == 0 { // also after a restart
			shut(t, s)
			s = open(t, cfg)
			c = s.Client()
		}
		wantSize(t, s, step.checkpoint, step.size, all, ids)
	}
	if _, err := c.Rollback(t.Context()); !errors.Is(err, client.ErrNothingFound) {
		t.Errorf("there is nothing more to go back to: %v", err)
	}
	if n := countEvents(t, s, "6 of 6 frames are embedded at 32 px before checkpoint c1 serves so"); n != 1 {
		t.Errorf("%d events say that the rollback embeds", n)
	}
}

// A checkpoint that is asked for by name answers at the size of the store, also when it
// served at another size before.
func TestNamedAfterAResize(t *testing.T) {
	s := open(t, smallConfig(t))
	all, ids := embed(t, s, 0, 6)
	cp := adapt(t, s, "c1", config.BlendJoin)
	for _, do := range []func() (client.PromoteReply, error){
		func() (client.PromoteReply, error) { return s.Client().Promote(t.Context(), string(cp.ID)) },
		func() (client.PromoteReply, error) { return s.Client().Resize(t.Context(), 48) },
	} {
		if _, err := do(); err != nil {
			t.Fatal(err)
		}
	}
	v, err := s.versions.Named(t.Context(), "pretrained")
	if err != nil {
		t.Fatal(err)
	}
	defer v.Done()
	if v.Encoder.Size() != 48 || v.Checkpoint.Size != 48 {
		t.Errorf("the pretrained one has %d px, %+v", v.Encoder.Size(), v.Checkpoint)
	}
	// The join has embedded every frame by the root at that size.
	findsItself(t, s.Client(), all[2].Data, ids[2], "pretrained")
	r, err := s.Client().Embeddings(t.Context(), "pretrained")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	line, vector, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	if want, err := s.store.Vector(v.Encoder.Encoders(), 0, storage.FrameID(line.ID)); err != nil || !slices.Equal(vector, want) {
		t.Errorf("frame %d has another vector in the stream, %v", line.ID, err)
	}
}

// Training goes on after a resize: at the learning size of the configuration, and judged
// at the new serving size.
func TestTrainAfterAResize(t *testing.T) {
	cfg := smallConfig(t)
	cfg.Learn.Size = 40
	s := open(t, cfg)
	embed(t, s, 0, 12)
	if _, err := s.Client().Resize(t.Context(), 64); err != nil {
		t.Fatal(err)
	}
	s.Learn()
	wait(t, "a round", func() bool { return s.learner.Status().Verdict != "" })
	st := status(t, s)
	if st.Checkpoint.Size != 64 || st.Checkpoint.LearnSize != 40 {
		t.Errorf("status %+v", st.Checkpoint)
	}
	all, err := s.store.Checkpoints()
	if err != nil {
		t.Fatal(err)
	}
	for _, cp := range all {
		if cp.Size != 64 || cp.LearnSize != 40 {
			t.Errorf("%s has %d px and learned at %d px", cp.ID, cp.Size, cp.LearnSize)
		}
	}
}

// A resize waits for a promotion that goes on, and resizes what serves then.
func TestResizeDuringAPromotion(t *testing.T) {
	s := open(t, smallConfig(t))
	all, ids := embed(t, s, 0, 40)
	other := importOther(t, s, 99)
	resized := make(chan error, 1)
	began := false
	if _, err := s.versions.Promote(t.Context(), other, "test", func(int, int) {
		if !began {
			began = true
			go func() {
				_, err := s.Client().Resize(t.Context(), 48)
				resized <- err
			}()
		}
	}); err != nil {
		t.Fatal(err)
	}
	if err := <-resized; err != nil {
		t.Fatal(err)
	}
	wantSize(t, s, storage.CheckpointID(other), 48, all, ids)
}

func TestResizeRefused(t *testing.T) {
	s := open(t, smallConfig(t))
	all, ids := embed(t, s, 0, 2)
	for _, size := range []int{-1, 0, 31, 513, 1 << 40} {
		if _, err := s.Client().Resize(t.Context(), size); !errors.Is(err, client.ErrRequest) {
			t.Errorf("%d px: %v", size, err)
		}
	}
	wantSize(t, s, "c1", 32, all, ids)
}

// A user's file has its own size. The store's own encoder keeps that of the store.
func TestResizeAndEncoderFile(t *testing.T) {
	cfg := fileConfig(t)
	s := open(t, cfg)
	all, ids := embed(t, s, 0, 4)
	if _, err := s.Client().Resize(t.Context(), 40); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "my.tflite")
	writeEncoder(t, path, 48, verify.Uint8)
	cfg = reload(t, s, cfg, func(cfg *config.Config) { cfg.Encoder.File = path })
	if file := waitForFile(t, s, "c1"); file.Size != 48 {
		t.Errorf("file %+v", file)
	}
	if _, err := s.Client().Resize(t.Context(), 64); !errors.Is(err, client.ErrContradiction) || !strings.Contains(err.Error(), "empty encoder.file first") {
		t.Errorf("a file serves: %v", err)
	}
	reload(t, s, cfg, func(cfg *config.Config) { cfg.Encoder.File = "" })
	wait(t, "the store's own encoder", func() bool { return status(t, s).Checkpoint.Serving == "c1" })
	wantSize(t, s, "c1", 40, all, ids)
}

// A store of an earlier release goes on at its size. Its status says how to change that,
// and it can be resized and rolled back like any other.
func TestOldStoreIsResized(t *testing.T) {
	cfg := openJoinedStore(t)
	cfg.Serve.Size = 0
	s := open(t, cfg)
	s.versions.Mend(t.Context())
	all, ids := pictures(t, 0, 8), []uint64{1, 2, 3, 4, 5, 6, 7, 8}
	wantSize(t, s, "c2", 32, all, ids)
	if note := status(t, s).Checkpoint.SizeNote; !strings.Contains(note, "`edgeclr checkpoints resize 224`") {
		t.Errorf("note %q", note)
	}
	if got, err := s.Client().Resize(t.Context(), 48); err != nil || got.Size != 48 || got.Embedded != 8 {
		t.Fatalf("%+v, %v", got, err)
	}
	shut(t, s)
	s = open(t, cfg)
	wantSize(t, s, "c2", 48, all, ids)
	if got, err := s.Client().Rollback(t.Context()); err != nil || got.Size != 32 || got.Embedded != 0 {
		t.Fatalf("%+v, %v", got, err)
	}
	wantSize(t, s, "c2", 32, all, ids)
}
