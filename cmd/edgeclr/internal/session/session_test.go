package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"edgeclr/camera"
	"edgeclr/camera/rgb"
	"edgeclr/camera/synthetic"
	"edgeclr/config"
	"edgeclr/daemon/learn"
	"edgeclr/daemon/probe"
	"edgeclr/storage"
)

// knownWeights is the pretrained encoder that `make deps` fetches.
const knownWeights = "../../../../.deps/weights/efficientnet_lite0.pth"

// smallConfig learns quickly: rounds of three steps of four pictures at 32 px.
func smallConfig() config.Config {
	cfg := config.Default()
	cfg.Serve.Size, cfg.Model.Threads, cfg.Model.Runtime = 32, 1, config.RuntimeTensorFlow
	if _, err := os.Stat(knownWeights); err == nil {
		cfg.Model.Weights = knownWeights
	} else {
		cfg.Model.Arch = "resnet18"
	}
	cfg.Learn.Batch, cfg.Learn.Steps, cfg.Learn.HeadSteps, cfg.Learn.Stages = 4, 3, 1, 1
	cfg.Learn.Promote, cfg.Learn.Windows = false, []string{"00:00-00:01"} // a benchmark learns at any time
	return cfg
}

func open(t *testing.T, cfg config.Config) *Session {
	t.Helper()
	t.Setenv("TMPDIR", t.TempDir())
	s, err := Open(t.Context(), Options{Config: cfg, Command: "session test", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("closing: %v", err)
		}
		if left, _ := filepath.Glob(filepath.Join(os.TempDir(), "edgeclr-bench-*")); len(left) > 0 {
			t.Errorf("%v are still there", left)
		}
	})
	return s
}

// pictures returns n rendered frames as files of a folder.
func pictures(t *testing.T, n int) (frames []camera.Frame) {
	t.Helper()
	scene := synthetic.New(synthetic.Options{Seed: 7})
	for i := range n {
		m, _ := scene.Render(i)
		data, err := m.JPEG(95)
		if err != nil {
			t.Fatal(err)
		}
		path := fmt.Sprintf("%d.jpg", i)
		frames = append(frames, camera.Frame{Source: "dir:test", Path: path, Data: data, Time: time.Unix(1, 0),
			File: &camera.FileState{Path: path, Size: int64(len(data)), ModTime: time.Unix(1, 0)}})
	}
	return frames
}

// A folder of fewer pictures than learn.min_frames is learned from. The first round ends
// undecided, since its probe set is small, and its candidate can be examined.
func TestLearn(t *testing.T) {
	s := open(t, smallConfig())
	if err := s.Feed(t.Context(), pictures(t, 20)); err != nil {
		t.Fatal(err)
	}
	ctx := until(t, func() bool {
		st, err := s.daemon.Status()
		return err != nil || st.Train.Verdict != ""
	})
	r, err := s.Learn(ctx, time.Hour, nil)
	if !errors.Is(err, context.Canceled) || len(r.Rounds) != 1 || r.Frames != 20 || r.FeedSeconds <= 0 || r.Seconds <= 0 || r.CPUSeconds <= 0 {
		t.Fatalf("%+v, %v", r, err)
	}
	round := r.Rounds[0]
	if round.Steps != 3 || r.Steps != 3 || round.Candidate != "c2" || round.Promoted || !round.Verdict.Undecided || round.AtS <= 0 {
		t.Errorf("%+v", round)
	}
	if r.Last() != "c1" || !slices.Equal(r.Checkpoints(), []storage.CheckpointID{"c1", "c2"}) {
		t.Errorf("%s serves, of %v", r.Last(), r.Checkpoints())
	}
	if _, err := json.Marshal(r); err != nil {
		t.Error(err)
	}
	m := rgb.New(50, 40)
	var all [][]float32
	for _, one := range []struct {
		id    storage.CheckpointID
		blend string
		size  int
	}{{"c1", config.BlendNone, 32}, {"c2", config.BlendNone, 32}, {"c2", config.BlendAverage, 32}, {"c1", config.BlendNone, 48}} {
		e, err := s.Encoder(t.Context(), one.id, one.blend, one.size)
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		vectors, err := e.Embed(t.Context(), []*rgb.Image{m})
		if err != nil || e.Size() != one.size {
			t.Fatalf("%d px, %v", e.Size(), err)
		}
		all = append(all, vectors[0])
	}
	for i := range all {
		for j := range i {
			if slices.Equal(all[i], all[j]) {
				t.Errorf("encoders %d and %d give the same vector", j, i)
			}
		}
	}
}

