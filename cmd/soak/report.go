package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"text/tabwriter"
	"time"
)

// report is the result of a soak.
type report struct {
	Options  options         `json:"-"`
	Began    time.Time       `json:"began"`
	Kinds    []string        `json:"kinds"` // of sources
	Shown    string          `json:"shown"` // by the cameras
	Samples  []sample        `json:"samples"`
	Faults   []fault         `json:"faults"`
	Queries  []time.Duration `json:"queries"`
	Refused  []string        `json:"refused"` // queries that failed
	Hangs    []string        `json:"hangs"`   // lines of the log
	Errors   []string        `json:"errors"`  // lines of the log
	Ended    time.Duration   `json:"ended"`   // from SIGTERM to the end
	Verdicts []verdict       `json:"verdicts"`

	last []child // of the daemon, just before it was ended
}

// finish judges the run, prints the report and saves it.
func (r *report) finish(out io.Writer) error {
	if len(r.Samples) == 0 {
		return errors.New("the run ended before the first sample")
	}
	r.Verdicts = r.judge()
	r.print(out)
	if r.Options.json != "" {
		data, err := json.MarshalIndent(r, "", " ")
		if err == nil {
			err = os.WriteFile(r.Options.json, data, 0o666)
		}
		if err != nil {
			return fmt.Errorf("saving the samples: %w", err)
		}
	}
	if slices.ContainsFunc(r.Verdicts, func(v verdict) bool { return !v.OK }) {
		return errVerdict
	}
	return nil
}

// unit says how to print a series.
type unit struct {
	name  series
	per   float64
	label string
}

func (r *report) print(out io.Writer) {
	final := r.Samples[len(r.Samples)-1]
	fmt.Fprintf(out, "\n%s, %s/%s, %d cores, %v, sources %v, cameras show %s, seed %d, learn.duty %v\n\n", r.Began.UTC().Format("2006-01-02 15:04 UTC"),
		runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), final.At.Round(time.Second), r.Kinds, r.Shown, r.Options.seed, r.Options.duty)
	w := tabwriter.NewWriter(out, 0, 0, 1, ' ', 0)
	fmt.Fprintln(w, "| series\t| first median\t| last median\t| slope an hour\t| noise\t|")
	fmt.Fprintln(w, "|---\t|---\t|---\t|---\t|---\t|")
	for _, u := range []unit{
		{resident, 1e6, " MB"}, {anonymous, 1e6, " MB"}, {descriptors, 1, ""}, {goroutines, 1, ""}, {threads, 1, ""},
		{childCount, 1, ""}, {zombies, 1, ""}, {embeddings, 1, ""}, {storeBytes, 1e6, " MB"}, {load, 1, ""},
	} {
		t := newTrend(r.Samples, u.name)
		fmt.Fprintf(w, "| %s\t| %.1f%s\t| %.1f%s\t| %+.1f%s\t| %.1f%s\t|\n",
			u.name, t.first/u.per, u.label, t.last/u.per, u.label, t.slope/u.per, u.label, t.noise/u.per, u.label)
	}
	fmt.Fprintln(w, "\n| source\t| fault\t| times\t| back after, median\t| worst\t| its limit\t| opened again, documented\t|")
	fmt.Fprintln(w, "|---\t|---\t|---\t|---\t|---\t|---\t|---\t|")
	for _, g := range r.groups() {
		fmt.Fprintf(w, "| %s\t| %s\t| %d\t| %.1f s\t| %.1f s\t| %.1f s\t| %d, %d\t|\n", g.source, g.kind, g.times,
			g.median.Seconds(), g.worst.Back.Seconds(), g.worst.Limit.Seconds(), g.again, g.documented)
	}
	w.Flush()
	v := final.Values
	fmt.Fprintf(out, "\nframes: %.0f seen, %.0f stored, %.0f gated, %.0f dropped, %.0f failed; %.0f steps in training, %.0f rounds ended\n",
		v[seen], v[stored], v[gated], v[dropped], v[failed], v[steps], v[rounds])
	fmt.Fprintf(out, "queries: %d, p50 %.0f ms, p99 %.0f ms; processor: %.0f %% of one core\n\n", len(r.Queries),
		1e3*r.query(0.5), 1e3*r.query(0.99), 100*(v[cpuSeconds]-r.Samples[0].Values[cpuSeconds])/max(1, (final.At-r.Samples[0].At).Seconds()))
	bad := 0
	for _, d := range r.Verdicts {
		fmt.Fprintln(out, d)
		if !d.OK {
			bad++
		}
	}
	fmt.Fprintf(out, "%d passed, %d failed\n", len(r.Verdicts)-bad, bad)
}

// query returns a quantile of the queries' times, in seconds.
func (r *report) query(q float64) float64 {
	var all []float64
	for _, t := range r.Queries {
		all = append(all, t.Seconds())
	}
	return quantile(all, q)
}

// group holds the faults of one kind.
type group struct {
	source, kind      string
	times             int
	median            time.Duration
	worst             fault // with the largest share of its limit
	again, documented int
}

func (r *report) groups() (all []group) {
	byKind := map[[2]string][]fault{}
	for _, f := range r.Faults {
		key := [2]string{f.Source, f.Kind}
		byKind[key] = append(byKind[key], f)
	}
	for key, faults := range byKind {
		g := group{source: key[0], kind: key[1], times: len(faults)}
		var took []float64
		for _, f := range faults {
			took = append(took, float64(f.Back))
			g.again, g.documented = g.again+f.Again, g.documented+f.Opened
		}
		g.median = time.Duration(quantile(took, 0.5))
		g.worst = slices.MaxFunc(faults, func(a, b fault) int { return cmp.Compare(a.excess(), b.excess()) })
		all = append(all, g)
	}
	slices.SortFunc(all, func(a, b group) int { return cmp.Or(cmp.Compare(a.source, b.source), cmp.Compare(a.kind, b.kind)) })
	return all
}
