package probe

import (
	"errors"
	"fmt"
)

// Rule holds every threshold of [Decide]. The zero value is not useful: start
// from [DefaultRule].
//
// Differences are judged in standard errors, see [Part.Z]. A single number is
// worse from Worse on, and one such number keeps the candidate out. What
// decides is the mean of a weighted sum of the gains, picture by picture, so
// that their correlation is in its error; it must be better by Better.
type Rule struct {
	// Better is how many standard errors the sum must be above 0 to promote.
	Better float64 `json:"better"`
	// Worse is how many a single number may be below 0.
	Worse float64 `json:"worse"`
	// PicturesLeast is the number of pictures below which nothing is promoted
	// without labels.
	PicturesLeast int `json:"pictures_least"`
	// LabelsLeast is the number of named frames from which on labels alone
	// decide; with fewer they can only keep a candidate out.
	LabelsLeast int `json:"labels_least"`

	// RetrievalWeight, SurvivalWeight and SpreadWeight make the sum of the
	// gains without labels, from 0 on; one must be above 0. A loss of Spread is a
	// gain. They move by a tenth or so of their range when training does good. A number
	// of weight 0 can only keep a candidate out.
	RetrievalWeight float64 `json:"retrieval_weight"`
	SurvivalWeight  float64 `json:"survival_weight"`
	SpreadWeight    float64 `json:"spread_weight"`
	// RetrievalSlack is the loss of view retrieval, a share of all views, up to which
	// it is none, since a view that finds another picture of its kind is what
	// training with neighbours wants, and beyond which it is worse, however few the
	// pictures: such losses went with an encoder that had lost what it knew. 0: Worse
	// alone decides.
	RetrievalSlack float64 `json:"retrieval_slack"`

	// RankCollapse and DeviationCollapse are the shares of what serves below
	// which the candidate's RankMe and Deviation mean collapse, with labels too.
	RankCollapse      float64 `json:"rank_collapse"`
	DeviationCollapse float64 `json:"deviation_collapse"`

	// RankLeast is the share of the serving RankMe, and TravelMost the share of
	// replaced neighbours, beyond which invariance may have been bought with
	// content: without labels such a candidate stays out, however good the rest.
	RankLeast  float64 `json:"rank_least"`
	TravelMost float64 `json:"travel_most"`
}

// DefaultRule lets noise promote less than one candidate in a hundred (one-sided
// normal: 0.6 %), and keeps one out by noise in any one number with 2 %.
// View retrieval is no reason to promote, and a small loss of it none to keep a
// candidate out, see RetrievalSlack. Measured on streams of EuroSAT: five candidates
// that lost 8 points and more of it had lost 4 to 10 points of top-1, and five
// that lost none at most 2.
// The brakes are wide: collapse trips them, good training must not. Measured: 1,200
// steps on EuroSAT that brought 3.2 points of top-1 left 0.74 of the RankMe, a
// ruinous rate a third.
func DefaultRule() Rule {
	return Rule{
		Better: 2.5, Worse: 2,
		PicturesLeast: 30, LabelsLeast: 50,
		RetrievalWeight: 0, SurvivalWeight: 1, SpreadWeight: 1, RetrievalSlack: 0.05,
		RankCollapse: 0.5, DeviationCollapse: 0.5,
		RankLeast: 0.65, TravelMost: 0.85,
	}
}

// Validate reports every value outside its range, one error each (joined), each
// matching [ErrRule].
func (r Rule) Validate() error {
	var errs []error
	// ok is the wanted condition, so that NaN, which fails all comparisons, is refused.
	check := func(ok bool, key string, value any, want string) {
		if !ok {
			errs = append(errs, fmt.Errorf("%w: %s is %v, must be %s", ErrRule, key, value, want))
		}
	}
	between := func(key string, value, low, high float64) {
		check(value >= low && value <= high, key, value, fmt.Sprintf("from %v to %v", low, high))
	}
	check(r.Better > 0 && r.Better <= 10, "better", r.Better, "above 0, at most 10")
	check(r.Worse > 0 && r.Worse <= 10, "worse", r.Worse, "above 0, at most 10")
	check(r.PicturesLeast >= 2, "pictures_least", r.PicturesLeast, "2 or more")
	check(r.LabelsLeast >= 4, "labels_least", r.LabelsLeast, "4 or more")
	between("retrieval_weight", r.RetrievalWeight, 0, 100)
	between("survival_weight", r.SurvivalWeight, 0, 100)
	between("spread_weight", r.SpreadWeight, 0, 100)
	check(r.RetrievalWeight+r.SurvivalWeight+r.SpreadWeight > 0, "the sum of all weights", 0, "above 0")
	between("retrieval_slack", r.RetrievalSlack, 0, 1)
	between("rank_collapse", r.RankCollapse, 0, 1)
	between("deviation_collapse", r.DeviationCollapse, 0, 1)
	between("rank_least", r.RankLeast, 0, 1)
	between("travel_most", r.TravelMost, 0, 1)
	return errors.Join(errs...)
}
