package benchmark

import (
	"fmt"
	"log/slog"
	"math"
	"os"
	"slices"
	"testing"
	"time"

	"edgeclr/camera"
	"edgeclr/camera/rgb"
	"edgeclr/camera/synthetic"
	"edgeclr/config"
	"edgeclr/daemon/client"
)

// knownWeights is the pretrained encoder that `make deps` fetches.
const knownWeights = "../../../../.deps/weights/efficientnet_lite0.pth"

// smallConfig learns quickly: four pictures per step at 32 px.
func smallConfig() config.Config {
	cfg := config.Default()
	cfg.Serve.Size, cfg.Model.Threads = 32, 1
	cfg.Model.Runtime = config.RuntimeTensorFlow // LiteRT would be compared by a child process, which these tests are not
	if _, err := os.Stat(knownWeights); err == nil {
		cfg.Model.Weights = knownWeights
	} else {
		cfg.Model.Arch = "resnet18"
	}
	cfg.Learn.Batch, cfg.Learn.HeadSteps, cfg.Learn.Stages = 4, 2, 1
	cfg.Serve.Blend = config.BlendNone // a vector changes only when the encoder does
	return cfg
}

// variant finds a variant of the stream benchmark.
func variant(t *testing.T, name string) Variant {
	t.Helper()
	all := streamVariants()
	i := slices.IndexFunc(all, func(v Variant) bool { return v.Name == name })
	if i < 0 {
		t.Fatalf("no variant %s", name)
	}
	return all[i]
}

func openService(t *testing.T, name string) *service {
	t.Helper()
	t.Setenv("TMPDIR", t.TempDir())
	l, err := OpenService(t.Context(), smallConfig(), slog.New(slog.DiscardHandler), LearnerOptions{Variant: variant(t, name), Seed: 3, Buffer: 8})
	if err != nil {
		t.Fatal(err)
	}
	s := l.(*service)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("closing: %v", err)
		}
		if _, err := os.Stat(s.folder); !os.IsNotExist(err) {
			t.Errorf("the store is still there: %v", err)
		}
	})
	return s
}

// frames returns two frames of each of n rendered pictures, half a minute apart,
// from the first picture on.
func frames(first, n int) (all []camera.Frame) {
	scene := synthetic.New(synthetic.Options{Seed: 7})
	begin := time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)
	for i := range n {
		m, _ := scene.Render(first + i)
		for again := range 2 {
			at := 2*(first+i) + again
			all = append(all, camera.Frame{Source: "bench:test", Path: fmt.Sprintf("%d.jpg", at), Image: m,
				Time: begin.Add(time.Duration(first+i)*31*time.Second + time.Duration(again)*time.Second)})
		}
	}
	return all
}

func feed(t *testing.T, s *service, all []camera.Frame) {
	t.Helper()
	if err := s.Feed(t.Context(), all); err != nil {
		t.Fatal(err)
	}
}

