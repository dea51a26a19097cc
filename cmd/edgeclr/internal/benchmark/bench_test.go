package benchmark

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"edgeclr/camera"
	"edgeclr/camera/stream"
)

func TestStream(t *testing.T) {
	b, opened := newBench(t, "stream", "")
	var last Progress
	b.OnProgress = func(p Progress) {
		if p.Done <= last.Done || p.Done > p.Total {
			t.Errorf("progress %+v after %+v", p, last)
		}
		last = p
	}
	r, err := b.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// 27 pictures, 9 of them held out; two frames of each of the others.
	if r.Pictures != 27 || r.Held != 9 || r.Classes != 3 || r.Frames != 36 || r.Repeats != 2 || r.Steps != 31 || r.Buffer != leastBuffer {
		t.Errorf("%+v", r)
	}
	if last.Done != last.Total || last.Total != 4*36 {
		t.Errorf("progress ended at %+v", last)
	}
	var names []string
	for i, o := range r.Variants {
		names = append(names, o.Name)
		p := (*opened)[i]
		if p.opening.Variant != o.Variant || p.opening.Seed != 10 || p.opening.Buffer != leastBuffer || !p.closed {
			t.Errorf("%s: opened as %+v, closed %v", o.Name, p.opening, p.closed)
		}
		checkRun(t, o, p)
	}
	if want := []string{"pretrained", "plain", "fifo", "recipe", "shuffled"}; !slices.Equal(names, want) {
		t.Errorf("variants %v", names)
	}
	if slices.Equal(values((*opened)[3].fed), values((*opened)[4].fed)) {
		t.Error("the shuffled frames come in the order of the stream")
	}
}

// checkRun compares the run of a variant with what its learner was asked for.
func checkRun(t *testing.T, o Outcome, p *pixels) {
	t.Helper()
	run := o.Runs[0]
	// Before learning the encoder cannot tell red from violet: it finds their
	// pictures only by chance.
	if run.Points[0].Top1 > 0.9 || run.Points[0].Frames != 0 || run.last().Frames != 36 || len(run.Points[0].ClassTop1) != 3 {
		t.Errorf("%s: %+v", o.Name, run.Points)
	}
	if (run.Forgetting == nil) != o.Shuffled {
		t.Errorf("%s: forgetting %+v", o.Name, run.Forgetting)
	}
	if o.Frozen {
		if len(p.fed) > 0 || len(p.budgets) > 0 || len(run.Points) != 2 || run.Seconds != 0 || o.Change.Mean != 0 {
			t.Errorf("%s: %d frames, %d times of learning, %+v", o.Name, len(p.fed), len(p.budgets), run)
		}
		return
	}
	var frames []int
	for _, point := range run.Points {
		frames = append(frames, point.Frames)
	}
	if !slices.Equal(frames, []int{0, 12, 24, 36}) {
		t.Errorf("%s: evaluated after %v frames", o.Name, frames)
	}
	if len(p.fed) != 36 || len(p.budgets) != 3 || p.steps != 31 || run.last().Steps != 31 || run.Seconds != 3 {
		t.Errorf("%s: %d frames, budgets %v, %+v", o.Name, len(p.fed), p.budgets, run)
	}
	if run.last().Top1 != 1 || o.Top1.Mean != 1 || !near(o.Change.Mean, 1-run.Points[0].Top1) {
		t.Errorf("%s: %+v", o.Name, o)
	}
}

// values returns a number for each frame that differs from all others.
func values(frames []camera.Frame) []string {
	var all []string
	for _, f := range frames {
		all = append(all, fmt.Sprintf("%.1f", meanColour(f.Image)))
	}
	return all
}

func TestNoHeldOutPictureIsFed(t *testing.T) {
	b, opened := newBench(t, "once", "")
	if _, err := b.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	for n := range 3 {
		p := (*opened)[2*n+1]
		split, err := stream.NewSplit(b.Gallery.Classes(), stream.SplitOptions{Seed: 10 + uint64(n)})
		if err != nil {
			t.Fatal(err)
		}
		held, _ := split.EvalSet()
		for _, picture := range held {
			m, err := b.Gallery.load(t.Context(), picture)
			if err != nil {
				t.Fatal(err)
			}
			for i, f := range p.fed {
				if slices.Equal(f.Image.Pix, m.Pix) {
					t.Errorf("seed %d: frame %d is held-out picture %d", 10+n, i, picture)
				}
			}
		}
		if len(p.fed) != 18 {
			t.Errorf("seed %d: %d frames", 10+n, len(p.fed))
		}
	}
}

