package learn

import (
	"context"
	"strings"
	"testing"

	"edgeclr/camera/rgb"
	"edgeclr/config"
)

// A person promotes a ruined encoder. A candidate that is no worse than that one is
// also compared with the root, and is not promoted.
func TestComparedWithTheRoot(t *testing.T) {
	for _, blend := range []string{config.BlendNone, config.BlendAverage, config.BlendJoin, config.BlendAuto} {
		t.Run(blend, func(t *testing.T) {
			cfg := smallConfig(t)
			s := open(t, cfg)
			c1, err := s.store.Checkpoint("c1")
			if err != nil {
				t.Fatal(err)
			}
			served, state := adapt(t, s, "c1", blend, 1)
			e := &evalSet{load: func(_ context.Context, id uint64) (*rgb.Image, error) { return scene(int(id)), nil }}
			for id := range uint64(60) {
				e.ids = append(e.ids, id)
			}
			v, err := s.learner.compare(t.Context(), e, nil, c1, state)
			if err != nil || v.Promote || strings.Contains(v.Reason, "against the pretrained encoder") || v.harmed == "" || v.astray {
				t.Errorf("while the pretrained one serves: %s, %v", v.Reason, err)
			}
			if _, err := s.versions.Promote(t.Context(), string(served.ID), "by hand", nil); err != nil {
				t.Fatal(err)
			}
			v, err = s.learner.compare(t.Context(), e, nil, served, state)
			if err != nil || v.Promote || !(v.Worse || v.Braked) || v.harmed == "" || !v.astray || !strings.Contains(v.Reason, "against the pretrained encoder") {
				t.Errorf("%s, %v", v.Reason, err)
			}
			t.Log(v.Reason)
		})
	}
}

// With serve.blend auto the judge chooses the share of a join. The candidate is judged, and
// stored, with it.
func TestShareIsChosen(t *testing.T) {
	cfg := smallConfig(t)
	s := open(t, cfg)
	c1, err := s.store.Checkpoint("c1")
	if err != nil {
		t.Fatal(err)
	}
	e := &evalSet{load: func(_ context.Context, id uint64) (*rgb.Image, error) { return scene(int(id)), nil }}
	for id := range uint64(40) {
		e.ids = append(e.ids, id)
	}
	for _, tt := range []struct {
		blend  string
		chosen bool
	}{{config.BlendAuto, true}, {config.BlendJoin, false}, {config.BlendNone, false}} {
		_, state := adapt(t, s, "c1", tt.blend, 0.01)
		j, err := s.learner.compare(t.Context(), e, nil, c1, state)
		if err != nil || j.Undecided || (j.share > 0) != tt.chosen || j.share > 1 {
			t.Fatalf("%s: a share of %v, %s, %v", tt.blend, j.share, j.Reason, err)
		}
		s.cfg.Serve.Blend = config.BlendAverage // a reload changes it meanwhile
		id, err := s.learner.putTrained(t.Context(), c1, state, Progress{}, 1, j)
		if err != nil {
			t.Fatal(err)
		}
		cp, err := s.store.Checkpoint(id)
		switch {
		case err != nil:
			t.Fatal(err)
		case !tt.chosen && cp.Blend != tt.blend:
			t.Errorf("%s, judged as %s", cp.Blend, tt.blend)
		case tt.chosen && j.share < 1 && (cp.Blend != config.BlendJoin || cp.Share != j.share):
			t.Errorf("%s with share %v, the judge chose %v", cp.Blend, cp.Share, j.share)
		case tt.chosen && j.share == 1 && cp.Blend != config.BlendNone:
			t.Errorf("%s with share %v, the judge chose the adapted encoder alone", cp.Blend, cp.Share)
		}
	}
}

// The store is resized while a round trains. All are compared at the new size: the weights
// that serve, as a candidate, are no other encoder.
func TestJudgedAtTheSizeThatServes(t *testing.T) {
	cfg := smallConfig(t)
	s := open(t, cfg)
	before, err := s.store.Checkpoint("c1")
	if err != nil {
		t.Fatal(err)
	}
	_, state := adapt(t, s, "c1", config.BlendNone, 0)
	if _, err := s.versions.Resize(t.Context(), 64, nil); err != nil {
		t.Fatal(err)
	}
	j, err := s.learner.compare(t.Context(), sceneSet(30), nil, before, state)
	if err != nil || before.Size != 32 || j.Undecided || j.Promote || j.harmed != "" || j.Travel.Neighbours != 0 || j.Candidate.Information != j.Serving.Information {
		t.Errorf("%s, %v of all neighbours replaced, harmed %q, %v", j.Reason, j.Travel.Neighbours, j.harmed, err)
	}
}
