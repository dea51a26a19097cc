package daemon

import "testing"

// Where a round starts that comes after one that led astray, and whose vectors tell
// it what is alike.
func TestNextStartsFromTheRoot(t *testing.T) {
	s := open(t, smallConfig(t))
	served := adapt(t, s, "c1", "average")
	if _, err := s.versions.Promote(t.Context(), string(served.ID), "by hand", nil); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		astray bool
		parent string
	}{{false, "c2"}, {true, "c1"}} {
		point, err := s.learner.next(resumePoint{Round: 3, Step: 6, Before: 12, Astray: tt.astray}, 6)
		if err != nil || string(point.Parent) != tt.parent || point.Sees != "c2" || point.Astray != tt.astray || point.Before != 18 {
			t.Errorf("astray %v: %+v, %v", tt.astray, point, err)
		}
	}
}

// A ruined encoder that a person let serve is not trained on for ever.
func TestRoundThatLedAstray(t *testing.T) {
	cfg := smallConfig(t)
	cfg.Learn.Steps, cfg.Learn.HeadSteps, cfg.Learn.LR = 3, 1, 1e-6 // what is ruined would diverge
	s := open(t, cfg)
	embed(t, s, 0, 200)
	ruined, _ := adaptBy(t, s, "c1", cfg.Serve.Blend, 0.3)
	if _, err := s.versions.Promote(t.Context(), string(ruined.ID), "by hand", nil); err != nil {
		t.Fatal(err)
	}
	end, err := s.learner.once(t.Context(), cfg.Learn.Steps)
	if err != nil || !end.Verdict.Worse || end.Verdict.Against == "" || countEvents(t, s, "the next round begins where training began") != 1 {
		t.Fatalf("%+v, %v", end.Verdict, err)
	}
	t.Log(end.Verdict.Reason)
	if end, err = s.learner.once(t.Context(), cfg.Learn.Steps); err != nil {
		t.Fatal(err)
	}
	point, _, err := s.learner.saved(t.Context())
	if err != nil || point.Parent != "c1" || point.Sees != ruined.ID {
		t.Errorf("after %q the next round was %+v, %v", end.Verdict.Reason, point, err)
	}
}
