package fixedcamera

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"edgeclr/camera/decode"
	"edgeclr/cmd/edgeclr/internal/session"
	"edgeclr/config"
	"edgeclr/storage"
)

// knownWeights is the pretrained encoder that `make deps` fetches.
const knownWeights = "../../../../.deps/weights/efficientnet_lite0.pth"

// smallBench measures a folder of 80 frames at 32 and 48 px. The daemon learns in rounds
// of three steps of four pictures.
func smallBench(t *testing.T) Bench {
	t.Helper()
	cfg := config.Default()
	cfg.Serve.Size, cfg.Model.Threads, cfg.Model.Runtime = 32, 1, config.RuntimeTensorFlow
	if _, err := os.Stat(knownWeights); err == nil {
		cfg.Model.Weights = knownWeights
	} else {
		cfg.Model.Arch = "resnet18"
	}
	cfg.Learn.Batch, cfg.Learn.Steps, cfg.Learn.HeadSteps, cfg.Learn.Stages = 4, 3, 1, 1
	cfg.Learn.MinFrames, cfg.Learn.MinNew = 8, 1
	folder := folderOf(t, numbered(80)...)
	return Bench{Config: cfg, Log: slog.New(slog.DiscardHandler), Decoder: &decode.Decoder{}, Target: "squares",
		Clip: readFolder(t, folder), Sizes: []int{48, 32}, Seed: 7, Seeds: 1}
}

