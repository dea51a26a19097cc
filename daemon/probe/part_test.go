package probe

import (
	"errors"
	"math"
	"strings"
	"testing"
)

func TestPart(t *testing.T) {
	hits := func(better, worse, same int) (gains []float64) {
		for range better {
			gains = append(gains, 1)
		}
		for range worse {
			gains = append(gains, -1)
		}
		return append(gains, make([]float64, same)...)
	}
	for _, c := range []struct {
		name  string
		gains []float64
		gain  float64
		z     float64
		finds Finding
	}{
		{"nothing", nil, 0, 0, Same},
		{"no difference", make([]float64, 9), 0, 0, Same},
		// McNemar's chi-square with correction is (|b-c|-1)^2/(b+c).
		{"McNemar 25:9", hits(25, 9, 66), 0.16, 15 / math.Sqrt(34), Better},
		{"McNemar 9:25", hits(9, 25, 66), -0.16, -15 / math.Sqrt(34), Worse},
		{"McNemar 20:14", hits(20, 14, 66), 0.06, 5 / math.Sqrt(34), Same},
		{"a single hit", hits(1, 0, 9), 0.1, 0, Same},
		{"as many hits as misses", hits(3, 3, 4), 0, 0, Same},
		{"one picture gains all", append([]float64{100}, make([]float64, 99)...), 1, 0, Same},
		{"all gain alike", []float64{0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1}, 0.1, 15.0 / 4, Better},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPart("x", 1, 2, c.gains, DefaultRule())
			if !near(p.Gain, c.gain, 1e-12) || !near(p.Z, c.z, 1e-12) || p.Finds != c.finds {
				t.Errorf("%+v, want %v, %v, %v", p, c.gain, c.z, c.finds)
			}
		})
	}
}

func TestRuleValidate(t *testing.T) {
	if err := DefaultRule().Validate(); err != nil {
		t.Error(err)
	}
	for _, c := range []struct {
		key    string
		change func(r *Rule)
	}{
		{"better", func(r *Rule) { r.Better = 0 }},
		{"better", func(r *Rule) { r.Better = math.NaN() }},
		{"worse", func(r *Rule) { r.Worse = -1 }},
		{"pictures_least", func(r *Rule) { r.MinPictures = 1 }},
		{"labels_least", func(r *Rule) { r.MinLabels = 0 }},
		{"retrieval_weight", func(r *Rule) { r.RetrievalWeight = -0.1 }},
		{"survival_weight", func(r *Rule) { r.SurvivalWeight = math.Inf(1) }},
		{"spread_weight", func(r *Rule) { r.SpreadWeight = math.NaN() }},
		{"all weights", func(r *Rule) { r.RetrievalWeight, r.SurvivalWeight, r.SpreadWeight = 0, 0, 0 }},
		{"retrieval_slack", func(r *Rule) { r.RetrievalSlack = -0.01 }},
		{"information_collapse", func(r *Rule) { r.InformationCollapse = 1.1 }},
		{"deviation_collapse", func(r *Rule) { r.DeviationCollapse = -1 }},
		{"deviation_least", func(r *Rule) { r.DeviationLeast = math.Inf(1) }},
		{"information_least", func(r *Rule) { r.MinInformation = 2 }},
		{"travel_most", func(r *Rule) { r.MaxTravel = math.NaN() }},
		{"information_start", func(r *Rule) { r.StartInformation = -1 }},
		{"share_least", func(r *Rule) { r.ShareLeast = -0.1 }},
		{"share_most", func(r *Rule) { r.ShareMost = 0.05 }},
		{"share_most", func(r *Rule) { r.ShareLeast, r.ShareMost = 0.6, 0.5 }},
	} {
		r := DefaultRule()
		c.change(&r)
		if err := r.Validate(); !errors.Is(err, ErrRule) || !strings.Contains(err.Error(), c.key) {
			t.Errorf("%s: %v", c.key, err)
		}
	}
}

// With a slack, the size of a loss decides and not how certain it is. The loss still
// counts in the sum.
func TestSlack(t *testing.T) {
	for _, tt := range []struct {
		pictures, lost int
		slack          float64
		want, wantSum  Finding
	}{
		{200, 8, 0, Worse, Worse}, {200, 8, 0.039, Worse, Worse}, {200, 8, 0.041, Same, Worse},
		{20, 2, 0, Same, Same}, {20, 2, 0.09, Worse, Same}, {20, 2, 0.11, Same, Same},
	} {
		each := func(i int) (float64, float64) {
			if i < tt.lost {
				return 1, 0
			}
			return 1, 1
		}
		after := 1 - float64(tt.lost)/float64(tt.pictures)
		parts, sum := compare(tt.pictures, []column{{name: "x", weight: 1, slack: tt.slack, serving: 1, candidate: after, each: each}}, DefaultRule())
		if parts[0].Finds != tt.want || sum.Finds != tt.wantSum {
			t.Errorf("%d of %d with slack %v: %+v, sum %+v", tt.lost, tt.pictures, tt.slack, parts[0], sum)
		}
	}
}
