package learn

import (
	"testing"

	"edgeclr/daemon/probe"
)

// The verdict on a round decides about the learning rate, the steps and the start of
// the next round.
func TestNextRound(t *testing.T) {
	better, worse, same := probe.Verdict{Promote: true}, probe.Verdict{Worse: true}, probe.Verdict{}
	lost := probe.Verdict{Worse: true, Against: "the pretrained encoder"}
	for _, tt := range []struct {
		name      string
		before    resumePoint
		verdict   probe.Verdict
		halvings  int
		doublings int
		fromRoot  bool
	}{
		{"better", resumePoint{RateHalvings: 2, StepDoublings: 2, FromRoot: true}, better, 1, 2, false},
		{"better at once", resumePoint{}, better, 0, 0, false},
		{"worse", resumePoint{StepDoublings: 2}, worse, 1, 0, false},
		{"worse again and again", resumePoint{RateHalvings: maxRateHalvings}, worse, maxRateHalvings, 0, false},
		{"worse than where training began", resumePoint{}, lost, 1, 0, true},
		{"no better", resumePoint{RateHalvings: 1}, same, 0, 1, false},
		{"no better, from the root", resumePoint{FromRoot: true}, same, 0, 1, true},
		{"no better however long", resumePoint{StepDoublings: maxStepDoublings}, same, 0, maxStepDoublings, false},
		{"too far", resumePoint{StepDoublings: 1}, probe.Verdict{Braked: true}, 0, 1, false},
		{"nobody can tell", resumePoint{StepDoublings: 1}, probe.Verdict{Undecided: true}, 0, 1, false},
	} {
		halvings, doublings, root := rateHalvings(tt.before, tt.verdict), stepDoublings(tt.before, tt.verdict), fromRoot(tt.before, tt.verdict)
		if halvings != tt.halvings || doublings != tt.doublings || root != tt.fromRoot {
			t.Errorf("%s: rate halvings %d, step doublings %d, from the root %v, want %d, %d and %v", tt.name, halvings, doublings, root,
				tt.halvings, tt.doublings, tt.fromRoot)
		}
	}
}
