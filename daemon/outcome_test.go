package daemon

import (
	"testing"

	"edgeclr/daemon/probe"
)

// What the next round is like, by how the last one ended.
func TestNextRound(t *testing.T) {
	better, worse, same := probe.Verdict{Promote: true}, probe.Verdict{Worse: true}, probe.Verdict{}
	lost := probe.Verdict{Worse: true, Against: "the pretrained encoder"}
	for _, tt := range []struct {
		name        string
		before      resumePoint
		verdict     probe.Verdict
		wantSlower  int
		wantLonger  int
		wantsAstray bool
	}{
		{"better", resumePoint{Slower: 2, Longer: 2, Astray: true}, better, 1, 2, false},
		{"better at once", resumePoint{}, better, 0, 0, false},
		{"worse", resumePoint{Longer: 2}, worse, 1, 0, false},
		{"worse again and again", resumePoint{Slower: slowest}, worse, slowest, 0, false},
		{"worse than where training began", resumePoint{}, lost, 1, 0, true},
		{"no better", resumePoint{Slower: 1}, same, 0, 1, false},
		{"no better, from the root", resumePoint{Astray: true}, same, 0, 1, true},
		{"no better however long", resumePoint{Longer: longest}, same, 0, longest, false},
		{"too far", resumePoint{Longer: 1}, probe.Verdict{Braked: true}, 0, 1, false},
		{"nobody can tell", resumePoint{Longer: 1}, probe.Verdict{Undecided: true}, 0, 1, false},
	} {
		s, l, a := slower(tt.before, tt.verdict), longer(tt.before, tt.verdict), astray(tt.before, tt.verdict)
		if s != tt.wantSlower || l != tt.wantLonger || a != tt.wantsAstray {
			t.Errorf("%s: slower %d, longer %d, astray %v, want %d, %d and %v", tt.name, s, l, a, tt.wantSlower, tt.wantLonger, tt.wantsAstray)
		}
	}
}