func TestOnce(t *testing.T) {
	b, opened := newBench(t, "once", "")
	r, err := b.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if r.Frames != 18 || r.Repeats != 1 || len(r.Variants) != 2 || len(*opened) != 6 {
		t.Errorf("%+v", r)
	}
	for _, o := range r.Variants {
		if len(o.Runs) != 3 || o.Top1.Runs != 3 {
			t.Fatalf("%s: %d runs", o.Name, len(o.Runs))
		}
		for i, run := range o.Runs {
			if run.Seed != uint64(10+i) || len(run.Points) != 2 || run.Forgetting != nil {
				t.Errorf("%s: %+v", o.Name, run)
			}
		}
	}
	// The pretrained encoder is evaluated once per seed: all variants start from it.
	if (*opened)[0].embedded != 9 || (*opened)[1].embedded != 9 {
		t.Errorf("%d and %d pictures were embedded", (*opened)[0].embedded, (*opened)[1].embedded)
	}
}

// A learner that remembers one batch learns after each batch.
func TestBatches(t *testing.T) {
	b, opened := newBench(t, "stream", "")
	b.Batch, b.Budget, b.Round = 5, Budget{}, 100
	r, err := b.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// Each class has 12 frames: batches of 5, 5 and 2. The kind gives one step per 8 frames.
	if p := (*opened)[1]; r.Steps != 36/8 || p.steps != r.Steps || !slices.Equal(p.budgets, []Budget{{Steps: 1}, {Steps: 1}, {Steps: 1}, {Steps: 1}}) {
		t.Errorf("%d steps in %v", p.steps, p.budgets)
	}
	if p := (*opened)[2]; !slices.Equal(p.budgets, []Budget{{Steps: 4}}) {
		t.Errorf("a buffer: %v", p.budgets)
	}
}

func TestRounds(t *testing.T) {
	for _, tt := range []struct {
		name         string
		round, least int // steps of a round; frames before there is enough to learn from
		budget       Budget
		want         []Budget
	}{
		{"one a class", 10, 0, Budget{Steps: 30}, []Budget{{Steps: 10}, {Steps: 10}, {Steps: 10}}},
		{"too short for one a class", 11, 0, Budget{Steps: 30}, []Budget{{Steps: 30}}},
		{"too short at all", 1000, 0, Budget{Steps: 30}, []Budget{{Steps: 30}}},
		{"time", 1000, 0, Budget{Limit: 30}, []Budget{{Limit: 10}, {Limit: 10}, {Limit: 10}}},
		{"too little remembered at first", 10, 20, Budget{Steps: 30}, []Budget{{Steps: 20}, {Steps: 10}}},
		{"too little remembered ever", 10, 1000, Budget{Steps: 30}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, opened := newBench(t, "stream", "")
			b.Budget, b.Round = tt.budget, tt.round
			open := b.Open
			b.Open = func(ctx context.Context, o LearnerOptions) (Learner, error) {
				l, err := open(ctx, o)
				l.(*pixels).least = tt.least
				return l, err
			}
			if _, err := b.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			if p := (*opened)[3]; !slices.Equal(p.budgets, tt.want) {
				t.Errorf("%v, want %v", p.budgets, tt.want)
			}
		})
	}
}

func TestSmallClassesAreLeftOut(t *testing.T) {
	b, _ := newBench(t, "once", "")
	for _, class := range []string{"one", "two", "two"} {
		if err := b.Gallery.Add(t.Context(), class, b.Gallery.pictures[0].data); err != nil {
			t.Fatal(err)
		}
	}
	r, err := b.Run(t.Context())
	if err != nil || r.Pictures != 27 || r.Skipped != 3 || r.Reasons[leftOut] != 3 {
		t.Errorf("%+v, %v", r, err)
	}
	b.Gallery = newGallery(t, 2)
	if _, err := b.Run(t.Context()); !errors.Is(err, stream.ErrTooFew) {
		t.Errorf("error %v", err)
	}
}

func TestFailuresNameTheVariant(t *testing.T) {
	for method, want := range map[string]string{
		"Open": "pretrained, seed 10: ", "Embed": "pretrained, seed 10: embedding", "Close": "pretrained, seed 10: ",
		"Feed": "plain, seed 10: feeding up to frame 12: ", "Learn": "plain, seed 10: learning after 12 frames: ",
	} {
		b, opened := newBench(t, "stream", method)
		_, err := b.Run(t.Context())
		if !errors.Is(err, errPixels) || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s failed: %v", method, err)
		}
		for i, p := range *opened {
			if !p.closed && method != "Open" {
				t.Errorf("%s failed: learner %d of %d is not closed", method, i, len(*opened))
			}
		}
	}
}
