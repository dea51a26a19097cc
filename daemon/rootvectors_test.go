package daemon

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"edgeclr/config"
	"edgeclr/storage"
	"edgeclr/tflite/verify"
)

// promoteTo makes a checkpoint serve.
func promoteTo(t *testing.T, s *Service, id storage.CheckpointID) {
	t.Helper()
	if _, err := s.versions.Promote(t.Context(), string(id), "test", nil); err != nil {
		t.Fatal(err)
	}
}

// waitForRoot waits until the ingest has the network of the root beside the version that
// serves.
func waitForRoot(t *testing.T, s *Service) {
	t.Helper()
	wait(t, "the root's network", func() bool {
		v := s.versions.Current()
		defer v.Done()
		r := s.versions.RootBeside(v)
		if r != nil {
			r.Done()
		}
		return r != nil
	})
}

// waitForVectors waits until n frames have a vector by an encoder.
func waitForVectors(t *testing.T, s *Service, e storage.Encoder, n int) {
	t.Helper()
	wait(t, "the root's vectors", func() bool {
		count, err := s.store.CountVectors([]storage.Encoder{e})
		return err == nil && count == n
	})
}

func wantRoot(t *testing.T, s *Service, want storage.Encoder) {
	t.Helper()
	if root, ok := s.versions.Root(t.Context()); !ok || root != want {
		t.Errorf("the root is %v (%v), want %v", root, ok, want)
	}
}

