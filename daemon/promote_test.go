package daemon

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"edgeclr/config"
	"edgeclr/daemon/client"
	"edgeclr/model"
	"edgeclr/model/arch"
	"edgeclr/model/weights"
	"edgeclr/storage"
)

// importOther stores an encoder whose vectors have nothing in common with the
// pretrained one's: random weights.
func importOther(t *testing.T, s *Service, seed uint64) string {
	t.Helper()
	a, err := arch.Get(s.config().Model.Arch)
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := weights.WriteSafetensors(&file, model.Random(a, seed), nil); err != nil {
		t.Fatal(err)
	}
	got, err := s.Import(t.Context(), bytes.NewReader(file.Bytes()), int64(file.Len()), "other.safetensors")
	if err != nil || got.Tensors == 0 || got.Arch != a.Name {
		t.Fatalf("%+v, %v", got, err)
	}
	return got.Checkpoint
}

// While checkpoints are promoted and rolled back, every answer comes from one
// checkpoint. A picture that was compared with vectors of the other one would not find
// itself.
func TestPromoteWhileQueriesRun(t *testing.T) {
	s := open(t, smallConfig(t))
	all, ids := embed(t, s, 0, 40)
	other := importOther(t, s, 99)
	var answers [2]atomic.Int64
	stop := loop(t, 2, func(ctx context.Context, worker int) {
		n := int(answers[0].Load()+answers[1].Load()) * 7 % len(all)
		answer, err := s.Client().QueryImage(ctx, all[n].Data, 2, "")
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			t.Errorf("query: %v", err)
		case len(answer.Results) == 0 || answer.Results[0].ID != ids[n] || answer.Results[0].Similarity <= 0.999:
			t.Errorf("frame %d does not find itself by %s: %+v", ids[n], answer.Checkpoint, answer.Results)
		case answer.Checkpoint == "c1":
			answers[0].Add(1)
		case answer.Checkpoint == other:
			answers[1].Add(1)
		default:
			t.Errorf("answered by %q", answer.Checkpoint)
		}
	})
	defer stop()
	c := s.Client()
	for range 2 {
		if got, err := c.Promote(t.Context(), other); err != nil || got.Checkpoint != other {
			t.Fatalf("%+v, %v", got, err)
		}
		served := answers[1].Load()
		wait(t, "answers of the promoted one", func() bool { return answers[1].Load() > served+5 })
		if got, err := c.Rollback(t.Context()); err != nil || got.Checkpoint != "c1" {
			t.Fatalf("%+v, %v", got, err)
		}
		served = answers[0].Load()
		wait(t, "answers of the one before", func() bool { return answers[0].Load() > served+5 })
	}
	stop()
	// The same holds for a version that is asked for by name.
	for _, name := range []string{other, "pretrained", "serving"} {
		findsItself(t, c, all[8].Data, ids[8], name)
	}
	if _, err := c.Promote(t.Context(), "c1"); err != nil { // serves already: no work
		t.Error(err)
	}
}

// Frames that arrive while the others are embedded again are in the new version.
func TestFramesDuringPromotion(t *testing.T) {
	s := open(t, smallConfig(t))
	all, ids := embed(t, s, 0, 40)
	other := importOther(t, s, 99)
	came := false
	_, err := s.versions.Promote(t.Context(), other, "test", func(done, total int) {
		if came {
			return
		}
		came = true
		if done >= total || total != 40 {
			t.Errorf("first progress: %d of %d", done, total)
		}
		more, moreIDs := embed(t, s, 50, 5)
		all, ids = append(all, more...), append(ids, moreIDs...)
		// Meanwhile a query can name the next version. It has the vectors computed so far.
		if _, err := s.Client().QueryFrame(t.Context(), "1", 1, other); err != nil && !errors.Is(err, client.ErrNothingFound) {
			t.Error(err)
		}
	})
	if err != nil || !came {
		t.Fatalf("%v, %v", err, came)
	}
	for i := range all {
		findsItself(t, s.Client(), all[i].Data, ids[i], other)
	}
	if st := status(t, s); st.Embeddings != 45 || st.Checkpoint.Serving != other {
		t.Errorf("%d embeddings, %+v", st.Embeddings, st.Checkpoint)
	}
	// Frames that came since the promotion have no vector of c1 yet.
	if _, err := s.versions.Rollback(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	for i := range all {
		findsItself(t, s.Client(), all[i].Data, ids[i], "")
	}
}

// An interrupted promotion goes on after a restart, and so does a rollback.
func TestInterruptedPromotionGoesOn(t *testing.T) {
	cfg := smallConfig(t)
	s := open(t, cfg)
	all, ids := embed(t, s, 0, 40)
	other := importOther(t, s, 99)
	interrupted := func(s *Service, begin func(ctx context.Context, progress func(int, int)) error) *Service {
		t.Helper()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		if err := begin(ctx, func(int, int) { cancel() }); !errors.Is(err, context.Canceled) {
			t.Fatalf("interrupted: %v", err)
		}
		shut(t, s)
		return open(t, cfg)
	}
	s = interrupted(s, func(ctx context.Context, progress func(int, int)) error {
		_, err := s.versions.Promote(ctx, other, "test", progress)
		if st := status(t, s); st.Checkpoint.Serving != "c1" || st.Embeddings != 40 {
			t.Errorf("meanwhile: %+v, %d embeddings", st.Checkpoint, st.Embeddings)
		}
		return err
	})
	serves := func(id string) {
		t.Helper()
		wait(t, id+" serves", func() bool { return status(t, s).Checkpoint.Serving == id })
		for _, i := range []int{0, 20, 39} {
			findsItself(t, s.Client(), all[i].Data, ids[i], "")
		}
		wait(t, "the promotion is forgotten", func() bool {
			_, err := s.store.LoadState(t.Context(), "promotion", nil)
			return errors.Is(err, storage.ErrNotFound)
		})
	}
	serves(other)

	// Delete the vectors of c1, so that the rollback has something to embed.
	if err := s.store.KeepVectors(t.Context(), encodersOf(t, s, storage.CheckpointID(other))); err != nil {
		t.Fatal(err)
	}
	s = interrupted(s, func(ctx context.Context, progress func(int, int)) error {
		_, err := s.versions.Rollback(ctx, progress)
		return err
	})
	serves("c1")
	if cp, err := s.store.RollbackTarget(); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("after the rollback %q came before, %v", cp.ID, err)
	}
}

