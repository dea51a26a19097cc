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
	for _, blend := range []string{config.BlendNone, config.BlendAverage, config.BlendJoin} {
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
			if err != nil || v.Promote || strings.Contains(v.Reason, "against the pretrained encoder") && blend != config.BlendJoin {
				t.Errorf("while the pretrained one serves: %s, %v", v.Reason, err)
			}
			if _, err := s.versions.Promote(t.Context(), string(served.ID), "by hand", nil); err != nil {
				t.Fatal(err)
			}
			v, err = s.learner.compare(t.Context(), e, nil, served, state)
			if err != nil || v.Promote || !(v.Worse || v.Braked) || !strings.Contains(v.Reason, "against the pretrained encoder") {
				t.Errorf("%s, %v", v.Reason, err)
			}
			t.Log(v.Reason)
		})
	}
}
