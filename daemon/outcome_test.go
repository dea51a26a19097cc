package daemon

import (
	"testing"

	"edgeclr/daemon/probe"
)

// What the next round is like, by how the last one ended.
func TestNextRound(t *testing.T) {
	better, worse, same := probe.Verdict{Promote: true}, probe.Verdict{Worse: true}, probe.Verdict{}
	for _, tt := range []struct {
		name           string
		slower, longer int
		verdict        probe.Verdict
		wantSlower     int
		wantLonger     int
	}{
		{"better", 2, 2, better, 1, 2},
		{"better at once", 0, 0, better, 0, 0},
		{"worse", 0, 2, worse, 1, 0},
		{"worse again and again", slowest, 0, worse, slowest, 0},
		{"no better", 1, 0, same, 0, 1},
		{"no better however long", 0, longest, same, 0, longest},
		{"too far", 0, 1, probe.Verdict{Braked: true}, 0, 1},
		{"nobody can tell", 0, 1, probe.Verdict{Undecided: true}, 0, 1},
	} {
		point := resumePoint{Slower: tt.slower, Longer: tt.longer}
		if s, l := slower(point, tt.verdict), longer(point, tt.verdict); s != tt.wantSlower || l != tt.wantLonger {
			t.Errorf("%s: slower %d, longer %d, want %d and %d", tt.name, s, l, tt.wantSlower, tt.wantLonger)
		}
	}
}