// Whatever the blend, each frame has a vector of the root, and no promotion deletes it or
// computes it again.
func TestRootVectors(t *testing.T) {
	for _, name := range []string{config.BlendNone, config.BlendAverage, config.BlendJoin} {
		t.Run(name, func(t *testing.T) {
			s := open(t, smallConfig(t))
			embed(t, s, 0, 3)
			root := encodersOf(t, s, "c1")[0]
			wantRoot(t, s, root)
			planted := plant(t, s, root, 3)
			var served []storage.CheckpointID
			for i, deviation := range []float64{0.02, 0.05, 0.1} {
				cp := adaptBy(t, s, "c1", name, deviation)
				promoteTo(t, s, cp.ID)
				if served = append(served, cp.ID); name != config.BlendJoin {
					waitForRoot(t, s)
				}
				wantRoot(t, s, root)
				all, ids := embed(t, s, 10*(i+1), 1)
				findsItself(t, s.Client(), all[0].Data, ids[0], "")
				if n, err := s.store.CountVectors([]storage.Encoder{root}); err != nil || n != 4+i {
					t.Errorf("%d of %d frames have a vector of the root, %v", n, 4+i, err)
				}
			}
			if n := countVectors(t, s, served[0]); name != config.BlendJoin && n != 0 {
				t.Errorf("%d vectors of a checkpoint that served long ago", n)
			}
			wantPlanted(t, s, root, planted, true)
			if _, err := s.versions.Rollback(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			wantRoot(t, s, root)
			waitForVectors(t, s, root, 6)

			// A join needs the adapted half alone.
			joined := adaptBy(t, s, "c1", config.BlendJoin, 0.2)
			promoteTo(t, s, joined.ID)
			wantPlanted(t, s, root, planted, true)
			if st := status(t, s); st.Embeddings != 6 {
				t.Errorf("%d embeddings", st.Embeddings)
			}
		})
	}
}

// Frames get their vector of the root when learning is switched on, and those of an
// imported root when it begins to be one.
func TestRootVectorsComeLater(t *testing.T) {
	cfg := smallConfig(t)
	cfg.Learn.Enabled = false
	s := open(t, cfg)
	imported := storage.CheckpointID(importOther(t, s, 5))
	own := adapt(t, s, "c1", config.BlendNone)
	other := adapt(t, s, imported, config.BlendAverage)
	promoteTo(t, s, own.ID)
	embed(t, s, 0, 3)
	first, second := encodersOf(t, s, "c1")[0], encodersOf(t, s, imported)[0]
	waitForVectors(t, s, first, 0)
	cfg = reload(t, s, cfg, func(cfg *config.Config) { cfg.Learn.Enabled = true })
	waitForVectors(t, s, first, 3)
	s.learner.Stop()

	promoteTo(t, s, other.ID)
	wantRoot(t, s, second)
	waitForVectors(t, s, second, 3)
	wantRoot(t, s, second)
	waitForVectors(t, s, first, 3) // a rollback finds them
	all, ids := embed(t, s, 10, 1)
	findsItself(t, s.Client(), all[0].Data, ids[0], "")
	waitForVectors(t, s, second, 4)
	if err := s.store.DeleteCheckpoint(t.Context(), imported); !errors.Is(err, storage.ErrProtected) {
		t.Errorf("deleting the root: %v", err)
	}

	// Retention deletes the vectors of all networks with a frame.
	err := s.versions.Delete(func() ([]storage.FrameID, error) {
		gone, err := s.store.Retain(t.Context(), storage.Retention{MaxBytes: 1, KeepNewest: 3})
		return gone.IDs, err
	})
	if err != nil {
		t.Fatal(err)
	}
	waitForVectors(t, s, second, 3)
	waitForVectors(t, s, first, 2)
	if r, err := s.store.Check(t.Context()); err != nil || !r.OK() {
		t.Errorf("%+v, %v", r, err)
	}

	// Two promotions later nobody goes back to the first root.
	promoteTo(t, s, imported)
	third := storage.CheckpointID(importOther(t, s, 6))
	promoteTo(t, s, third)
	waitForVectors(t, s, first, 0)
	waitForVectors(t, s, second, 3)
	shut(t, s)
	s = open(t, cfg)
	wantRoot(t, s, encodersOf(t, s, third)[0])
}

// A process that ends between the two halves of frames, or before the root's background
// work, leaves the rest to the next one. It computes nothing again.
func TestRootVectorsAfterAnInterruption(t *testing.T) {
	for _, name := range []string{config.BlendNone, config.BlendJoin} {
		t.Run(name, func(t *testing.T) {
			cfg := smallConfig(t)
			cfg.Learn.Enabled = false // so the root's vectors of `none` come after the restart
			s := open(t, cfg)
			embed(t, s, 0, 40)
			cp := adapt(t, s, "c1", name)
			root, own := encodersOf(t, s, "c1")[0], encodersOf(t, s, cp.ID)
			planted := plant(t, s, root, 40)
			ctx, cancel := context.WithCancel(t.Context())
			_, err := s.versions.Promote(ctx, string(cp.ID), "test", func(int, int) { cancel() })
			if !errors.Is(err, context.Canceled) {
				t.Fatalf("interrupted: %v", err)
			}
			shut(t, s)
			cfg.Learn.Enabled = true
			s = open(t, cfg)
			wait(t, "the promotion", func() bool { return status(t, s).Checkpoint.Serving == string(cp.ID) })
			waitForVectors(t, s, own[len(own)-1], 40)
			wantRoot(t, s, root)
			wantPlanted(t, s, root, planted, true)

			// Of the later frames one half alone was stored.
			if err := errors.Join(s.store.SetRoots(t.Context()), s.store.KeepVectors(t.Context(), own[len(own)-1:])); err != nil {
				t.Fatal(err)
			}
			if err := s.store.PutVectors(t.Context(), root, planted[:5]); err != nil {
				t.Fatal(err)
			}
			shut(t, s)
			s = open(t, cfg)
			waitForVectors(t, s, root, 40)
			wantPlanted(t, s, root, planted[:5], true)
			wantPlanted(t, s, root, planted[5:], false)
		})
	}
}

// Where nothing can be learned, the root's network is not opened: no picture is kept, the
// root is gone, or a user's file serves.
func TestNoRootVectors(t *testing.T) {
	beside := func(s *Service) bool {
		s.versions.LookForRoot()
		v := s.versions.Current()
		defer v.Done()
		return s.versions.RootBeside(v) != nil
	}
	t.Run("no pictures", func(t *testing.T) {
		cfg := smallConfig(t)
		cfg.Store.Frames = config.FramesNone
		s := open(t, cfg)
		promoteTo(t, s, adapt(t, s, "c1", config.BlendNone).ID)
		embed(t, s, 0, 2)
		if n := countVectors(t, s, "c1"); n != 0 || beside(s) {
			t.Errorf("%d vectors of the root", n)
		}
		wantRoot(t, s, encodersOf(t, s, "c1")[0])
	})
	t.Run("gone", func(t *testing.T) {
		s := open(t, smallConfig(t))
		orphan, err := s.store.PutCheckpoint(t.Context(), storage.Checkpoint{Kind: storage.CheckpointTrained, Arch: s.config().Model.Arch, Size: 32, Root: "c77"},
			tensors(t, s, "c1"))
		if err != nil {
			t.Fatal(err)
		}
		promoteTo(t, s, orphan)
		embed(t, s, 0, 2)
		if root, ok := s.versions.Root(t.Context()); ok || beside(s) {
			t.Errorf("root %v", root)
		}
	})
	t.Run("a file", func(t *testing.T) {
		cfg := fileConfig(t)
		s := open(t, cfg)
		embed(t, s, 0, 2)
		promoteTo(t, s, adapt(t, s, "c1", config.BlendNone).ID)
		root := encodersOf(t, s, "c1")[0]
		for i := range 2 {
			before := status(t, s).Checkpoint.Serving
			path := filepath.Join(t.TempDir(), "my.tflite")
			writeEncoder(t, path, int32(32+16*i), verify.Uint8)
			cfg = reload(t, s, cfg, func(cfg *config.Config) { cfg.Encoder.File = path })
			waitForFile(t, s, before)
			if root, ok := s.versions.Root(t.Context()); ok || beside(s) {
				t.Errorf("root %v", root)
			}
		}
		waitForVectors(t, s, root, 2) // they stay for the time after the files
		embed(t, s, 10, 1)
		before := status(t, s).Checkpoint.Serving
		reload(t, s, cfg, func(cfg *config.Config) { cfg.Encoder.File = "" })
		waitForFile(t, s, before)
		waitForVectors(t, s, root, 3)
	})
}
