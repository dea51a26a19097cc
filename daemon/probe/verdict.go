package probe

import (
	"fmt"
	"math"
	"strings"
)

// Verdict is the outcome of [Decide], with all numbers that decided.
type Verdict struct {
	Promote bool `json:"promote"`
	// Collapsed says that the candidate's vectors have become equal or lie in few
	// directions. The candidate must be dropped.
	Collapsed bool `json:"collapsed"`
	// Worse says that one of the deciding numbers is worse beyond noise, or that the
	// candidate has collapsed.
	Worse bool `json:"worse"`
	// Braked says that Information or the distance travelled is beyond the Rule's limits
	// for a decision without labels.
	Braked bool `json:"braked"`
	// Undecided says that there was too little to compare.
	Undecided bool `json:"undecided"`
	// Against names what the candidate was compared with. "" is the serving encoder.
	Against string `json:"against,omitempty"`
	// Reason is one sentence for the user, with the numbers that decided.
	Reason string `json:"reason"`
	// Together is the weighted sum of the deciding parts.
	Together Part `json:"together"`
	// Parts are the single numbers: top-1 and p10 if names were compared, view
	// retrieval, neighbour survival and spread, and temporal if it was measured.
	Parts []Part `json:"parts"`
	// ByLabels says that the named frames decided. The label-free parts are only
	// reported.
	ByLabels bool `json:"by_labels"`

	Serving   Scores `json:"serving"`
	Candidate Scores `json:"candidate"`
	Travel    Travel `json:"travel"`
	Rule      Rule   `json:"rule"`
}

// Endings of a reason.
const (
	stays  = "; the serving checkpoint stays"
	serves = "; the candidate takes over"
)

// withFinding returns the parts with that finding.
func withFinding(parts []Part, f Finding) []Part {
	var found []Part
	for _, p := range parts {
		if p.Finds == f {
			found = append(found, p)
		}
	}
	return found
}

// list formats parts as in "view retrieval .892 -> .471, spread .230 -> .400".
func list(parts []Part) string {
	if len(parts) == 0 {
		return "all in all better"
	}
	var words []string
	for _, p := range parts {
		words = append(words, fmt.Sprintf("%s %s -> %s", p.Name, share(p.Serving), share(p.Candidate)))
	}
	return strings.Join(words, ", ")
}

// share formats a share with three digits, since a difference that counts can be in
// the third: ".892".
func share(x float64) string {
	return strings.TrimPrefix(fmt.Sprintf("%.3f", x), "0")
}

func (v *Verdict) margin() string {
	far := fmt.Sprintf("%s, %s of all neighbours replaced", v.information(), share(v.Travel.Neighbours))
	if math.Abs(v.Together.Z) < 0.05 {
		return fmt.Sprintf("0 standard errors, %.1f are needed; %s", v.Rule.Better, far)
	}
	return fmt.Sprintf("%+.1f standard errors, %.1f are needed; %s", v.Together.Z, v.Rule.Better, far)
}

func (v *Verdict) collapse() string {
	return fmt.Sprintf("%s, deviation %s -> %s: collapsed", v.information(), share(v.Serving.Deviation), share(v.Candidate.Deviation))
}

// slackNats is a difference of Information that noise makes, and that never counts.
const slackNats = 1

// hasCollapsed tells whether the candidate's vectors have become nearly equal, or tell
// pictures apart in few directions.
func (v *Verdict) hasCollapsed() bool {
	return v.keepsLess(v.Rule.InformationCollapse) ||
		v.Candidate.Deviation < min(v.Rule.DeviationLeast, v.Rule.DeviationCollapse*v.Serving.Deviation)
}

// keepsLess tells whether the candidate has less than that part of the serving
// Information.
func (v *Verdict) keepsLess(part float64) bool {
	return v.Candidate.Information < part*v.Serving.Information-slackNats
}

// HarmedStart tells whether the candidate is a worse start for more training than the
// other encoder, and why; "" if it is not worse. An encoder can serve well in a join and
// be no good start.
func (v *Verdict) HarmedStart() string {
	switch {
	case v.Worse:
		return strings.TrimSuffix(v.Reason, stays)
	case v.keepsLess(v.Rule.StartInformation):
		return v.information()
	}
	return ""
}

func (v *Verdict) information() string {
	return fmt.Sprintf("information %.1f -> %.1f", v.Serving.Information, v.Candidate.Information)
}

func (v *Verdict) tooFew() string {
	return fmt.Sprintf("%d pictures are held back so far, and a comparison needs %d", v.Serving.Pictures, v.Rule.MinPictures)
}

// brake says which limit for a decision without labels is exceeded; "" for none.
func (v *Verdict) brake() string {
	switch {
	case v.keepsLess(v.Rule.MinInformation):
		return v.information() + ": content may have been lost"
	case v.Travel.Neighbours > v.Rule.MaxTravel:
		return fmt.Sprintf("%s of all neighbours were replaced: too many to judge without labels", share(v.Travel.Neighbours))
	}
	return ""
}