func TestFrozen(t *testing.T) {
	b := smallBench(t)
	b.Dump = filepath.Join(t.TempDir(), "dump")
	table, err := parseTable(strings.NewReader("name,n\nframe_0001.jpg,1\n"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := b.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if r.Evaluated != 80 || r.Baseline != 48 || len(r.Frozen) != 2 || r.Frozen[0].Change == nil || r.Frozen[1].Change != nil || len(r.Served) != 0 {
		t.Errorf("%+v", r)
	}
	// Squares at other places are easy to tell apart.
	best, frozen, guess := r.Best.Errors[ErrorOverlap], r.Frozen[1].Errors[ErrorOverlap], r.Guess.Errors[ErrorOverlap]
	if !(best <= frozen && frozen < 0.8*guess) {
		t.Errorf("overlap: best %v, frozen %v, guess %v", best, frozen, guess)
	}
	if r.Foreground < 0.02 || r.Foreground > 0.06 || r.Empty < 0.2 || r.Empty > 0.5 {
		t.Errorf("foreground %v, empty %v", r.Foreground, r.Empty)
	}
	checkDump(t, b.Dump, 80)

	b.Table, b.Dump = table, "" // a table that knows one frame
	if _, err := b.Run(t.Context()); !errors.Is(err, ErrTooShort) {
		t.Errorf("one frame: %v", err)
	}
}

func checkDump(t *testing.T, folder string, frames int) {
	t.Helper()
	for name, fields := range map[string]int{"frames.csv": 4, "truth.csv": Side * Side} {
		data, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
		if err != nil || len(rows) < frames || len(rows) > frames+1 || len(rows[1]) != fields {
			t.Errorf("%s: %d rows, %v", name, len(rows), err)
		}
	}
	for _, name := range []string{"frozen-32.npy", "frozen-48.npy", "frozen-48-squash.npy"} {
		data, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil || !bytes.HasPrefix(data, []byte("\x93NUMPY\x01\x00")) || len(data)%64 != 0 {
			t.Errorf("%s: %d bytes, %v", name, len(data), err)
		}
	}
	if pictures, _ := filepath.Glob(filepath.Join(folder, "frames", "*.jpg")); len(pictures) != frames {
		t.Errorf("%d pictures", len(pictures))
	}
}

// The daemon runs for some seconds, and whatever served is measured. The same seed does
// not run again.
func TestRun(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	b := smallBench(t)
	b.Minutes, b.All, b.Sizes = 0.1, true, []int{32}
	var saved []byte
	b.Save = func(r Report) (err error) {
		saved, err = json.Marshal(r)
		return err
	}
	r, err := b.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Runs) != 1 || r.Runs[0].Seed != 7 || r.Runs[0].Frames == 0 || len(r.Served) == 0 || r.Final.Seeds != 1 {
		t.Fatalf("%+v", r)
	}
	if first := r.Served[0]; first.Kind != storage.CheckpointPretrained || first.Change[ErrorOverlap].Difference != 0 {
		t.Errorf("what serves first is the frozen encoder: %+v", first)
	}
	for _, s := range r.Dropped {
		if s.Verdict == "" || len(s.Variants) != len(shares())+1 || s.Last {
			t.Errorf("dropped: %+v", s)
		}
	}
	if last := r.Served[len(r.Served)-1]; !last.Last {
		t.Errorf("%+v does not serve at the end", last)
	}
	var begun Report
	if err := json.Unmarshal(saved, &begun); err != nil {
		t.Fatal(err)
	}
	b.Begun = &begun
	begin := time.Now()
	again, err := b.Run(t.Context())
	if err != nil || len(again.Runs) != 1 || again.Runs[0].Seconds != r.Runs[0].Seconds || len(again.Served) != len(r.Served) {
		t.Errorf("again, after %v: %+v, %v", time.Since(begin), again, err)
	}
	b.Config.Learn.LR = 2 * b.Config.LearningRate()
	if _, err := b.Run(t.Context()); !errors.Is(err, ErrOtherSettings) {
		t.Errorf("another rate: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(os.TempDir(), "edgeclr-*")); len(left) > 0 {
		t.Errorf("%v are still there", left)
	}
}

func TestSummarise(t *testing.T) {
	one := func(seed uint64, kind string, last bool, relative float64) Served {
		return Served{Seed: seed, Kind: kind, Last: last, Scored: Scored{Change: map[string]Change{ErrorOverlap: {Relative: relative}}}}
	}
	r := Report{Errors: []string{ErrorOverlap}, Runs: []Run{{Seed: 1}, {Seed: 2}, {Seed: 3}}, Served: []Served{
		one(1, storage.CheckpointPretrained, false, 0), one(1, storage.CheckpointTrained, false, 0.02), one(1, storage.CheckpointTrained, true, -0.1),
		one(2, storage.CheckpointPretrained, true, 0),
		one(3, storage.CheckpointPretrained, false, 0), one(3, storage.CheckpointTrained, true, -0.04),
	}}
	r.summarise()
	if f := r.Final; f.Seeds != 3 || f.Promoted != 2 || f.Median[ErrorOverlap] != -0.04 || f.Worst[ErrorOverlap] != 0.02 {
		t.Errorf("%+v", f)
	}
}

func TestPrint(t *testing.T) {
	scored := func(v float64, relative float64) Scored {
		return Scored{Errors: map[string]float64{ErrorOverlap: v}, Change: map[string]Change{ErrorOverlap: {Relative: relative, RelativeDeviation: 0.021}}}
	}
	r := Report{Target: "clip.mp4", Clock: "the video", Seconds: 39.83, Frames: 1189, Evaluated: 1000, Apart: 2, Blocks: 20, Baseline: 224, Errors: []string{ErrorOverlap},
		Foreground: 0.036, Empty: 0.25, Guess: Scored{Errors: map[string]float64{ErrorOverlap: 0.8}}, Best: Scored{Errors: map[string]float64{ErrorOverlap: 0.3}},
		Frozen: []Frozen{{96, false, scored(0.53, 0.058)}, {224, false, Scored{Errors: map[string]float64{ErrorOverlap: 0.5}}}, {224, true, scored(0.48, -0.04)}},
		Served: []Served{
			{Seed: 1, Checkpoint: "c1", Kind: "pretrained", Size: 224, Scored: scored(0.5, 0)},
			{Seed: 1, Checkpoint: "c2", Kind: "trained", Size: 224, Blend: "join", Share: 0.5, At: 92.4, Last: true, Scored: scored(0.45, -0.1), Variants: map[string]Scored{"adapted alone": scored(0.44, -0.12)}}},
		Dropped: []Served{{Seed: 1, Checkpoint: "c3", Kind: "trained", Size: 224, Blend: "none", At: 150, Verdict: "collapsed", Scored: scored(0.6, 0.2)}},
		Runs:    []Run{{Seed: 1, Record: session.Record{}}}, Reasons: map[string]int{otherSize: 2}}
	r.summarise()
	var out bytes.Buffer
	r.Print(&out)
	want := `camera clip.mp4: 1000 of 1189 frames of 40 s (time from the video), other moments are 2 s apart, 20 blocks
foreground: 3.6 % of the picture on average; 25 % of the frames have none
errors of the ten nearest frames of other moments; change against frozen 224 px, ± its standard error
encoder                                       overlap  change
ten random frames                             0.8000   
frozen 96 px                                  0.5300   +5.8 % ±2.1
frozen 224 px                                 0.5000   
frozen 224 px, squash                         0.4800   -4.0 % ±2.1
seed 1: c1 pretrained 224 px, 0 s             0.5000   +0.0 % ±2.1
seed 1: c2 join 0.50 224 px, 92 s, last       0.4500   -10.0 % ±2.1
    adapted alone                             0.4400   -12.0 % ±2.1
seed 1: c3 none 224 px, 150 s, dropped        0.6000   +20.0 % ±2.1
the nearest in truth                          0.3000   
seed 1: c3 was dropped: collapsed
something was promoted in 1 of 1 seeds; overlap: median at the end -10.0 %, worst ever -10.0 %
  2 left out: other size
`
	if strings.Join(strings.Fields(out.String()), " ") != strings.Join(strings.Fields(want), " ") {
		t.Errorf("%s", out.String())
	}
}
