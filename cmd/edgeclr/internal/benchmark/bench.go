package benchmark

import (
	"context"
	"fmt"
	"time"

	"edgeclr/camera/stream"
)

// Bench runs the variants of a benchmark, each with the same seeds.
type Bench struct {
	Kind    Kind
	Gallery *Gallery
	Open    func(ctx context.Context, o Opening) (Learner, error)

	Seed    uint64 // of the first run; the others count on from it
	Seeds   int
	Repeats int    // frames of each picture, where the kind repeats them
	Budget  Budget // of a run; zero: as many steps as the kind gives the frames
	Buffer  int    // most frames that a learner may remember; 0: the kind's share of the frames
	Round   int    // fewest steps of a round, where the budget has as many and a variant remembers more than a batch
	Batch   int    // frames after which a variant that remembers no more learns; 0: as many as between two examinations

	Now        func() time.Time // measures feeding and learning
	OnProgress func(Progress)   // nil: none
}

// Progress tells how far a benchmark is.
type Progress struct {
	Variant     string
	Seed        uint64
	Done, Total int // frames of all runs
}

// leftOut is the reason of pictures whose class has too few.
const leftOut = "class too small"

// Run does all of it. The report lacks what the caller knows: target,
// architecture, and the files that could not be read. The error is
// [stream.ErrTooFew], a learner's, or ctx's.
func (b *Bench) Run(ctx context.Context) (Report, error) {
	report := Report{Benchmark: b.Kind.Name, Size: b.Gallery.size, Reasons: map[string]int{}}
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
	if t.split, err = stream.NewSplit(b.Gallery.classes(), stream.SplitOptions{Seed: t.seed}); err != nil {
		return nil, err
	}
	t.exam = b.Gallery.exam(t.split)
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

// leastBuffer frames give a few different batches.
const leastBuffer = 128

// describe fills in what all runs have in common.
func (t *trial) describe(r *Report) {
	r.Pictures, r.Held, r.Classes = t.Gallery.Len()-len(t.split.Left), len(t.exam.pictures), len(t.split.Classes)
	r.Frames, r.Repeats = t.total, t.frames.Repeats
	r.Buffer = t.buffer
	r.Steps, r.Minutes = t.budget.Steps, t.budget.Limit.Minutes()
	if n := len(t.split.Left); n > 0 {
		r.Skipped, r.Reasons[leftOut] = n, n
	}
}
