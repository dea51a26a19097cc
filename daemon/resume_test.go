package daemon

import "testing"

// Where a round starts that comes after one that led astray, and whose vectors tell
// it what is alike.
func TestNextStartsFromTheRoot(t *testing.T) {
	s := open(t, smallConfig(t))
	served := adapt(t, s, "c1", "average")
	if _, err := s.Promote(t.Context(), string(served.ID), "by hand", nil); err != nil {
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
