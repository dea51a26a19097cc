package daemon

import (
	"errors"
	"testing"

	"edgeclr/daemon/learn"
	"edgeclr/storage"
)

// A round on demand ends as the learner's own rounds do. A result that cannot be
// judged stays a candidate. With Unjudged it serves.
func TestRoundOnDemand(t *testing.T) {
	for _, tt := range []struct {
		name     string
		unjudged bool
		serving  string
	}{{"judged", false, "c1"}, {"unjudged", true, "c2"}} {
		t.Run(tt.name, func(t *testing.T) {
			s := openWith(t, Options{Config: smallConfig(t), Unjudged: tt.unjudged})
			if end, err := s.Harness().Round(t.Context(), 4); !errors.Is(err, learn.ErrNoPictures) || end.Candidate != "" {
				t.Errorf("without a frame: %+v, %v", end, err)
			}
			outcomes, err := s.Harness().Feed(t.Context(), live("v4l2:/dev/video0", 0, rendered(0, 10)...))
			if err != nil || len(outcomes) != 10 || outcomes[0].ID == 0 {
				t.Fatalf("%+v, %v", outcomes, err)
			}
			end, err := s.Harness().Round(t.Context(), 4)
			if err != nil || end.Candidate != "c2" || end.Promoted != tt.unjudged || end.Verdict.Undecided == tt.unjudged || end.Progress.Step != 4 {
				t.Errorf("%+v, %v", end, err)
			}
			if got := status(t, s).Checkpoint.Serving; got != tt.serving {
				t.Errorf("%s serves, want %s", got, tt.serving)
			}
		})
	}
}

// Retain applies the limits on demand. The newest frames stay.
func TestRetainOnDemand(t *testing.T) {
	cfg := smallConfig(t)
	cfg.Store.MaxBytes, cfg.Learn.MinFrames, cfg.Gate.Enabled = 1, 3, false
	s := open(t, cfg)
	_, ids := embed(t, s, 0, 9)
	if err := s.Harness().Retain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := s.store.CountFrames(); n != 3 {
		t.Errorf("%d frames are left", n)
	}
	for _, id := range ids[:6] {
		if s.corpus.Contains(storage.FrameID(id)) {
			t.Errorf("frame %d is deleted and may be learned from", id)
		}
	}
}

// With KeepDropped a candidate that the judge drops stays in the store, and does not serve.
func TestDroppedCandidateStays(t *testing.T) {
	for _, keep := range []bool{false, true} {
		cfg := smallConfig(t)
		cfg.Learn.LR = 1 // ruins the upper stage
		cfg.Probe.Every = 2
		s := openWith(t, Options{Config: cfg, KeepDropped: keep})
		if _, err := s.Harness().Feed(t.Context(), live("v4l2:/dev/video0", 0, rendered(0, 70)...)); err != nil {
			t.Fatal(err)
		}
		end, err := s.Harness().Round(t.Context(), 8)
		if err != nil || end.Promoted || end.Verdict.Undecided || (end.Candidate == "c2") != keep {
			t.Errorf("keep %v: %s %+v, %v", keep, end.Candidate, end.Verdict.Reason, err)
		}
		if _, err := s.store.Checkpoint("c2"); (err == nil) != keep {
			t.Errorf("keep %v: %v", keep, err)
		}
		if got := status(t, s).Checkpoint.Serving; got != "c1" {
			t.Errorf("keep %v: %s serves", keep, got)
		}
	}
}
