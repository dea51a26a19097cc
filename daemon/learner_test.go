package daemon

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"edgeclr/daemon/client"
	"edgeclr/model/weights"
	"edgeclr/storage"
)

// nextRound waits for the end of a round.
func nextRound(t *testing.T, s *Service) RoundEnd {
	t.Helper()
	select {
	case end := <-s.Harness().Rounds():
		return end
	case <-time.After(longTime):
		t.Fatalf("no round ended: %+v", s.learner.status())
		return RoundEnd{}
	}
}

func TestRoundLeavesACandidate(t *testing.T) {
	s := open(t, smallConfig(t))
	all, ids := embed(t, s, 0, 12)
	before, err := s.store.Vector("c1", storage.FrameID(ids[3]))
	if err != nil {
		t.Fatal(err)
	}
	s.Learn()
	end := nextRound(t, s)
	if end.Err != nil || end.Candidate != "c2" || end.Progress.Step != 6 || end.Progress.Steps != 6 {
		t.Fatalf("%+v", end)
	}
	if loss := end.Progress.Loss; !(loss > 0 && loss < math.Log(7)*3) {
		t.Errorf("loss %v", loss)
	}
	st := status(t, s)
	if st.Checkpoint.Serving != "c1" || st.Checkpoint.Candidate != "c2" || st.Train.Step != 6 {
		t.Errorf("%+v %+v", st.Checkpoint, st.Train)
	}
	cp, err := s.store.Checkpoint("c2")
	if err != nil || cp.Kind != storage.CheckpointTrained || cp.Parent != "c1" || cp.Step != 6 || cp.Loss != end.Progress.Loss {
		t.Errorf("%+v, %v", cp, err)
	}
	// Nothing that answers has changed.
	findsItself(t, s.Client(), all[3].Data, ids[3], "")
	after, err := s.store.Vector("c1", storage.FrameID(ids[3]))
	if err != nil || !slices.Equal(before, after) {
		t.Errorf("the vector changed: %v", err)
	}
	if n := s.store.CountVectors("c2"); n != 0 {
		t.Errorf("the candidate has %d vectors", n)
	}
	first, second := tensors(t, s, "c1"), tensors(t, s, "c2")
	if d := distance(first, second); d == 0 {
		t.Error("the candidate's encoder is the pretrained one")
	}
	// Without new frames there is no other round.
	if _, ran, err := s.learner.roundIfDue(t.Context()); ran || err != nil {
		t.Errorf("another round: %v, %v", ran, err)
	}
}

