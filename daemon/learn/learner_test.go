package learn

import (
	"strings"
	"testing"

	"edgeclr/daemon/client"
)

// After a round, the next one waits for new frames.
func TestNoRoundWithoutNewFrames(t *testing.T) {
	s := open(t, smallConfig(t))
	embed(t, s, 12, true)
	if end, ran, err := s.learner.roundIfDue(t.Context()); !ran || err != nil || end.Candidate != "c2" {
		t.Fatalf("%+v, %v, %v", end, ran, err)
	}
	if _, ran, err := s.learner.roundIfDue(t.Context()); ran || err != nil {
		t.Errorf("another round: %v, %v", ran, err)
	}
}

// The learner gives up a round that cannot go on, with one event. The next round starts
// from a checkpoint again.
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
		if n := countEvents(s, "given up"); n != 1 {
			t.Errorf("told %d times", n)
		}
	})
	t.Run("it diverges", func(t *testing.T) {
		cfg := smallConfig(t)
		cfg.Learn.HeadLR, cfg.Learn.LR = 1e20, 1e20
		s := open(t, cfg)
		embed(t, s, 12, true)
		if _, _, err := s.learner.roundIfDue(t.Context()); err == nil {
			t.Fatal("training with a rate of 1e20 went well")
		}
		point, _, err := s.learner.saved(t.Context())
		if err != nil || point.Active || point.Round != 1 || countEvents(s, "given up") != 1 {
			t.Errorf("%+v, %v", point, err)
		}
	})
	t.Run("nothing is kept to learn from", func(t *testing.T) {
		cfg := smallConfig(t)
		cfg.Store.Frames = "none"
		s := open(t, cfg)
		embed(t, s, 12, false)
		if _, ran, err := s.learner.roundIfDue(t.Context()); ran || err != nil {
			t.Errorf("%v, %v", ran, err)
		}
		s.learner.set(client.LearnWaiting, nil)
		if st := s.learner.Status(); !strings.Contains(st.Holding, "store.frames") {
			t.Errorf("%+v does not name store.frames", st)
		}
	})
}
