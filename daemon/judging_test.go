package daemon

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"edgeclr/augment"
	"edgeclr/camera/synthetic"
	"edgeclr/daemon/api"
	"edgeclr/daemon/client"
	"edgeclr/storage"
)

// After a restart the corpus has the same frames to learn from and to judge by. No
// frame is in both.
func TestCorpusSurvivesARestart(t *testing.T) {
	cfg := smallConfig(t)
	cfg.Replay.Capacity, cfg.Probe.Capacity = 24, 8
	cfg.Probe.Every = 2
	s := open(t, cfg)
	embed(t, s, 0, 30)
	s.Learn()
	if end := nextRound(t, s); end.Err != nil {
		t.Fatal(end.Err)
	}
	embed(t, s, 30, 30) // after the learner's last save
	check := func(s *Service) (members, held []uint64) {
		t.Helper()
		if err := s.store.Replay(t.Context(), func(e storage.ReplayEntry) error {
			if s.corpus.Contains(e.ID) {
				members = append(members, uint64(e.ID))
			} else {
				held = append(held, uint64(e.ID))
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		// Every stored picture is in one of them, and none in both.
		if st := s.learner.Status(); st.Replay != len(members) || st.Probe != len(held) {
			t.Errorf("pictures of %d and %d, and the learner has %+v", len(members), len(held), st)
		}
		if len(members) > 24 || len(held) < 4 || len(held) > 8 {
			t.Errorf("%d members, %d held", len(members), len(held))
		}
		return members, held
	}
	members, held := check(s)
	shut(t, s)
	s = open(t, cfg)
	again, heldAgain := check(s)
	if !slices.Equal(members, again) || !slices.Equal(held, heldAgain) {
		t.Errorf("before: %v and %v\nafter: %v and %v", members, held, again, heldAgain)
	}
	// Deleted frames leave the corpus.
	gone := []storage.FrameID{storage.FrameID(again[0]), storage.FrameID(heldAgain[0])}
	s.corpus.Remove(gone)
	if s.corpus.Contains(gone[0]) || s.learner.Status().Probe != len(heldAgain)-1 {
		t.Error("deleted frames stay")
	}
}

// Named frames decide if there are enough of them.
func TestNamesDecide(t *testing.T) {
	cfg := smallConfig(t)
	cfg.Learn.MinFrames = 60
	s := open(t, cfg)
	_, ids := embed(t, s, 0, 160)
	scene := synthetic.New(synthetic.Options{Seed: 7})
	for i, id := range ids[:80] {
		_, class := scene.Render(i)
		if _, err := s.Client().Label(t.Context(), []uint64{id}, class); err != nil {
			t.Fatal(err)
		}
		if s.corpus.Contains(storage.FrameID(id)) {
			t.Fatalf("frame %d has a name and is learned from", id)
		}
	}
	s.Learn()
	end := nextRound(t, s)
	if end.Err != nil || !end.Verdict.ByLabels || end.Verdict.Serving.Labels.Frames != 80 || !strings.Contains(end.Verdict.Reason, "top-1") {
		t.Errorf("%+v", end)
	}
	t.Log(end.Verdict.Reason)
}

// A better result is promoted without a person. Then every stored frame has a vector
// of it.
func TestBetterServes(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(sharedFolder(), "data", "eurosat", "*", "*"))
	if err != nil || len(files) < 400 {
		t.Skipf("%d pictures of eurosat are here, %v (set EDGECLR_SHARED)", len(files), err)
	}
	cfg := smallConfig(t)
	cfg.Serve.Size, cfg.Model.Threads, cfg.Learn.Stages, cfg.Learn.Batch, cfg.Learn.HeadSteps = 64, 0, 0, 32, 20
	if cfg.Augment, err = augment.Preset("aerial"); err != nil {
		t.Fatal(err)
	}
	s := open(t, cfg)
	var sent []client.Picture
	for i := 0; i < len(files); i += len(files) / 400 {
		data, err := os.ReadFile(files[i])
		if err != nil {
			t.Fatal(err)
		}
		sent = append(sent, client.Picture{Path: files[i], Data: data, ModTime: time.Unix(1, 0)})
	}
	for part := range slices.Chunk(sent, api.MaxPictures) {
		if _, err := s.Client().Embed(t.Context(), part); err != nil {
			t.Fatal(err)
		}
	}
	end, err := s.Harness().Round(t.Context(), 160)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(end.Verdict.Reason)
	st := status(t, s)
	if !end.Promoted || st.Checkpoint.Serving != string(end.Candidate) || st.Checkpoint.Candidate != "" ||
		st.Embeddings != len(sent) || countEvents(t, s, "is promoted: ") != 1 || !strings.Contains(st.Train.Verdict, "better") {
		t.Errorf("%+v\n%+v", end.Verdict, st)
	}
	if point, err := savedRound(t, s); err != nil || !point.Again || point.Slower != 0 {
		t.Errorf("%+v, %v", point, err)
	}
}