func learnFor(t *testing.T, s *service, b Budget) int {
	t.Helper()
	steps, err := s.Learn(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	return steps
}

// answer is the vector of a picture by the encoder that serves.
func answer(t *testing.T, s *service) []float32 {
	t.Helper()
	m, _ := synthetic.New(synthetic.Options{Seed: 8}).Render(0)
	data, err := m.JPEG(95)
	if err != nil {
		t.Fatal(err)
	}
	vectors, err := s.Embed(t.Context(), [][]byte{data})
	if err != nil || len(vectors) != 1 {
		t.Fatalf("%d vectors, %v", len(vectors), err)
	}
	return vectors[0]
}

func status(t *testing.T, s *service) client.Status {
	t.Helper()
	st, err := s.open.Status()
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// The plain variant is not judged: every result serves, and only the newest batch is
// kept. The encoder changes from the first step.
func TestServiceLearnsFromBatches(t *testing.T) {
	s := openService(t, "plain")
	before := answer(t, s)
	for round := range 3 {
		feed(t, s, frames(4*round, 4))
		if n := learnFor(t, s, Budget{Steps: 2}); n != 2 {
			t.Fatalf("round %d: %d steps", round, n)
		}
		if st := status(t, s); st.Store.Frames != 4 || st.Train.Replay != 4 || st.Train.Probe != 0 || st.Checkpoint.Serving != fmt.Sprintf("c%d", round+2) {
			t.Errorf("round %d: %+v, %+v, %+v", round, st.Store, st.Train, st.Checkpoint)
		}
		if moved := !slices.Equal(before, answer(t, s)); !moved {
			t.Errorf("round %d: the encoder did not move", round)
		}
	}
	if c := s.open.Store().Counters(); c.Stored != 24 || c.Gated != 0 {
		t.Errorf("%+v", c)
	}
}

// The recipe drops near-duplicates, remembers no more frames than allowed, and lets
// no result serve that could not be judged.
func TestServiceFollowsTheRecipe(t *testing.T) {
	s := openService(t, "recipe")
	before := answer(t, s)
	if n := learnFor(t, s, Budget{Steps: 4}); n != 0 {
		t.Errorf("%d steps without a frame", n)
	}
	feed(t, s, frames(0, 16))
	if n := learnFor(t, s, Budget{Steps: 4}); n != 4 {
		t.Errorf("%d steps", n)
	}
	if n := learnFor(t, s, Budget{Limit: time.Millisecond}); n != 1 {
		t.Errorf("%d steps in a millisecond", n)
	}
	st := status(t, s)
	if c := s.open.Store().Counters(); c.Gated < 8 || c.Stored+c.Gated != 32 || st.Train.Replay > 8 || st.Train.Probe == 0 {
		t.Errorf("%+v, %+v", c, st.Train)
	}
	if st.Checkpoint.Serving != "c1" || st.Checkpoint.Candidate == "" || !slices.Equal(before, answer(t, s)) {
		t.Errorf("%+v", st.Checkpoint)
	}
}

func TestServiceRefusesAFrame(t *testing.T) {
	s := openService(t, "fifo")
	err := s.Feed(t.Context(), []camera.Frame{{Source: "bench:test", Path: "0.jpg", Image: rgb.New(40, 40)}, {Source: "bench:test", Path: "1.jpg", Data: []byte("text")}})
	if err == nil || s.open.Store().CountFrames() != 1 {
		t.Errorf("error %v, %d frames", err, s.open.Store().CountFrames())
	}
	if _, err := s.Embed(t.Context(), [][]byte{[]byte("text")}); err == nil {
		t.Error("a vector of a text")
	}
}

func TestSettings(t *testing.T) {
	base := config.Default()
	base.Learn.Batch, base.Learn.Promote, base.Learn.Windows, base.Learn.Duty = 24, false, []string{"22:00-06:00"}, 0.5
	for _, tt := range []struct {
		variant  string
		policy   string
		capacity int
		gate     bool
		every    int
		keep     int // newest frames that are stored, at least; 0: all
	}{
		{"plain", config.ReplayFIFO, 24, false, math.MaxInt32, 24},
		{"fifo", config.ReplayFIFO, 300, false, math.MaxInt32, 300},
		{"recipe", config.ReplayMinRed, 300, true, base.Probe.Every, 0},
		{"shuffled", config.ReplayMinRed, 300, true, base.Probe.Every, 0},
	} {
		t.Run(tt.variant, func(t *testing.T) {
			got := settings(base, LearnerOptions{Variant: variant(t, tt.variant), Seed: 7, Buffer: 300})
			if got.Replay.Policy != tt.policy || got.Replay.Capacity != tt.capacity || got.Gate.Enabled != tt.gate || got.Probe.Every != tt.every || got.Model.Seed != 7 {
				t.Errorf("%+v %+v %+v, seed %d", got.Replay, got.Gate, got.Probe, got.Model.Seed)
			}
			if keep := got.Store.MaxBytes > 0; keep != (tt.keep > 0) || keep && got.Learn.MinFrames != tt.keep {
				t.Errorf("%+v, the newest %d frames stay", got.Store, got.Learn.MinFrames)
			}
			if !got.Learn.Promote || got.Learn.Windows != nil || got.Learn.Duty != 1 {
				t.Errorf("%+v", got.Learn)
			}
			plain, gated := tt.variant == "plain", tt.gate
			if same := got.Serve == base.Serve && got.Learn.LR == base.Learn.LR && got.Learn.BatchNorm == base.Learn.BatchNorm; same == plain {
				t.Errorf("%+v %+v", got.Learn, got.Serve)
			}
			if alike := got.Learn.Neighbours > 0; alike != gated {
				t.Errorf("%d neighbours", got.Learn.Neighbours)
			}
		})
	}
}
