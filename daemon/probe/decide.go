package probe

// Decide says whether the candidate is to serve. Both Scores must come from the same
// pictures, views, pairs and names. Travel is the [Distance] from the serving
// encoder's images to the candidate's. The steps, in this order:
//
//  1. A collapse (InformationCollapse, DeviationCollapse) rejects the candidate.
//  2. With MinLabels named frames or more, the sum of the gains in top-1 and
//     precision@10 decides. It promotes if the sum is better and neither is worse.
//  3. Otherwise the label-free numbers decide. They promote if there are
//     MinPictures pictures, the weighted sum of the gains is better, no single
//     number is worse (also temporal, and those of a few names), and no brake
//     acts (MinInformation, MaxTravel).
//
// A tie, noise, an invalid rule and Scores that cannot be compared promote
// nothing.
func Decide(serving, candidate Scores, travel Travel, r Rule) Verdict {
	v := Verdict{Serving: serving, Candidate: candidate, Travel: travel, Rule: r, Undecided: true}
	if err := r.Validate(); err != nil {
		v.Reason = err.Error() + stays
		return v
	}
	if !sameMeasures(serving, candidate) {
		v.Reason = "the two were not measured on the same pictures" + stays
		return v
	}
	named, namedTogether := compare(len(serving.Labels.Each), labelColumns(serving, candidate), r)
	if len(serving.Labels.Each) > 0 {
		v.Parts = named
	}
	free, freeTogether := compare(len(serving.Each), viewColumns(serving, candidate, r), r)
	v.Parts = append(v.Parts, free...)
	if len(serving.TemporalEach) > 0 {
		temporal, _ := compare(len(serving.TemporalEach), temporalColumns(serving, candidate), r)
		v.Parts = append(v.Parts, temporal...)
	}
	deciding := v.Parts
	v.Together = freeTogether
	if v.ByLabels = len(serving.Labels.Each) >= r.MinLabels; v.ByLabels {
		deciding, v.Together = named, namedTogether
	}
	v.judge(deciding)
	return v
}

// judge sets the outcome and its reason. Deciding are the parts that count.
func (v *Verdict) judge(deciding []Part) {
	worse := withFinding(deciding, Worse)
	v.Undecided, v.Braked = false, v.brake() != ""
	switch {
	case v.hasCollapsed():
		v.Collapsed, v.Worse = true, true
		v.Reason = v.collapse() + stays
	case !v.ByLabels && v.Serving.Pictures < v.Rule.MinPictures:
		v.Undecided = true
		v.Reason = v.tooFew() + stays
	case len(worse) > 0:
		v.Worse = true
		v.Reason = list(worse) + ": worse" + stays
	case v.Together.Finds != Better:
		v.Reason = list(deciding) + ": no better beyond noise (" + v.margin() + ")" + stays
	case !v.ByLabels && v.Braked:
		v.Reason = list(withFinding(deciding, Better)) + ", but " + v.brake() + stays
	default:
		v.Promote = true
		v.Reason = list(deciding) + ": better (" + v.margin() + ")" + serves
	}
}

// sameMeasures tells whether both have the same number of outcomes of each kind, and
// some.
func sameMeasures(a, b Scores) bool {
	return len(a.Each) > 0 && len(a.Each) == len(b.Each) && a.Pictures == len(a.Each) && b.Pictures == len(b.Each) &&
		len(a.TemporalEach) == len(b.TemporalEach) && len(a.Labels.Each) == len(b.Labels.Each)
}

func labelColumns(serving, candidate Scores) []column {
	a, b := serving.Labels, candidate.Labels
	return []column{
		{"top-1", 1, 0, a.Top1, b.Top1, func(i int) (float64, float64) { return a.Each[i].Top1, b.Each[i].Top1 }},
		{"precision@10", 1, 0, a.P10, b.P10, func(i int) (float64, float64) { return a.Each[i].P10, b.Each[i].P10 }},
	}
}

func viewColumns(a, b Scores, r Rule) []column {
	return []column{
		{"view retrieval", r.RetrievalWeight, r.RetrievalSlack, a.ViewRetrieval, b.ViewRetrieval,
			func(i int) (float64, float64) { return a.Each[i].Retrieved, b.Each[i].Retrieved }},
		{"neighbour survival", r.SurvivalWeight, 0, a.NeighbourSurvival, b.NeighbourSurvival,
			func(i int) (float64, float64) { return a.Each[i].Survived, b.Each[i].Survived }},
		{"spread", -r.SpreadWeight, 0, a.Spread, b.Spread,
			func(i int) (float64, float64) { return a.Each[i].Spread, b.Each[i].Spread }},
	}
}

func temporalColumns(a, b Scores) []column {
	return []column{{"temporal neighbours", 1, 0, a.Temporal, b.Temporal,
		func(i int) (float64, float64) { return a.TemporalEach[i], b.TemporalEach[i] }}}
}