// A promotion that fails is not tried again. The old version still serves, also after a
// restart.
func TestPromotionThatFails(t *testing.T) {
	cfg := smallConfig(t)
	s := open(t, cfg)
	embed(t, s, 0, 3)
	broken, err := s.store.PutCheckpoint(t.Context(), storage.Checkpoint{Kind: storage.CheckpointImported, Arch: cfg.Model.Arch, Size: 32},
		tensors(t, s, "c1")[:3])
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{string(broken), "c77", "nonsense"} {
		if _, err := s.Client().Promote(t.Context(), name); err == nil {
			t.Errorf("%s serves", name)
		}
	}
	if _, err := s.Client().Rollback(t.Context()); !errors.Is(err, client.ErrNothingFound) {
		t.Errorf("rolling back from the first checkpoint: %v", err)
	}
	shut(t, s)
	if st := status(t, open(t, cfg)); st.Checkpoint.Serving != "c1" || len(st.Events) != 1 {
		t.Errorf("%+v, events %+v", st.Checkpoint, st.Events)
	}
}

// Only the vectors of the serving checkpoint and of the one before are kept.
func TestOldVectorsGo(t *testing.T) {
	s := open(t, smallConfig(t))
	embed(t, s, 0, 6)
	second, third := importOther(t, s, 2), importOther(t, s, 3)
	for _, id := range []string{second, third} {
		if _, err := s.versions.Promote(t.Context(), id, "test", nil); err != nil {
			t.Fatal(err)
		}
	}
	got := []int{countVectors(t, s, "c1"), countVectors(t, s, storage.CheckpointID(second)), countVectors(t, s, storage.CheckpointID(third))}
	if want := []int{0, 6, 6}; !slices.Equal(got, want) {
		t.Errorf("%v vectors, want %v", got, want)
	}
	if _, err := s.Client().QueryFrame(t.Context(), "1", 1, "c1"); !errors.Is(err, client.ErrNothingFound) {
		t.Errorf("asking by a checkpoint without vectors: %v", err)
	}
}

// A promotion leaves out frames without a kept picture: they cannot be embedded again. An
// event says so, and a rollback finds them again.
func TestPromoteWithoutPictures(t *testing.T) {
	cfg := smallConfig(t)
	cfg.Store.Frames = config.FramesNone
	s := open(t, cfg)
	all, old := embed(t, s, 0, 4)
	other := importOther(t, s, 99)
	if _, err := s.versions.Promote(t.Context(), other, "test", nil); err != nil {
		t.Fatal(err)
	}
	if st := status(t, s); st.Embeddings != 0 || st.Store.Frames != 4 {
		t.Errorf("%d embeddings of %d frames", st.Embeddings, st.Store.Frames)
	}
	if n := countEvents(t, s, "4 frames have no vector of checkpoint "+other); n != 1 {
		t.Errorf("%d events say it", n)
	}
	more, ids := embed(t, s, 10, 1)
	findsItself(t, s.Client(), more[0].Data, ids[0], "")
	if _, err := s.versions.Rollback(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	findsItself(t, s.Client(), all[2].Data, old[2], "")
}

// Retention during a promotion takes the frames out of both versions.
func TestRetentionDuringPromotion(t *testing.T) {
	s := open(t, smallConfig(t))
	all, ids := embed(t, s, 0, 40)
	if _, err := s.Client().Label(t.Context(), ids[:1], "bolt"); err != nil {
		t.Fatal(err)
	}
	other := importOther(t, s, 99)
	reconfigure(s, func(cfg *config.Config) { cfg.Store.MaxBytes = 1 }) // retention deletes all that it may
	done := false
	_, err := s.versions.Promote(t.Context(), other, "test", func(int, int) {
		if !done {
			done = true
			if err := s.retainOnce(t.Context()); err != nil {
				t.Error(err)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	want := s.config().Learn.MinFrames + 1 // the newest, and the one with a label
	if st := status(t, s); st.Embeddings != want || st.Store.Frames != want {
		t.Errorf("%d embeddings of %d frames, want %d", st.Embeddings, st.Store.Frames, want)
	}
	for _, i := range []int{0, 35, 39} {
		findsItself(t, s.Client(), all[i].Data, ids[i], "")
	}
	answer, err := s.Client().QueryImage(t.Context(), all[5].Data, 100, "")
	if err != nil || len(answer.Results) != want {
		t.Errorf("%d results, %v", len(answer.Results), err)
	}
}

// Closing does not wait until all frames are embedded again.
func TestCloseDuringPromotion(t *testing.T) {
	s := open(t, smallConfig(t))
	embed(t, s, 0, 64)
	other := importOther(t, s, 99)
	ended := make(chan error, 1)
	go func() {
		_, err := s.Client().Promote(t.Context(), other)
		ended <- err
	}()
	wait(t, "the first vectors", func() bool { return countVectors(t, s, storage.CheckpointID(other)) > 0 })
	begin := time.Now()
	shut(t, s)
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("closing took %v", took)
	}
	<-ended // with an error, or done just before
}
