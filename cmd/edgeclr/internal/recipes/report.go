package recipes

import (
	"maps"
	"slices"

	"edgeclr/cmd/edgeclr/internal/trials"
	"edgeclr/daemon/probe"
	"edgeclr/storage"
)

// Report is the result of a comparison. docs/benchmarks.md explains its JSON.
type Report struct {
	Benchmark string         `json:"benchmark"`
	Target    string         `json:"target"`
	Pictures  int            `json:"pictures"` // that were read
	Evaluated int            `json:"evaluated"`
	Classes   int            `json:"classes"`
	Held      bool           `json:"held"`
	Minutes   float64        `json:"minutes"`  // of learning in each trial
	Baseline  int            `json:"baseline"` // size of the frozen encoder that the changes are above, in pixels
	Frozen    []Frozen       `json:"frozen"`   // of the first trial
	Variants  []Outcome      `json:"variants"`
	Worst     Worst          `json:"worst"`
	Judge     []Judged       `json:"judge"`
	Programs  []string       `json:"programs"` // that made the trials; one, unless the table is of several builds
	Skipped   int            `json:"skipped"`
	Reasons   map[string]int `json:"reasons"`
}

// Outcome is what one variant reached.
type Outcome struct {
	Name     string            `json:"name"`
	Settings map[string]string `json:"settings"`

	Top1 Spread `json:"top1"` // of what serves at the end
	P10  Spread `json:"p10"`
	// Above and Ten are the top-1 and the precision@10 above the baseline.
	Above  Spread    `json:"top1_above"`
	Ten    Spread    `json:"p10_above"`
	Blends []Blended `json:"blends"` // of the candidate that was made last, promoted or not, with each blend

	Steps     float64 `json:"steps"`       // median
	ViewsPerS float64 `json:"views_per_s"` // median
	CPU       float64 `json:"cpu_seconds"` // median
	Promoted  float64 `json:"promoted"`    // median number of promotions
	Runs      []Trial `json:"runs"`        // by seed, without outcomes of single pictures
}

// Spread summarises the seeds of a variant.
type Spread struct {
	Median float64 `json:"median"`
	Lowest float64 `json:"lowest"`
	Most   float64 `json:"highest"`
	// SE is the standard error over pictures of the mean over the seeds: of each picture
	// the mean over the seeds is taken first. For a difference it is the paired one.
	SE float64 `json:"se"`
}

// Blended is a blend of the last candidate. The values are medians.
type Blended struct {
	Blend string  `json:"blend"`
	Share float64 `json:"share,omitempty"`
	Above float64 `json:"top1_above"`
	Ten   float64 `json:"p10_above"`
}

// Worst is the checkpoint that stood lowest against the baseline in top-1, of all that
// training made and that ever served.
type Worst struct {
	// NeverBelow says that no checkpoint was below the baseline by more than 1 point of
	// top-1, or by two paired standard errors where that is more.
	NeverBelow bool                 `json:"never_below"`
	Served     int                  `json:"served"` // checkpoints that were compared
	Variant    string               `json:"variant,omitempty"`
	Seed       uint64               `json:"seed"`
	Checkpoint storage.CheckpointID `json:"checkpoint,omitempty"`
	Above      trials.Estimate      `json:"top1_above"`
}

// slack is how far below the baseline a checkpoint may serve, in top-1.
const slack = 0.01

// Judged counts the candidates with one verdict, and what labels say about them: against
// what served at that moment.
type Judged struct {
	Verdict    string  `json:"verdict"`
	Candidates int     `json:"candidates"`
	P10Rose    int     `json:"p10_rose"`
	Top1Kept   int     `json:"top1_kept"` // did not fall
	Top1       float64 `json:"top1"`      // mean difference
	P10        float64 `json:"p10"`       // mean difference
}

// NewReport summarises trials, in their order. There is at least one.
func NewReport(list []Trial) Report {
	first := list[0]
	r := Report{Benchmark: "learn", Baseline: first.baseline().Size, Evaluated: len(first.Outcomes.Top1), Reasons: map[string]int{}}
	for _, f := range first.Frozen {
		r.Frozen = append(r.Frozen, withoutOutcomes(f))
	}
	for begin := 0; begin < len(list); {
		end := begin + 1
		for end < len(list) && list[end].Variant == list[begin].Variant {
			end++
		}
		r.Variants = append(r.Variants, summarise(list[begin:end]))
		begin = end
	}
	r.Worst, r.Judge, r.Programs = worst(list), judged(list), programs(list)
	return r
}

func withoutOutcomes(f Frozen) Frozen {
	f.Outcomes = Outcomes{}
	return f
}

