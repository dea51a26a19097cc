package benchmark

import (
	"context"
	"errors"
	"fmt"

	"edgeclr/camera"
	"edgeclr/camera/stream"
)

// trial holds what all variants share for one seed: the split, the frames and the
// pictures to evaluate on.
type trial struct {
	*Bench
	n    int // number of the trial, from 0
	seed uint64

	split   stream.Split
	evalSet evalSet
	frames  stream.Options
	ends    []int // number of frames after which each class ends
	total   int   // frames of a run
	budget  Budget
	buffer  int

	start *Point // the evaluation before any frame: all variants start with the same encoder
	fed   int    // frames fed so far, of all variants
}

// feedFrames is how many frames are made and handed over at a time. A store
// commits them together.
const feedFrames = 16

// run runs one variant.
func (t *trial) run(ctx context.Context, v Variant) (run Run, err error) {
	run = Run{Seed: t.seed, Classes: t.split.Classes}
	l, err := t.Open(ctx, LearnerOptions{Variant: v, Seed: t.seed, Buffer: t.buffer})
	if err != nil {
		return run, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	if t.start == nil {
		first, err := t.evalSet.evaluate(ctx, l)
		if err != nil {
			return run, err
		}
		t.start = &first
	}
	run.Points = []Point{*t.start}
	if v.Frozen {
		last := *t.start
		last.Frames = t.total
		run.Points = append(run.Points, last)
	} else if err := t.follow(ctx, v, l, &run); err != nil {
		return run, err
	}
	if t.Kind.evaluations > 1 && !v.Shuffled {
		run.Forgetting = forgetting(run.Points, t.ends)
	}
	return run, nil
}

// follow feeds the stream once. The learner learns after each piece of the stream. It
// is evaluated where classes end.
func (t *trial) follow(ctx context.Context, v Variant, l Learner, run *Run) error {
	opt := t.frames
	opt.Shuffled = v.Shuffled
	s, err := stream.New(t.split, t.Gallery.load, opt)
	if err != nil {
		return err
	}
	steps, done, learned := 0, 0, 0 // learned counts the frames whose share of the budget is spent
	for _, stop := range stops(t.ends, t.Kind.evaluations) {
		for done < stop {
			next := stop
			if v.OneBatch && t.Batch > 0 {
				next = min(done+t.Batch, stop)
			}
			begin := t.Now()
			if err := t.feed(ctx, v, l, s, done, next); err != nil {
				return err
			}
			if part := t.budget.part(learned, next, t.total); t.due(v, part, next) {
				taken, err := l.Learn(ctx, part)
				if err != nil {
					return fmt.Errorf("learning after %d frames: %w", next, err)
				}
				if taken > 0 {
					steps, learned = steps+taken, next
				}
			}
			run.Seconds += t.Now().Sub(begin).Seconds()
			done = next
		}
		p, err := t.evalSet.evaluate(ctx, l)
		if err != nil {
			return fmt.Errorf("after %d frames: %w", done, err)
		}
		p.Frames, p.Steps = done, steps
		run.Points = append(run.Points, p)
	}
	return nil
}

// due reports whether to run a round after the first next frames. part is the budget
// that the round may spend. A round of fewer than t.Round steps waits for the next
// class. So does a round that would leave fewer than t.Round steps for the last round.
func (t *trial) due(v Variant, part Budget, next int) bool {
	switch {
	case t.budget.emptyPart(part):
		return false
	case v.OneBatch || t.budget.Steps == 0 || next == t.total:
		return true
	}
	return min(part.Steps, t.budget.part(next, t.total, t.total).Steps) >= t.Round
}

// feed hands over frames first to end-1.
func (t *trial) feed(ctx context.Context, v Variant, l Learner, s *stream.Stream, first, end int) error {
	for first < end {
		next := min(first+feedFrames, end)
		var batch []camera.Frame
		for ; first < next; first++ {
			f, err := s.Frame(ctx, first)
			if err != nil {
				return err
			}
			batch = append(batch, f)
		}
		if err := l.Feed(ctx, batch); err != nil {
			return fmt.Errorf("feeding up to frame %d: %w", next, err)
		}
		t.fed += len(batch)
		t.progress(v)
	}
	return nil
}

func (t *trial) progress(v Variant) {
	if t.OnProgress == nil {
		return
	}
	all := t.total * t.Kind.learning() // frames of a seed
	t.OnProgress(Progress{Variant: v.Name, Seed: t.seed, Done: t.n*all + t.fed, Total: t.Seeds * all})
}

// stops returns the numbers of frames after which to evaluate: the ends of classes, at
// most so many as most. If there are more classes, it chooses their ends evenly and
// includes the last.
func stops(ends []int, most int) []int {
	n := min(len(ends), most)
	chosen := make([]int, n)
	for i := range chosen {
		chosen[i] = ends[(i+1)*len(ends)/n-1]
	}
	return chosen
}
