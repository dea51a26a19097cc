package benchmark

import (
	"bytes"
	"encoding/json"
	"flag"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"edgeclr/cmd/edgeclr/internal/chart"
)

var update = flag.Bool("update", false, "write testdata anew")

// example is a report of invented numbers with this number of seeds.
func example(kind string, seeds int) Report {
	k, _ := ByName(kind)
	r := Report{Benchmark: kind, Target: "images", Arch: "efficientnet_lite0", Size: 96, Pictures: 90, Held: 30, Classes: 3,
		Frames: 120, Repeats: 2, Buffer: 128, Steps: 40, Skipped: 2, Reasons: map[string]int{"truncated": 2}}
	for i, v := range k.variants {
		o := Outcome{Variant: v}
		for s := range seeds {
			run := Run{Seed: uint64(s), Classes: []string{"c", "a", "b"}, Points: []Point{point(0, 0, 0.5)}, Seconds: 10.5}
			gain := 0.05 * float64(i+s)
			if k.evaluations > 1 && !v.Frozen {
				run.Points = append(run.Points, point(40, 13, 0.5+gain/4), point(80, 27, 0.5+gain/2))
			}
			run.Points = append(run.Points, point(120, 40, 0.5+gain))
			if k.evaluations > 1 && !v.Shuffled {
				run.Forgetting = forgetting(run.Points, []int{40, 80, 120})
			}
			o.Runs = append(o.Runs, run)
		}
		r.Variants = append(r.Variants, o)
	}
	for i := range r.Variants {
		r.Variants[i].summarise(r.Variants[0].Runs)
	}
	return r
}

func point(frames, steps int, top1 float64) Point {
	return Point{Frames: frames, Steps: steps, Top1: top1, P10: top1 - 0.125, KNN20: top1 + 0.125, ClassTop1: []float64{top1, top1, top1}}
}

func TestReport(t *testing.T) {
	for name, report := range map[string]Report{
		"stream": example("stream", 1), "stream_twice": example("stream", 2),
	} {
		t.Run(name, func(t *testing.T) {
			var text bytes.Buffer
			report.Print(&text)
			golden(t, name+".txt", text.Bytes())
			encoded, err := json.MarshalIndent(report, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			if name == "stream" {
				golden(t, name+".json", append(encoded, '\n'))
			}
			var again Report
			if err := json.Unmarshal(encoded, &again); err != nil {
				t.Fatal(err)
			}
			if twice, err := json.MarshalIndent(again, "", "  "); err != nil || !bytes.Equal(encoded, twice) {
				t.Errorf("the JSON does not survive reading: %v", err)
			}
		})
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

func TestPlot(t *testing.T) {
	for name, report := range map[string]Report{"stream": example("stream", 1), "stream twice": example("stream", 2)} {
		data, err := report.Plot()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		m, err := png.Decode(bytes.NewReader(data))
		if err != nil || m.Bounds().Dx() != chart.Width || m.Bounds().Dy() != chart.Height {
			t.Errorf("%s: %v, %v", name, err, m.Bounds())
		}
	}
}
