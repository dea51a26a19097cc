package probe

// Verdict is the outcome of [Decide], with all that it rests on.
type Verdict struct {
	Promote bool `json:"promote"`
	// Collapsed: the candidate's vectors have become alike or lie in few
	// directions. Go on from what serves and throw away the candidate.
	Collapsed bool `json:"collapsed"`
	// Worse: a number that counts is worse beyond noise, or Collapsed.
	Worse bool `json:"worse"`
	// Braked: RankMe or the distance travelled is beyond what can be judged
	// without labels, however good the rest.
	Braked bool `json:"braked"`
	// Undecided: nothing could be told, since there was too little to compare.
	Undecided bool `json:"undecided"`
	// Against names what the candidate was held against; "" is what serves.
	Against string `json:"against,omitempty"`
	// Reason is one sentence for the user, with the numbers that decided.
	Reason string `json:"reason"`
	// Together is what decided: the weighted sum of those parts that count.
	Together Part `json:"together"`
	// Parts are the single numbers: top-1 and p10 where names were compared,
	// view retrieval, neighbour survival and spread, temporal where measured.
	Parts []Part `json:"parts"`
	// ByLabels: names decided, and the parts without labels are only told.
	ByLabels bool `json:"by_labels"`

	Serving   Scores `json:"serving"`
	Candidate Scores `json:"candidate"`
	Travel    Travel `json:"travel"`
	Rule      Rule   `json:"rule"`
}
