package learn

import (
	"testing"

	"edgeclr/storage"
)

// A round can start from another checkpoint than the one that serves. Its neighbours still
// come from the vectors of what serves. When the start is gone, or something else serves
// since, the round starts from what serves.
func TestNextStarts(t *testing.T) {
	s := open(t, smallConfig(t))
	served, _ := adapt(t, s, "c1", "average", 0.05)
	if _, err := s.versions.Promote(t.Context(), string(served.ID), "by hand", nil); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		start, beside, parent storage.CheckpointID
	}{{"", "", "c2"}, {"c1", "c2", "c1"}, {"c1", "c1", "c2"}, {"c9", "c2", "c2"}} {
		c := course{Start: tt.start, Beside: tt.beside, RateHalvings: 1}
		point, err := s.learner.next(resumePoint{Round: 3, Step: 6, StepsBefore: 12, course: c}, 6)
		if err != nil || point.Parent != tt.parent || point.Serving != "c2" || point.course != c || point.StepsBefore != 18 {
			t.Errorf("%+v: %+v, %v", tt, point, err)
		}
	}
}

// The learner's state of the first release is read: the names in the store stay.
func TestOldResumePoint(t *testing.T) {
	s := open(t, smallConfig(t))
	served, _ := adapt(t, s, "c1", "average", 0.05)
	if _, err := s.versions.Promote(t.Context(), string(served.ID), "by hand", nil); err != nil {
		t.Fatal(err)
	}
	old := map[string]any{"Round": 4, "Parent": "c1", "Sees": "c2", "Step": 6, "Steps": 6, "Loss": 2.5, "Stored": 30, "Seed": 3, "Active": false,
		"Before": 18, "Slower": 2, "Longer": 1, "Astray": true, "Again": true, "Promote": "", "Reason": "", "Verdict": "dropped"}
	if err := s.store.SaveState(t.Context(), resumeName, old, nil); err != nil {
		t.Fatal(err)
	}
	want := resumePoint{Round: 4, Parent: "c1", Serving: "c2", Step: 6, Steps: 6, Loss: 2.5, Stored: 30, Seed: 3, StepsBefore: 18, Verdict: "dropped",
		course: course{RateHalvings: 2, StepDoublings: 1, Due: true, Start: "c1", Beside: "c2"}}
	for range 2 { // read, and read again as this release stores it
		point, _, err := s.learner.saved(t.Context())
		if err != nil || point != want {
			t.Fatalf("%+v, %v", point, err)
		}
		if err := s.store.SaveState(t.Context(), resumeName, point, nil); err != nil {
			t.Fatal(err)
		}
	}
}

// After a restart the status still tells how the last round ended, and what comes next.
func TestStatusAfterARestart(t *testing.T) {
	s := open(t, smallConfig(t))
	point := resumePoint{Round: 2, Verdict: "dropped: worse", course: course{RateHalvings: 1, Due: true}}
	if err := s.store.SaveState(t.Context(), resumeName, point, nil); err != nil {
		t.Fatal(err)
	}
	l, err := New(t.Context(), s.learner.opt)
	if err != nil {
		t.Fatal(err)
	}
	if st := l.Status(); st.Verdict != "dropped: worse" || st.Next != "The next round begins at once, at 1/2 of learn.lr." {
		t.Errorf("%+v", st)
	}
}