// until returns a context that ends half a second after a condition holds, however long
// this machine takes.
func until(t *testing.T, condition func() bool) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	var waiting sync.WaitGroup
	waiting.Go(func() {
		for ctx.Err() == nil && !condition() {
			time.Sleep(20 * time.Millisecond)
		}
		time.Sleep(500 * time.Millisecond)
		cancel()
	})
	t.Cleanup(func() { cancel(); waiting.Wait() })
	return ctx
}

// A scene is watched while the daemon learns.
func TestLearnFromASource(t *testing.T) {
	s := open(t, smallConfig())
	ctx := until(t, func() bool { return s.daemon.Store().CountFrames() > 0 })
	r, err := s.Learn(ctx, time.Hour, config.SourcesOf("synthetic:conveyor?fps=50"))
	if !errors.Is(err, context.Canceled) || r.Frames == 0 || r.Last() != "c1" {
		t.Errorf("%+v, %v", r, err)
	}
}

// The time ends learning.
func TestTimeEndsLearning(t *testing.T) {
	s := open(t, smallConfig())
	s.opt.OnTick = func(learned time.Duration) {
		if learned <= 0 || learned > 1500*time.Millisecond {
			t.Errorf("a tick at %v", learned)
		}
	}
	r, err := s.Learn(t.Context(), 1500*time.Millisecond, nil)
	if err != nil || r.Seconds < 1.5 || len(r.Rounds) != 0 || r.Last() != "c1" {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestFeedNamesTheFrame(t *testing.T) {
	s := open(t, smallConfig())
	frames := pictures(t, 2)
	frames[1].Data = []byte("text")
	if err := s.Feed(t.Context(), frames); err == nil || s.daemon.Store().CountFrames() != 1 {
		t.Errorf("error %v", err)
	}
}

// The record keeps what a round did, also when a number of its verdict is not finite.
func TestNote(t *testing.T) {
	s := &Session{record: Record{Served: []Served{{Checkpoint: "c1"}}}}
	for _, end := range []learn.RoundEnd{
		{Candidate: "c2", Progress: learn.Progress{Step: 10, ViewsPerS: 30}, Verdict: probe.Verdict{Reason: "worse", Together: probe.Part{Z: math.Inf(-1)}}},
		{Candidate: "c3", Promoted: true, Progress: learn.Progress{Step: 30, ViewsPerS: 50}, Verdict: probe.Verdict{Promote: true, Together: probe.Part{Z: 3}}},
		{Err: errors.New("no memory")},
		{Candidate: "c4", Promoted: true, Err: errors.New("it does not serve yet")},
	} {
		s.note(end, time.Now())
	}
	r := s.record
	r.sum()
	if r.Steps != 40 || r.ViewsPerS != 45 || r.Last() != "c3" || r.Rounds[0].Verdict.Reason != "worse" || r.Rounds[1].Verdict.Together.Z != 3 || r.Rounds[2].Error != "no memory" {
		t.Errorf("%+v", r)
	}
	if want := []storage.CheckpointID{"c1", "c2", "c3", "c4"}; !slices.Equal(r.Checkpoints(), want) {
		t.Errorf("%v, want %v", r.Checkpoints(), want)
	}
	if _, err := json.Marshal(r); err != nil {
		t.Error(err)
	}
}
