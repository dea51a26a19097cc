package recipes

import (
	"bytes"
	"encoding/json"
	"flag"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"edgeclr/cmd/edgeclr/internal/chart"
	"edgeclr/cmd/edgeclr/internal/session"
	"edgeclr/cmd/edgeclr/internal/trials"
	"edgeclr/config"
	"edgeclr/daemon/probe"
	"edgeclr/storage"
)

var update = flag.Bool("update", false, "write testdata anew")

// outcomesOf makes outcomes of ten pictures: so many hits, then misses.
func outcomesOf(hits int) Outcomes {
	return Outcomes{Top1: strings.Repeat("1", hits) + strings.Repeat("0", 10-hits), P10: strings.Repeat("A", hits) + strings.Repeat("3", 10-hits), Of: 10}
}

func frozenAt(size, hits int) Frozen {
	f := Frozen{Arch: "efficientnet_lite0", Encoder: "abc", Size: size, Outcomes: outcomesOf(hits)}
	f.Top1, f.P10 = f.Outcomes.means()
	return f
}

// scored is a checkpoint of so many hits, against a baseline of 6.
func scored(id storage.CheckpointID, hits int, served bool) Checkpoint {
	score := func(s Score, hits int) Score {
		o := outcomesOf(hits)
		top1, p10 := o.means()
		s.Top1, s.P10 = top1.Value, p10.Value
		s.Above, s.Ten = o.above(outcomesOf(6))
		return s
	}
	c := Checkpoint{ID: id, Served: served, Serves: score(Score{Blend: config.BlendJoin, Share: 0.5}, hits)}
	if id != "c1" {
		for i, b := range blends() {
			c.Blends = append(c.Blends, score(b, min(hits+i%2, 10)))
		}
	}
	return c
}

// example is a trial whose judge promotes c2 and c4, and drops c3, which was better than
// c2. What serves at the end has so many hits.
func example(variant string, seed uint64, hits int) Trial {
	return Trial{
		Variant: variant, Settings: map[string]string{"learn.lr": "0.01"}, Seed: seed, Program: "p" + variant, Arch: "efficientnet_lite0", Size: 224, LearnSize: 96,
		Record: session.Record{
			Frames: 10, Seconds: 180, CPUSeconds: 300 + float64(seed), Steps: 360, ViewsPerS: 100,
			Rounds: []session.Round{
				{AtS: 50, Steps: 120, Candidate: "c2", Promoted: true, Verdict: probe.Verdict{Promote: true, Reason: "better"}},
				{AtS: 100, Steps: 120, Candidate: "c3", Verdict: probe.Verdict{Worse: true, Reason: "worse"}},
				{AtS: 150, Steps: 120, Candidate: "c4", Promoted: true, Verdict: probe.Verdict{Promote: true, Reason: "better"}},
			},
			Served: []session.Served{{Checkpoint: "c1"}, {Checkpoint: "c2", FromS: 50}, {Checkpoint: "c4", FromS: 150}},
		},
		Frozen:      []Frozen{frozenAt(96, 4), frozenAt(224, 6)},
		Checkpoints: []Checkpoint{scored("c1", 6, true), scored("c2", 5, true), scored("c3", 7, false), scored("c4", hits, true)},
		Outcomes:    outcomesOf(hits),
	}
}

func TestReport(t *testing.T) {
	r := NewReport([]Trial{example("crop4", 0, 8), example("crop4", 1, 9), example("crop4", 2, 7), example("slow", 0, 6)})
	r.Target, r.Pictures, r.Classes, r.Minutes, r.Skipped, r.Reasons = "images", 10, 2, 3, 1, map[string]int{"truncated": 1}
	var text bytes.Buffer
	r.Print(&text)
	golden(t, "report.txt", text.Bytes())
	encoded, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	var again Report
	if err := json.Unmarshal(encoded, &again); err != nil {
		t.Fatal(err)
	}
	if twice, err := json.MarshalIndent(again, "", "  "); err != nil || !bytes.Equal(encoded, twice) {
		t.Errorf("the JSON does not survive reading: %v", err)
	}
	for _, o := range again.Variants {
		for i := range o.Runs {
			o.Runs[i].Rounds = nil // verdicts are package probe's
		}
	}
	if encoded, err = json.MarshalIndent(again, "", "  "); err != nil {
		t.Fatal(err)
	}
	golden(t, "report.json", append(encoded, '\n'))
	plot, err := r.Plot()
	if err != nil {
		t.Fatal(err)
	}
	if m, err := png.Decode(bytes.NewReader(plot)); err != nil || m.Bounds().Dx() != chart.Width {
		t.Errorf("%v", err)
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; if it should, run with -update:\n%s", path, got)
	}
}