func tensors(t *testing.T, s *Service, id storage.CheckpointID) weights.Set {
	t.Helper()
	set, err := s.store.Tensors(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// distance is the largest difference of any weight that both sets have.
func distance(a, b weights.Set) float64 {
	most := 0.0
	for _, x := range a {
		y, ok := b.Find(x.Name)
		if !ok {
			continue
		}
		for i := range x.Data {
			most = max(most, math.Abs(float64(x.Data[i]-y.Data[i])))
		}
	}
	return most
}

// An interrupted round goes on at the saved step after a restart and arrives at
// the weights of one that was never interrupted.
func TestInterruptedRoundGoesOn(t *testing.T) {
	run := func(t *testing.T, interrupt bool) weights.Set {
		cfg := smallConfig(t)
		cfg.Learn.Steps, cfg.Learn.Stages = 8, 0
		s := open(t, cfg)
		embed(t, s, 0, 12)
		s.Learn()
		if interrupt {
			wait(t, "four steps", func() bool { return s.learner.status().Step >= 4 })
			shut(t, s)
			s = open(t, cfg)
			st := status(t, s).Train
			if st.Step < 4 || st.Step >= 8 || st.Steps != 8 || !(st.Loss > 0) {
				t.Fatalf("after the restart: %+v", st)
			}
			from := st.Step
			s.Learn()
			wait(t, "the next step", func() bool { return s.learner.status().Step > from })
		}
		end := nextRound(t, s)
		if end.Err != nil || end.Progress.Step != 8 {
			t.Fatalf("%+v", end)
		}
		return tensors(t, s, end.Candidate)
	}
	whole, parts := run(t, false), run(t, true)
	if len(whole) != len(parts) {
		t.Fatalf("%d and %d tensors", len(whole), len(parts))
	}
	// One thread of TensorFlow adds in a fixed order, so the weights agree to
	// the bit; another machine may choose kernels that do not.
	if d := distance(whole, parts); d > 1e-6 {
		t.Errorf("weights differ by up to %g", d)
	} else {
		t.Logf("largest difference %g", d)
	}
}

func TestPauseAndResume(t *testing.T) {
	cfg := smallConfig(t)
	cfg.Learn.Steps = 60
	s := open(t, cfg)
	embed(t, s, 0, 12)
	s.Learn()
	wait(t, "a step", func() bool { return s.learner.status().Step >= 5 })
	st, err := s.Client().Pause(t.Context())
	if err != nil || st.Train.State != client.LearnPaused {
		t.Fatalf("%+v, %v", st.Train, err)
	}
	if _, err := s.Client().Pause(t.Context()); err != nil { // again: no harm
		t.Fatal(err)
	}
	// The step under way ends and no other begins. Ingestion and queries go on.
	for i := range 5 {
		all, ids := embed(t, s, 20+2*i, 2)
		findsItself(t, s.Client(), all[1].Data, ids[1], "")
		if now := s.learner.status(); now.Step > st.Train.Step+1 || now.State != client.LearnPaused {
			t.Errorf("paused at step %d, and now it is %s at step %d", st.Train.Step, now.State, now.Step)
		}
	}
	st, err = s.Client().Resume(t.Context())
	if err != nil || st.Train.State != client.LearnActive {
		t.Fatalf("%+v, %v", st.Train, err)
	}
	if end := nextRound(t, s); end.Err != nil || end.Progress.Step != 60 {
		t.Errorf("%+v", end)
	}
}

// Close does not wait for a pause to end.
func TestCloseWhilePaused(t *testing.T) {
	s := open(t, smallConfig(t))
	embed(t, s, 0, 12)
	s.Pause()
	s.Learn()
	wait(t, "the pause", func() bool { return s.learner.status().State == client.LearnPaused })
	shut(t, s) // or the test never ends
}

// Close waits for the step under way, and for no more of its round.
func TestCloseDuringALongStep(t *testing.T) {
	cfg := smallConfig(t)
	cfg.Learn.Batch, cfg.Learn.Steps, cfg.Learn.HeadSteps, cfg.Learn.Stages = 48, 100, 0, 0
	s := open(t, cfg)
	embed(t, s, 0, 48)
	if err := s.Serve(); err != nil {
		t.Fatal(err)
	}
	s.Learn()
	wait(t, "a step", func() bool { return s.learner.status().Step >= 1 })
	shut(t, s)
	again := open(t, cfg)
	if st := status(t, again).Train; st.Step < 1 || st.Step > 10 {
		t.Errorf("the round was not saved where it was: %+v", st)
	}
}

// What cannot go on is given up once, with an event, and the next round begins anew.
func TestRoundsThatCannotGoOn(t *testing.T) {
	t.Run("its parent is gone", func(t *testing.T) {
		s := open(t, smallConfig(t))
		point := resumePoint{Round: 3, Parent: "c9", Step: 2, Steps: 6, Active: true}
		if err := s.store.SaveState(t.Context(), resumeName, point, nil); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if _, ran, err := s.learner.roundIfDue(t.Context()); ran || err != nil {
				t.Fatalf("%v, %v", ran, err)
			}
		}
		if n := countEvents(t, s, "given up"); n != 1 {
			t.Errorf("told %d times", n)
		}
	})
	t.Run("it diverges", func(t *testing.T) {
		cfg := smallConfig(t)
		cfg.Learn.HeadLR, cfg.Learn.LR = 1e20, 1e20
		s := open(t, cfg)
		embed(t, s, 0, 12)
		if _, _, err := s.learner.roundIfDue(t.Context()); err == nil {
			t.Fatal("training with a rate of 1e20 went well")
		}
		point, _, err := s.learner.saved(t.Context())
		if err != nil || point.Active || point.Round != 1 || countEvents(t, s, "given up") != 1 {
			t.Errorf("%+v, %v", point, err)
		}
	})
	t.Run("nothing is kept to learn from", func(t *testing.T) {
		cfg := smallConfig(t)
		cfg.Store.Frames = "none"
		s := open(t, cfg)
		embed(t, s, 0, 12)
		if _, ran, err := s.learner.roundIfDue(t.Context()); ran || err != nil {
			t.Errorf("%v, %v", ran, err)
		}
		s.learner.set(client.LearnWaiting, nil)
		if st := s.learner.status(); !strings.Contains(st.Holding, "store.frames") {
			t.Errorf("%+v does not name store.frames", st)
		}
	})
}

func TestPruneCheckpoints(t *testing.T) {
	cfg := smallConfig(t)
	cfg.Store.KeepCheckpoints = 2
	s := open(t, cfg)
	set := tensors(t, s, "c1")
	for range 5 { // c2 to c6
		if _, err := s.store.PutCheckpoint(t.Context(), storage.Checkpoint{Kind: storage.CheckpointTrained, Arch: cfg.Model.Arch, Size: 32}, set); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range []storage.CheckpointID{"c2", "c4"} {
		if err := s.store.SetServing(t.Context(), id, "test"); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.store.SaveState(t.Context(), "promotion", map[string]string{"Checkpoint": "c3"}, nil); err != nil {
		t.Fatal(err)
	}
	// c4 serves, c2 did before, c3 is being promoted, c6 is the candidate.
	if err := s.versions.Prune(t.Context(), "c6"); err != nil {
		t.Fatal(err)
	}
	left, err := s.Client().Checkpoints(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, cp := range left.Checkpoints {
		ids = append(ids, string(cp.ID))
	}
	if want := []string{"c1", "c2", "c3", "c4", "c6"}; !slices.Equal(ids, want) || left.Serving != "c4" {
		t.Errorf("left %v, want %v; %s serves", ids, want, left.Serving)
	}
}