// summarise compares the seeds of one variant.
func summarise(runs []Trial) Outcome {
	o := Outcome{Name: runs[0].Variant, Settings: runs[0].Settings}
	column := func(of func(t Trial) float64) []float64 {
		values := make([]float64, len(runs))
		for i, t := range runs {
			values[i] = of(t)
		}
		return values
	}
	serves := func(of func(s Score) float64) []float64 {
		return column(func(t Trial) float64 { return of(t.last().Serves) })
	}
	o.Top1, o.P10 = spread(serves(func(s Score) float64 { return s.Top1 })), spread(serves(func(s Score) float64 { return s.P10 }))
	o.Above, o.Ten = spread(serves(func(s Score) float64 { return s.Above.Value })), spread(serves(func(s Score) float64 { return s.Ten.Value }))
	top1, p10 := meanOutcomes(runs, func(t Trial) Outcomes { return t.Outcomes })
	base1, base10 := meanOutcomes(runs, func(t Trial) Outcomes { return t.baseline().Outcomes })
	o.Top1.SE, o.P10.SE = trials.Mean(top1).SE, trials.Mean(p10).SE
	o.Above.SE, o.Ten.SE = trials.Difference(top1, base1).SE, trials.Difference(p10, base10).SE
	for i, b := range blends() {
		at := func(of func(s Score) float64) float64 {
			return trials.Median(column(func(t Trial) float64 {
				c := t.made()
				if len(c.Blends) <= i { // the root: no round ended
					return of(c.Serves)
				}
				return of(c.Blends[i])
			}))
		}
		o.Blends = append(o.Blends, Blended{Blend: b.Blend, Share: b.Share,
			Above: at(func(s Score) float64 { return s.Above.Value }), Ten: at(func(s Score) float64 { return s.Ten.Value })})
	}
	o.Steps = trials.Median(column(func(t Trial) float64 { return float64(t.Steps) }))
	o.ViewsPerS = trials.Median(column(func(t Trial) float64 { return t.ViewsPerS }))
	o.CPU = trials.Median(column(func(t Trial) float64 { return t.CPUSeconds }))
	o.Promoted = trials.Median(column(func(t Trial) float64 { return float64(len(t.Served) - 1) }))
	for _, t := range runs {
		t.Outcomes = Outcomes{}
		frozen := t.Frozen
		t.Frozen = nil
		for _, f := range frozen {
			t.Frozen = append(t.Frozen, withoutOutcomes(f))
		}
		o.Runs = append(o.Runs, t)
	}
	return o
}

func spread(values []float64) Spread {
	s := Spread{Median: trials.Median(values), Lowest: values[0], Most: values[0]}
	for _, v := range values {
		s.Lowest, s.Most = min(s.Lowest, v), max(s.Most, v)
	}
	return s
}

// meanOutcomes takes the mean over the seeds of each picture. With held-out pictures each
// seed has its own pictures: then the outcomes of all seeds follow each other.
func meanOutcomes(runs []Trial, of func(t Trial) Outcomes) (top1, p10 []float64) {
	samePictures := true
	for _, t := range runs {
		samePictures = samePictures && !t.Held && len(of(t).Top1) == len(of(runs[0]).Top1)
	}
	for _, t := range runs {
		one, ten := of(t).values()
		if !samePictures || top1 == nil {
			top1, p10 = append(top1, one...), append(p10, ten...)
			continue
		}
		for i := range one {
			top1[i], p10[i] = top1[i]+one[i], p10[i]+ten[i]
		}
	}
	if samePictures {
		for i := range top1 {
			top1[i], p10[i] = top1[i]/float64(len(runs)), p10[i]/float64(len(runs))
		}
	}
	return top1, p10
}

// worst looks at every checkpoint that training made and that served.
func worst(list []Trial) Worst {
	w := Worst{NeverBelow: true}
	for _, t := range list {
		for _, served := range t.Served[1:] {
			c, ok := t.checkpoint(served.Checkpoint)
			if !ok {
				continue
			}
			above := c.Serves.Above
			if above.Value < -max(slack, 2*above.SE) {
				w.NeverBelow = false
			}
			if w.Served++; w.Served == 1 || above.Value < w.Above.Value {
				w.Variant, w.Seed, w.Checkpoint, w.Above = t.Variant, t.Seed, c.ID, above
			}
		}
	}
	return w
}

// verdict names what the judge decided about a candidate.
func verdict(promoted bool, v probe.Verdict) string {
	switch {
	case promoted:
		return "promoted"
	case v.Worse:
		return "worse"
	case v.Braked:
		return "braked"
	case v.Undecided:
		return "undecided"
	}
	return "no better beyond noise"
}

// judged compares each candidate with what served when it was judged.
func judged(list []Trial) []Judged {
	counts := map[string]*Judged{}
	for _, t := range list {
		serving := t.Served[0].Checkpoint
		for _, round := range t.Rounds {
			candidate, ok := t.checkpoint(round.Candidate)
			before, known := t.checkpoint(serving)
			if ok && known {
				name := verdict(round.Promoted, round.Verdict)
				j := counts[name]
				if j == nil {
					j = &Judged{Verdict: name}
					counts[name] = j
				}
				j.add(candidate.Serves.Top1-before.Serves.Top1, candidate.Serves.P10-before.Serves.P10)
			}
			if round.Promoted && round.Error == "" {
				serving = round.Candidate
			}
		}
	}
	var rows []Judged
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		j := counts[name]
		j.Top1, j.P10 = j.Top1/float64(j.Candidates), j.P10/float64(j.Candidates)
		rows = append(rows, *j)
	}
	return rows
}

func (j *Judged) add(top1, p10 float64) {
	j.Candidates++
	j.Top1, j.P10 = j.Top1+top1, j.P10+p10
	if p10 > 0 {
		j.P10Rose++
	}
	if top1 >= 0 {
		j.Top1Kept++
	}
}

func programs(list []Trial) []string {
	var all []string
	for _, t := range list {
		all = append(all, t.Program)
	}
	return slices.Compact(slices.Sorted(slices.Values(all)))
}