// The difference is paired over pictures: of each, the mean over the seeds counts.
func TestSummary(t *testing.T) {
	r := NewReport([]Trial{example("crop4", 0, 8), example("crop4", 1, 9), example("crop4", 2, 7)})
	o := r.Variants[0]
	if o.Top1.Median != 0.8 || o.Top1.Lowest != 0.7 || o.Top1.Most != 0.9 || math.Abs(o.Above.Median-0.2) > 1e-12 || r.Baseline != 224 {
		t.Errorf("%+v", o)
	}
	// Gains of the pictures over the seeds: 0 six times, then 1, 2/3, 1/3 and 0.
	want := trials.Mean([]float64{0, 0, 0, 0, 0, 0, 1, 2. / 3, 1. / 3, 0})
	if math.Abs(o.Above.SE-want.SE) > 1e-12 {
		t.Errorf("standard error %v, want %v", o.Above.SE, want.SE)
	}
	held := []Trial{example("a", 0, 8), example("a", 1, 8)}
	held[0].Held, held[1].Held = true, true
	if got := NewReport(held).Variants[0].Above.SE; math.Abs(got-trials.Difference(repeat(8), repeat(6)).SE) > 1e-12 {
		t.Errorf("held out: standard error %v", got)
	}
}

// repeat has the top-1 of outcomesOf(hits) twice: pictures of two seeds.
func repeat(hits int) []float64 {
	one, _ := outcomesOf(hits).values()
	return append(one, one...)
}

func TestWorst(t *testing.T) {
	// c2 is below by 1 of 10 pictures: a standard error of .1, so within two of them.
	w := NewReport([]Trial{example("a", 0, 8), example("b", 3, 9)}).Worst
	if !w.NeverBelow || w.Served != 4 || w.Variant != "a" || w.Checkpoint != "c2" || math.Abs(w.Above.Value+0.1) > 1e-12 {
		t.Errorf("%+v", w)
	}
	bad := example("b", 3, 9)
	bad.Checkpoints[3].Serves.Above = trials.Estimate{Value: -0.03, SE: 0.01}
	bad.Checkpoints[1].Serves.Above = trials.Estimate{Value: -0.02, SE: 0.02}
	if w := NewReport([]Trial{bad}).Worst; w.NeverBelow || w.Checkpoint != "c4" {
		t.Errorf("%+v", w)
	}
	bad.Checkpoints[3].Serves.Above = trials.Estimate{Value: -0.0099, SE: 0.001}
	if w := NewReport([]Trial{bad}).Worst; !w.NeverBelow || w.Checkpoint != "c2" {
		t.Errorf("within a point: %+v", w)
	}
	none := example("a", 0, 6)
	none.Served = none.Served[:1]
	if w := NewReport([]Trial{none}).Worst; !w.NeverBelow || w.Served != 0 {
		t.Errorf("nothing was promoted: %+v", w)
	}
}

func TestJudged(t *testing.T) {
	got := NewReport([]Trial{example("a", 0, 8)}).Judge
	if len(got) != 2 || got[0].Verdict != "promoted" || got[1].Verdict != "worse" {
		t.Fatalf("%+v", got)
	}
	// c2 is worse than c1, c4 better than c2; c3, which was dropped, better than c2.
	if p := got[0]; p.Candidates != 2 || p.P10Rose != 1 || p.Top1Kept != 1 || math.Abs(p.Top1-(-0.1+0.3)/2) > 1e-12 {
		t.Errorf("%+v", p)
	}
	if d := got[1]; d.Candidates != 1 || d.P10Rose != 1 || math.Abs(d.Top1-0.2) > 1e-12 || math.Abs(d.P10-0.14) > 1e-12 {
		t.Errorf("%+v", d)
	}
	for name, v := range map[string]probe.Verdict{
		"worse": {Worse: true, Braked: true}, "braked": {Braked: true}, "undecided": {Undecided: true}, "no better beyond noise": {},
	} {
		if got := verdict(false, v); got != name {
			t.Errorf("%+v: %s", v, got)
		}
	}
}
