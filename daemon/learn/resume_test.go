package learn

import "testing"

// With FromRoot, the next round starts from the root. Its neighbours still come from
// the vectors of the checkpoint that serves.
func TestNextStartsFromTheRoot(t *testing.T) {
	s := open(t, smallConfig(t))
	served, _ := adapt(t, s, "c1", "average", 0.05)
	if _, err := s.versions.Promote(t.Context(), string(served.ID), "by hand", nil); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		fromRoot bool
		parent   string
	}{{false, "c2"}, {true, "c1"}} {
		point, err := s.learner.next(resumePoint{Round: 3, Step: 6, StepsBefore: 12, FromRoot: tt.fromRoot}, 6)
		if err != nil || string(point.Parent) != tt.parent || point.Serving != "c2" || point.FromRoot != tt.fromRoot || point.StepsBefore != 18 {
			t.Errorf("from the root %v: %+v, %v", tt.fromRoot, point, err)
		}
	}
}
