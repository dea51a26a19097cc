package probe

import (
	"fmt"
	"math"
	"strings"
)

// How a reason ends.
const (
	stays  = "; what serves goes on serving"
	serves = "; the candidate takes over"
)

// those are the parts with one finding.
func those(parts []Part, f Finding) []Part {
	var found []Part
	for _, p := range parts {
		if p.Finds == f {
			found = append(found, p)
		}
	}
	return found
}

// list is as in "view retrieval .892 -> .471, spread .230 -> .400".
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

// share has three digits, since a difference that counts can be in the third.
func share(x float64) string {
	return strings.TrimPrefix(fmt.Sprintf("%.3f", x), "0")
}

func (v *Verdict) margin() string {
	far := fmt.Sprintf("RankMe %.0f -> %.0f, %s of all neighbours replaced", v.Serving.RankMe, v.Candidate.RankMe, share(v.Travel.Neighbours))
	if math.Abs(v.Together.Z) < 0.05 {
		return fmt.Sprintf("0 standard errors, %.1f are needed; %s", v.Rule.Better, far)
	}
	return fmt.Sprintf("%+.1f standard errors, %.1f are needed; %s", v.Together.Z, v.Rule.Better, far)
}

func (v *Verdict) collapse() string {
	return fmt.Sprintf("RankMe %.1f -> %.1f, deviation %s -> %s: collapsed",
		v.Serving.RankMe, v.Candidate.RankMe, share(v.Serving.Deviation), share(v.Candidate.Deviation))
}

func (v *Verdict) tooFew() string {
	return fmt.Sprintf("%d pictures are held back so far, and a comparison needs %d", v.Serving.Pictures, v.Rule.PicturesLeast)
}

// brake says why better numbers are not believed, or nothing.
func (v *Verdict) brake() string {
	switch {
	case v.Candidate.RankMe < v.Rule.RankLeast*v.Serving.RankMe:
		return fmt.Sprintf("RankMe %.1f -> %.1f: content may have been lost", v.Serving.RankMe, v.Candidate.RankMe)
	case v.Travel.Neighbours > v.Rule.TravelMost:
		return fmt.Sprintf("%s of all neighbours were replaced: too many to judge without labels", share(v.Travel.Neighbours))
	}
	return ""
}
