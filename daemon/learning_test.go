package daemon

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"edgeclr/config"
	"edgeclr/daemon/client"
	"edgeclr/daemon/learn"
	"edgeclr/model/weights"
	"edgeclr/storage"
)

func TestRoundLeavesACandidate(t *testing.T) {
	s := open(t, smallConfig(t))
	all, ids := embed(t, s, 0, 12)
	before := storedVector(t, s, "c1", ids[3])
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
	// The version that serves has not changed.
	findsItself(t, s.Client(), all[3].Data, ids[3], "")
	if !slices.Equal(before, storedVector(t, s, "c1", ids[3])) {
		t.Error("the vector changed")
	}
	if n, err := s.store.CountVectors(encodersOf(t, s, "c2")[1:]); err != nil || n != 0 {
		t.Errorf("the candidate has %d vectors", n)
	}
	first, second := tensors(t, s, "c1"), tensors(t, s, "c2")
	if d := distance(first, second); d == 0 {
		t.Error("the candidate's encoder is the pretrained one")
	}
}

// After a restart an interrupted round goes on at the saved step. It ends with the
// same weights as a round that was not interrupted.
func TestInterruptedRoundGoesOn(t *testing.T) {
	run := func(t *testing.T, interrupt bool) weights.Set {
		cfg := smallConfig(t)
		cfg.Learn.Steps, cfg.Learn.Stages = 8, 0
		s := open(t, cfg)
		embed(t, s, 0, 12)
		s.Learn()
		if interrupt {
			wait(t, "four steps", func() bool { return s.learner.Status().Step >= 4 })
			shut(t, s)
			s = open(t, cfg)
			st := status(t, s).Train
			if st.Step < 4 || st.Step >= 8 || st.Steps != 8 || !(st.Loss > 0) {
				t.Fatalf("after the restart: %+v", st)
			}
			from := st.Step
			s.Learn()
			wait(t, "the next step", func() bool { return s.learner.Status().Step > from })
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
	// One thread of TensorFlow adds in a fixed order, so the weights agree to the bit.
	// Another machine may choose kernels that do not.
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
	wait(t, "a step", func() bool { return s.learner.Status().Step >= 5 })
	st, err := s.Client().Pause(t.Context())
	if err != nil || st.Train.State != client.LearnPaused {
		t.Fatalf("%+v, %v", st.Train, err)
	}
	if _, err := s.Client().Pause(t.Context()); err != nil { // a second pause changes nothing
		t.Fatal(err)
	}
	// The current step ends and no other begins. Ingestion and queries go on.
	for i := range 5 {
		all, ids := embed(t, s, 20+2*i, 2)
		findsItself(t, s.Client(), all[1].Data, ids[1], "")
		if now := s.learner.Status(); now.Step > st.Train.Step+1 || now.State != client.LearnPaused {
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
	s.learner.Pause()
	s.Learn()
	wait(t, "the pause", func() bool { return s.learner.Status().State == client.LearnPaused })
	shut(t, s) // or the test never ends
}

// Close waits for the current step, and not for the rest of the round.
func TestCloseDuringALongStep(t *testing.T) {
	cfg := smallConfig(t)
	cfg.Learn.Batch, cfg.Learn.Steps, cfg.Learn.HeadSteps, cfg.Learn.Stages = 48, 100, 0, 0
	s := open(t, cfg)
	embed(t, s, 0, 48)
	if err := s.Serve(); err != nil {
		t.Fatal(err)
	}
	s.Learn()
	wait(t, "a step", func() bool { return s.learner.Status().Step >= 1 })
	shut(t, s)
	again := open(t, cfg)
	if st := status(t, again).Train; st.Step < 1 || st.Step > 10 {
		t.Errorf("the round was not saved where it was: %+v", st)
	}
}

// LimitRounds ends a round before its steps do.
func TestLimitedRound(t *testing.T) {
	cfg := smallConfig(t)
	cfg.Learn.Steps = 100000
	s := open(t, cfg)
	embed(t, s, 0, 12)
	s.Harness().LimitRounds(time.Second)
	s.Learn()
	end := nextRound(t, s)
	if end.Err != nil || end.Progress.Step < 1 || end.Progress.Step >= 100000 || end.Candidate == "" {
		t.Errorf("%+v", end)
	}
}

func TestTrainOnAFolder(t *testing.T) {
	cfg := smallConfig(t)
	cfg.Learn.Steps = 8
	s := open(t, cfg)
	all, ids := embed(t, s, 0, 5)
	folder := t.TempDir()
	var files []string
	for i, name := range []string{"a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg"} {
		files = append(files, folder+"/"+name)
		write(t, files[i], scene(t, 30+i))
	}
	files = append(files, folder+"/text.txt", folder+"/gone.jpg", folder)
	write(t, folder+"/text.txt", []byte("not a picture"))
	steps := 0
	report, err := s.Train(t.Context(), learn.TrainOptions{Files: files, OnStep: func(learn.Progress) { steps++ }})
	if err != nil {
		t.Fatal(err)
	}
	if report.Steps != 8 || steps != 8 || report.Skipped != 3 || report.Promoted || report.Serving != "c1" || !strings.Contains(report.Reason, "too few") ||
		!(report.Loss > 0) || !(report.ViewsPerS > 0) || report.PeakRSSMB < 50 || !(report.FirstStepS > 0) {
		t.Errorf("%+v, %d steps seen", report, steps)
	}
	if n := s.store.CountFrames(); n != 5 {
		t.Errorf("training stored frames: %d", n)
	}
	if _, err := s.versions.Promote(t.Context(), report.Checkpoint, "test", nil); err != nil {
		t.Fatal(err)
	}
	findsItself(t, s.Client(), all[2].Data, ids[2], report.Checkpoint)

	for _, tt := range []struct {
		name  string
		files []string
	}{{"nothing", nil}, {"one picture", files[:1]}, {"no pictures", files[5:]}} {
		if _, err := s.Train(t.Context(), learn.TrainOptions{Files: tt.files}); err == nil {
			t.Errorf("learned from %s", tt.name)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	_, err = s.Train(ctx, learn.TrainOptions{Files: files, OnStep: func(p learn.Progress) {
		if p.Step == 2 {
			cancel()
		}
	}})
	if err == nil || status(t, s).Checkpoint.Serving != report.Checkpoint {
		t.Errorf("an interrupted training: %v", err)
	}
}

// A person promotes a ruined encoder. When the judge sees that what serves is worse than
// the root, the next round starts from the root.
func TestRoundThatLedAstray(t *testing.T) {
	cfg := smallConfig(t)
	cfg.Learn.Steps, cfg.Learn.HeadSteps, cfg.Learn.LR = 3, 1, 1e-6 // a ruined encoder would diverge
	s := open(t, cfg)
	embed(t, s, 0, 200)
	ruined := adaptBy(t, s, "c1", cfg.Serve.Blend, 0.3)
	if _, err := s.versions.Promote(t.Context(), string(ruined.ID), "by hand", nil); err != nil {
		t.Fatal(err)
	}
	end, err := s.Harness().Round(t.Context(), cfg.Learn.Steps)
	if err != nil || end.Promoted || countEvents(t, s, "The next round begins at once, from c1") != 1 || !strings.Contains(status(t, s).Train.Next, "from c1") {
		t.Fatalf("%s, %v, next: %s", end.Verdict.Reason, err, status(t, s).Train.Next)
	}
	t.Log(end.Verdict.Reason)
	if end, err = s.Harness().Round(t.Context(), cfg.Learn.Steps); err != nil {
		t.Fatal(err)
	}
	point, err := savedRound(t, s)
	if err != nil || point.Parent != "c1" || point.Sees != ruined.ID {
		t.Errorf("after %q the next round was %+v, %v", end.Verdict.Reason, point, err)
	}
}

// A round with a setting that ruins the encoder is dropped. No checkpoint is stored,
// the serving checkpoint stays, the learning rate is halved, and an event says why.
func TestRuinIsDropped(t *testing.T) {
	cfg := smallConfig(t)
	cfg.Learn.Stages, cfg.Learn.Batch, cfg.Learn.Steps = 0, 16, 24
	cfg.Learn.BatchNorm, cfg.Learn.LR = config.BatchNormTrain, 1
	cfg.Learn.MinFrames = 100
	s := open(t, cfg)
	all, ids := embed(t, s, 0, 160)
	s.Learn()
	end := nextRound(t, s)
	if end.Promoted || end.Candidate != "" || end.Err == nil && !end.Verdict.Worse {
		t.Fatalf("%+v", end)
	}
	t.Log(end.Verdict.Reason, end.Err)
	point, err := savedRound(t, s)
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

// savedRound reads the learner's resume point from the store. The names in the store
// are those of the first release.
func savedRound(t *testing.T, s *Service) (point struct {
	Parent, Sees storage.CheckpointID
	Slower       int
	Again        bool
}, err error) {
	t.Helper()
	_, err = s.store.LoadState(t.Context(), "learner", &point)
	return point, err
}
