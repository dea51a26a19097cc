package benchmark

import (
	"context"
	"fmt"
	"math"
	"time"

	"edgeclr/camera"
	"edgeclr/camera/stream"
)

// Bench runs the variants of a benchmark. Each runs with the same seeds.
type Bench struct {
	Kind    Kind
	Gallery *Gallery
	Open    func(ctx context.Context, o LearnerOptions) (Learner, error)

	Seed    uint64 // seed of the first run; each further run adds 1
	Seeds   int    // runs of each variant
	Repeats int    // frames of each picture, in a kind that repeats pictures
	Budget  Budget // budget of a run; the zero value means the default of the kind (Kind.perStep)
	Buffer  int    // largest number of frames that a learner may remember; 0 means the default of the kind (Kind.perPlace)
	Round   int    // least number of steps of a round; see trial.due
	Batch   int    // frames between two rounds of a variant with OneBatch; 0 means all frames between two evaluations

	Now        func() time.Time // the clock that measures feeding and learning
	OnProgress func(Progress)   // may be nil
}

// Progress says how far a benchmark is.
type Progress struct {
	Variant     string
	Seed        uint64
	Done, Total int // frames of all runs
}

// leftOut is the reason in the report for pictures of a class that has too few of them.
const leftOut = "class too small"

// Run runs every variant with every seed. The caller fills in the fields that only
// it knows: Target, Arch, and the files that could not be read. The error matches
// [stream.ErrTooFew], or comes from a learner or from ctx.
func (b *Bench) Run(ctx context.Context) (Report, error) {
	report := Report{Benchmark: b.Kind.Name, Size: b.Gallery.sizes[0], Reasons: map[string]int{}}
	for _, v := range b.Kind.variants {
		report.Variants = append(report.Variants, Outcome{Variant: v})
	}
	for n := range b.Seeds {
		t, err := b.trial(n)
		if err != nil {
			return report, err
		}
		if n == 0 {
			t.describe(&report)
		}
		for i := range report.Variants {
			o := &report.Variants[i]
			run, err := t.run(ctx, o.Variant)
			if err != nil {
				return report, fmt.Errorf("%s, seed %d: %w", o.Name, t.seed, err)
			}
			o.Runs = append(o.Runs, run)
		}
	}
	for i := range report.Variants {
		report.Variants[i].summarise(report.Variants[0].Runs)
	}
	return report, nil
}

// trial prepares the n-th seed.
func (b *Bench) trial(n int) (*trial, error) {
	t := &trial{Bench: b, n: n, seed: b.Seed + uint64(n), budget: b.Budget}
	var err error
	if t.split, err = stream.NewSplit(b.Gallery.Classes(), stream.SplitOptions{Seed: t.seed}); err != nil {
		return nil, err
	}
	t.evalSet = b.Gallery.evalSet(t.split)
	t.frames = b.Kind.frames(b.Repeats)
	t.frames.Seed = t.seed
	t.ends = t.split.Ends(t.frames.Repeats)
	t.total = t.ends[len(t.ends)-1]
	if t.budget == (Budget{}) {
		t.budget.Steps = max(t.total/b.Kind.perStep, 1)
	}
	if t.buffer = b.Buffer; t.buffer == 0 {
		t.buffer = max(t.total/b.Kind.perPlace, leastBuffer)
	}
	return t, nil
}

// leastBuffer is the smallest buffer, in frames. It is enough for a few different
// batches.
const leastBuffer = 128

// describe fills in what is the same in all runs.
func (t *trial) describe(r *Report) {
	r.Pictures, r.Held, r.Classes = t.Gallery.Len()-len(t.split.Left), len(t.evalSet.pictures), len(t.split.Classes)
	r.Frames, r.Repeats = t.total, t.frames.Repeats
	r.Buffer = t.buffer
	r.Steps, r.Minutes = t.budget.Steps, t.budget.Limit.Minutes()
	if n := len(t.split.Left); n > 0 {
		r.Skipped, r.Reasons[leftOut] = n, n
	}
}

// Budget bounds learning. The bound that is reached first ends it.
type Budget struct {
	Steps int           // 0 is no bound
	Limit time.Duration // 0 is no bound
}

// part returns the share of the budget for the frames from done to next-1 of total
// frames. The parts of a stream add up to the whole budget.
func (b Budget) part(done, next, total int) Budget {
	share := func(n int64) int64 {
		return int64(math.Round(float64(n)*float64(next)/float64(total))) - int64(math.Round(float64(n)*float64(done)/float64(total)))
	}
	return Budget{Steps: int(share(int64(b.Steps))), Limit: time.Duration(share(int64(b.Limit)))}
}

// emptyPart reports whether a part of b holds no step or no time.
func (b Budget) emptyPart(part Budget) bool {
	return b.Steps > 0 && part.Steps == 0 || b.Limit > 0 && part.Limit == 0
}

// Learner learns from frames and computes vectors. Calls come one at a time.
type Learner interface {
	// Feed hands over frames in the order in which they arrived.
	Feed(ctx context.Context, frames []camera.Frame) error

	// Learn trains within the budget on what the learner remembers. It returns
	// the number of steps taken, 0 when there is too little to learn from yet.
	// The learner decides which encoder answers afterwards.
	Learn(ctx context.Context, b Budget) (steps int, err error)

	// Embed computes the vectors of encoded pictures with the encoder that
	// answers now.
	Embed(ctx context.Context, pictures [][]byte) ([][]float32, error)

	// Close ends the learner and deletes its files.
	Close() error
}

// LearnerOptions say for which run a learner is opened.
type LearnerOptions struct {
	Variant Variant
	Seed    uint64
	Buffer  int // largest number of frames that it may remember
}
