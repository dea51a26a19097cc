package probe

import (
	"errors"
	"fmt"
)

// Rule holds every threshold of [Decide]. The zero value is not useful. Start from
// [DefaultRule].
//
// Differences are judged in standard errors (see [Part.Z]). One number that is
// worse by Worse or more keeps the candidate out. The weighted sum of the gains
// must be better by Better. It is summed picture by picture, so that its error
// includes the correlation of the gains.
type Rule struct {
	// Better is how many standard errors above 0 the sum must be to promote.
	Better float64 `json:"better"`
	// Worse is how many standard errors below 0 a single number may be.
	Worse float64 `json:"worse"`
	// MinPictures is how many pictures are needed to promote without labels.
	MinPictures int `json:"pictures_least"`
	// MinLabels is how many named frames are needed for labels alone to decide. Fewer
	// can only prevent a promotion.
	MinLabels int `json:"labels_least"`

	// RetrievalWeight, SurvivalWeight and SpreadWeight weigh the gains without
	// labels. Each is 0 or more, and one is above 0. A lower Spread is a gain. Good
	// training moves the numbers by about a tenth of their range. A number of weight 0
	// can only prevent a promotion.
	RetrievalWeight float64 `json:"retrieval_weight"`
	SurvivalWeight  float64 `json:"survival_weight"`
	SpreadWeight    float64 `json:"spread_weight"`
	// RetrievalSlack is a loss of view retrieval, as a share of all views. A smaller
	// loss does not count: training with neighbours lets a view find another picture of
	// its kind. A larger loss is worse, however few the pictures are: the measured
	// encoders with such a loss had lost top-1 too. With 0, Worse alone decides.
	RetrievalSlack float64 `json:"retrieval_slack"`

	// InformationCollapse is a share of the serving Information. A candidate below it has
	// collapsed, whatever labels say. So has one whose Deviation is below both
	// DeviationLeast and DeviationCollapse times the serving Deviation: its vectors are
	// nearly equal.
	InformationCollapse float64 `json:"information_collapse"`
	DeviationCollapse   float64 `json:"deviation_collapse"`
	DeviationLeast      float64 `json:"deviation_least"`

	// MinInformation is a share of the serving Information, and MaxTravel a share of
	// replaced neighbours. Beyond them the encoder may have paid for invariance with
	// content. Without labels such a candidate stays out, however good the rest is.
	MinInformation float64 `json:"information_least"`
	MaxTravel      float64 `json:"travel_most"`
	// StartInformation is a share of the Information of the encoder that training began
	// from. An adapted encoder below it is no good start for more training.
	StartInformation float64 `json:"information_start"`

	// ShareLeast and ShareMost bound the part of the distance between two pictures that
	// the adapted encoder of a join has: see [ChooseShare].
	ShareLeast float64 `json:"share_least"`
	ShareMost  float64 `json:"share_most"`
}

// DefaultRule returns the rule of the daemon. Noise promotes less than one candidate in
// a hundred (one-sided normal: 0.6 %). Noise in any one number rejects a candidate with
// a probability of 2 %.
//
// View retrieval is no reason to promote, and a small loss of it is no reason to
// reject (see RetrievalSlack). Measured on streams of EuroSAT: five candidates that
// lost 8 points of view retrieval or more had lost 4 to 10 points of top-1. Five that
// lost none had lost at most 2 points of top-1.
//
// The limits of Information have margins on both sides. Measured on four sets, two of them
// fixed cameras (docs/learning.md, "Collapse"): good training left 0.60 to 1.02 of it in the adapted
// encoder by itself, and 1.02 to 1.15 in a join. Ruinous settings left 0.13 to 0.31.
func DefaultRule() Rule {
	return Rule{
		Better: 2.5, Worse: 2,
		MinPictures: 30, MinLabels: 50,
		RetrievalWeight: 0, SurvivalWeight: 1, SpreadWeight: 1, RetrievalSlack: 0.05,
		InformationCollapse: 0.4, DeviationCollapse: 0.2, DeviationLeast: 0.02,
		MinInformation: 0.95, MaxTravel: 0.85, StartInformation: 0.85,
		ShareLeast: 0.3, ShareMost: 1,
	}
}

// Validate reports every value outside its range. The errors are joined, and each
// matches [ErrRule].
func (r Rule) Validate() error {
	var errs []error
	// ok is the wanted condition. NaN fails all comparisons and so is refused.
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
	check(r.MinPictures >= 2, "pictures_least", r.MinPictures, "2 or more")
	check(r.MinLabels >= 4, "labels_least", r.MinLabels, "4 or more")
	between("retrieval_weight", r.RetrievalWeight, 0, 100)
	between("survival_weight", r.SurvivalWeight, 0, 100)
	between("spread_weight", r.SpreadWeight, 0, 100)
	check(r.RetrievalWeight+r.SurvivalWeight+r.SpreadWeight > 0, "the sum of all weights", 0, "above 0")
	between("retrieval_slack", r.RetrievalSlack, 0, 1)
	between("information_collapse", r.InformationCollapse, 0, 1)
	between("deviation_collapse", r.DeviationCollapse, 0, 1)
	between("deviation_least", r.DeviationLeast, 0, 1)
	between("information_least", r.MinInformation, 0, 1)
	between("travel_most", r.MaxTravel, 0, 1)
	between("information_start", r.StartInformation, 0, 1)
	between("share_least", r.ShareLeast, 0, 1)
	between("share_most", r.ShareMost, max(r.ShareLeast, 1.0/shareSteps), 1)
	return errors.Join(errs...)
}
