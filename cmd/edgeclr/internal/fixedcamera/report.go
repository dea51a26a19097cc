package fixedcamera

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"edgeclr/config"
)

// Report is the result of a benchmark. docs/benchmarks.md explains its JSON.
type Report struct {
	Benchmark string  `json:"benchmark"` // "camera"
	Target    string  `json:"target"`    // the video, folder or scene, as the user wrote it
	Kind      string  `json:"kind"`      // KindVideo and its siblings
	Clock     string  `json:"clock"`     // where the times of the frames come from
	Seconds   float64 `json:"seconds"`   // from the first frame to the last
	Rate      float64 `json:"rate"`      // frames a second at which the daemon gets them
	Frames    int     `json:"frames"`    // frames of the clip
	Evaluated int     `json:"evaluated"` // frames that are evaluated
	Apart     float64 `json:"apart"`     // seconds between two moments, at least
	Blocks    int     `json:"blocks"`    // of time, for the standard errors

	Foreground float64 `json:"foreground"` // mean area of the foreground, share of the picture
	Empty      float64 `json:"empty"`      // share of the frames that have no foreground

	Arch     string   `json:"arch"`
	Baseline int      `json:"baseline"` // px; changes are against the frozen encoder at this size
	Errors   []string `json:"errors"`   // names of the errors, the main one first
	Minutes  float64  `json:"minutes"`  // that the daemon runs for each seed
	Settings string   `json:"settings"` // hash of the configuration and of what decides the evaluation

	Guess  Scored   `json:"guess"`  // ten random frames of other moments
	Best   Scored   `json:"best"`   // the ten frames that are nearest in truth
	Frozen []Frozen `json:"frozen"` // by size
	Served []Served `json:"served"` // all checkpoints that ever served, by seed, then in time
	// Dropped are the candidates that never served, as they would have served. Only with
	// All.
	Dropped []Served `json:"dropped,omitempty"`
	Runs    []Run    `json:"runs"` // one for each seed
	Final   Final    `json:"final"`

	Skipped int            `json:"skipped"` // files left out
	Reasons map[string]int `json:"reasons"`
}

// Scored has the mean errors of an encoder, by name.
type Scored struct {
	Errors map[string]float64 `json:"error"`
	Change map[string]Change  `json:"change,omitempty"` // against the baseline; not for the baseline itself
}

// Frozen is the pretrained encoder at one size.
type Frozen struct {
	Size   int  `json:"size"`             // px
	Squash bool `json:"squash,omitempty"` // it saw wide pictures as a whole, like what serves
	Scored
}

func (f Frozen) title() string {
	if f.Squash {
		return fmt.Sprintf("frozen %d px, squash", f.Size)
	}
	return fmt.Sprintf("frozen %d px", f.Size)
}

// Final summarises all seeds: the change of each error against the baseline, as a share
// of the baseline's error.
type Final struct {
	Seeds    int `json:"seeds"`
	Promoted int `json:"promoted"` // seeds in which a trained checkpoint served

	Median map[string]float64 `json:"median"` // of what served at the end
	Worst  map[string]float64 `json:"worst"`  // of all that ever served, the pretrained checkpoint left out
}

// summarise fills in Final.
func (r *Report) summarise() {
	r.Final = Final{Seeds: len(r.Runs), Median: map[string]float64{}, Worst: map[string]float64{}}
	promoted := map[uint64]bool{}
	for _, name := range r.Errors {
		var last []float64
		for _, s := range r.Served {
			relative := s.Change[name].Relative
			if s.Last {
				last = append(last, relative)
			}
			if !s.trained() {
				continue
			}
			promoted[s.Seed] = true
			if worst, ok := r.Final.Worst[name]; !ok || relative > worst {
				r.Final.Worst[name] = relative
			}
		}
		if len(last) > 0 {
			r.Final.Median[name] = median(last)
		}
	}
	r.Final.Promoted = len(promoted)
}

// median is the middle value, or the mean of the two middle ones.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// Print writes the report for a person.
func (r Report) Print(w io.Writer) {
	fmt.Fprintf(w, "camera %s: %d of %d frames of %.0f s (time from %s), other moments are %.3g s apart, %d blocks\n",
		r.Target, r.Evaluated, r.Frames, r.Seconds, r.Clock, r.Apart, r.Blocks)
	if slices.Contains(r.Errors, ErrorOverlap) {
		fmt.Fprintf(w, "foreground: %.1f %% of the picture on average; %.0f %% of the frames have none\n", 100*r.Foreground, 100*r.Empty)
	}
	fmt.Fprintf(w, "errors of the ten nearest frames of other moments; change against frozen %d px, ± its standard error\n", r.Baseline)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "encoder\t%s\n", strings.Join(r.headings(), "\t"))
	r.line(table, "ten random frames", r.Guess)
	for _, f := range r.Frozen {
		r.line(table, f.title(), f.Scored)
	}
	for _, s := range slices.Concat(r.Served, r.Dropped) {
		r.line(table, s.title(), s.Scored)
		for _, name := range slices.Sorted(maps.Keys(s.Variants)) {
			r.line(table, "    "+name, s.Variants[name])
		}
	}
	r.line(table, "the nearest in truth", r.Best)
	_ = table.Flush()
	for _, s := range r.Dropped {
		fmt.Fprintf(w, "seed %d: %s was dropped: %s\n", s.Seed, s.Checkpoint, s.Verdict)
	}
	r.printFinal(w)
	for _, reason := range slices.Sorted(maps.Keys(r.Reasons)) {
		fmt.Fprintf(w, "  %d left out: %s\n", r.Reasons[reason], reason)
	}
}

func (r Report) headings() (all []string) {
	for _, name := range r.Errors {
		all = append(all, name, "change")
	}
	return all
}

func (r Report) line(w io.Writer, title string, s Scored) {
	cells := []string{title}
	for _, name := range r.Errors {
		cells = append(cells, fmt.Sprintf("%.4f", s.Errors[name]))
		if c, ok := s.Change[name]; ok {
			cells = append(cells, fmt.Sprintf("%+.1f %% ±%.1f", 100*c.Relative, 100*c.RelativeDeviation))
		} else {
			cells = append(cells, "")
		}
	}
	fmt.Fprintln(w, strings.Join(cells, "\t"))
}

// title describes a checkpoint that served.
func (s Served) title() string {
	mark := ""
	switch {
	case s.Last:
		mark = ", last"
	case s.Verdict != "":
		mark = ", dropped"
	}
	how := s.Kind
	if s.trained() {
		how = cmp.Or(s.Blend, config.BlendNone)
		if s.Share > 0 {
			how += fmt.Sprintf(" %.2f", s.Share)
		}
	}
	return fmt.Sprintf("seed %d: %s %s %d px, %.0f s%s", s.Seed, s.Checkpoint, how, s.Size, s.At, mark)
}

func (r Report) printFinal(w io.Writer) {
	if r.Final.Seeds == 0 {
		return
	}
	fmt.Fprintf(w, "something was promoted in %d of %d seeds", r.Final.Promoted, r.Final.Seeds)
	for _, name := range r.Errors {
		fmt.Fprintf(w, "; %s: median at the end %+.1f %%", name, 100*r.Final.Median[name])
		if worst, ok := r.Final.Worst[name]; ok {
			fmt.Fprintf(w, ", worst ever %+.1f %%", 100*worst)
		}
	}
	fmt.Fprintln(w)
}
