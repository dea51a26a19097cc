package daemon

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"edgeclr/augment"
	"edgeclr/camera"
	"edgeclr/camera/rgb"
	"edgeclr/camera/synthetic"
	"edgeclr/config"
	"edgeclr/daemon/client"
	"edgeclr/storage"
)

// live gives frames of a camera, one a second.
func live(source string, first int, pictures ...*rgb.Image) []camera.Frame {
	begin := time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)
	frames := make([]camera.Frame, len(pictures))
	for i, m := range pictures {
		frames[i] = camera.Frame{Source: source, Path: fmt.Sprintf("%d", first+i), Time: begin.Add(time.Duration(first+i) * time.Second), Image: m}
	}
	return frames
}

func rendered(first, n int) []*rgb.Image {
	scene := synthetic.New(synthetic.Options{Seed: 7})
	pictures := make([]*rgb.Image, n)
	for i := range pictures {
		pictures[i], _ = scene.Render(first + i)
	}
	return pictures
}

// A restart finds the same frames to learn from and to judge by, and none in both.
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
		for _, e := range s.corpus.buffer.Entries() {
			members = append(members, e.ID)
			if s.corpus.probe.Contains(e.ID) {
				t.Errorf("frame %d is learned from and judged by", e.ID)
			}
		}
		held = s.corpus.probe.IDs()
		var stored []uint64
		if err := s.store.Replay(t.Context(), func(e storage.ReplayEntry) error {
			stored = append(stored, uint64(e.ID))
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		both := slices.Sorted(slices.Values(append(slices.Clone(members), held...)))
		if !slices.Equal(both, stored) {
			t.Errorf("members %v, pictures of %v", both, stored)
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
	// Deleted frames leave all of it.
	gone := []storage.FrameID{storage.FrameID(again[0]), storage.FrameID(heldAgain[0])}
	s.corpus.remove(gone)
	if s.corpus.buffer.Contains(again[0]) || s.corpus.probe.Contains(heldAgain[0]) {
		t.Error("deleted frames stay")
	}
}

// A setting that ruins the encoder is caught: nothing is stored, what serves goes
// on, the next round learns more slowly, and the event says why.
func TestRuinIsDropped(t *testing.T) {
	cfg := smallConfig(t)
	cfg.Learn.Stages, cfg.Learn.Batch, cfg.Learn.Steps = 0, 16, 24
	cfg.Learn.BatchNorm, cfg.Learn.LR = config.BatchNormTrain, 0.3
	cfg.Learn.MinFrames = 100
	s := open(t, cfg)
	all, ids := embed(t, s, 0, 160)
	s.Learn()
	end := nextRound(t, s)
	if end.Promoted || end.Candidate != "" || end.Err == nil && !end.Verdict.Worse {
		t.Fatalf("%+v", end)
	}
	t.Log(end.Verdict.Reason, end.Err)
	point, _, err := s.learner.saved(t.Context())
	if err != nil || point.Slower != 1 {
		t.Errorf("%+v, %v", point, err)
	}
	if n := countEvents(t, s, "dropped: ") + countEvents(t, s, "given up"); n != 1 {
		t.Errorf("%d events tell of it: %+v", n, status(t, s).Events)
	}
	if st := status(t, s); st.Checkpoint.Serving != "c1" || st.Checkpoint.Candidate != "" {
		t.Errorf("%+v", st.Checkpoint)
	}
	findsItself(t, s.Client(), all[5].Data, ids[5], "")
}

// Named frames decide when there are enough of them.
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
		if s.corpus.buffer.Contains(id) {
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

// A result that is better serves by itself, and answers for every stored frame.
func TestBetterServes(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(sharedFolder(), "data", "eurosat", "*", "*"))
	if err != nil || len(files) < 400 {
		t.Skipf("%d pictures of eurosat are here, %v (set EDGECLR_SHARED)", len(files), err)
	}
	cfg := smallConfig(t)
	cfg.Model.Size, cfg.Model.Threads, cfg.Learn.Stages, cfg.Learn.Batch, cfg.Learn.HeadSteps = 64, 0, 0, 32, 20
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
	for part := range slices.Chunk(sent, maxParts) {
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
	if point, _, err := s.learner.saved(t.Context()); err != nil || !point.Again || point.Slower != 0 {
		t.Errorf("%+v, %v", point, err)
	}
}

func sharedFolder() string {
	if folder := os.Getenv(config.EnvShared); folder != "" {
		return folder
	}
	return filepath.Join("..", "..", "shared")
}
