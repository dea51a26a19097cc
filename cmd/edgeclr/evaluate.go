package main

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sort"
	"strings"

	"edgeclr/cmd/edgeclr/internal/trials"
	"edgeclr/cmd/internal/cli"
	"edgeclr/daemon/client"
	"edgeclr/search"
)

// sized is an embedder with its serving size in pixels.
type sized struct {
	embedder
	size int
}

// evaluation is the leave-one-out scores of several encoders on the same pictures.
type evaluation struct {
	results []evaluated    // in the order of the encoders
	reasons map[string]int // of pictures that were skipped
}

// evaluated is one encoder of an evaluation.
type evaluated struct {
	checkpoint, runtime string
	size                int // in pixels
	all                 search.Scores
	each                []search.Scores // by picture
}

// evaluate computes the vectors of a folder or a synthetic scene with each encoder and
// scores them. It takes the first of every so many pictures, and reads each once.
func evaluate(ctx context.Context, a *cli.App, list []sized, target string, every int) (evaluation, error) {
	e := evaluation{results: make([]evaluated, len(list)), reasons: map[string]int{}}
	vectors := make([][][]float32, len(list))
	var classes []string
	seen := 0
	take := func(batch []picture) error {
		batch = slices.DeleteFunc(batch, func(picture) bool { seen++; return (seen-1)%every != 0 })
		if len(batch) == 0 {
			return nil
		}
		answers := make([]client.VectorsReply, len(list))
		for k, encoder := range list {
			var err error
			if answers[k], err = encoder.embed(ctx, toSend(batch)); err != nil {
				return err
			}
			e.results[k].checkpoint, e.results[k].runtime, e.results[k].size = answers[k].Checkpoint, answers[k].Runtime, encoder.size
		}
		for i := range batch {
			if reason := skipped(answers, i); reason != "" {
				e.reasons[reason]++
				continue
			}
			for k := range list {
				vectors[k] = append(vectors[k], answers[k].Vectors[i].Vector)
			}
			classes = append(classes, batch[i].Class)
		}
		return nil
	}
	var err error
	if strings.HasPrefix(target, synthetic) {
		err = eachRendered(target, take)
	} else {
		err = eachBatch(ctx, a, []string{target}, "evaluating", func(reason string) { e.reasons[reason]++ }, take)
	}
	if err != nil {
		return e, err
	}
	numbers, distinct := numbered(classes)
	if distinct < 2 {
		return e, fmt.Errorf("%w: eval needs pictures in two class folders or more, and %s has %d pictures in %d",
			client.ErrNothingFound, target, len(classes), distinct)
	}
	for k := range list {
		r := &e.results[k]
		if r.all, r.each, err = search.LeaveOneOutEach(ctx, vectors[k], numbers, runtime.NumCPU()); err != nil {
			return e, err
		}
	}
	return e, nil
}

// skipped is why an encoder has no vector of picture i; "" when all have one.
func skipped(answers []client.VectorsReply, i int) string {
	for _, answer := range answers {
		if reason := answer.Vectors[i].Reason; reason != "" {
			return reason
		}
	}
	return ""
}

// skipped counts the pictures that were skipped.
func (e evaluation) skipped() (n int) {
	for _, some := range e.reasons {
		n += some
	}
	return n
}

// columns are the top-1 and the precision@10 of each picture.
func (r evaluated) columns() (top1, p10 []float64) {
	for _, s := range r.each {
		top1, p10 = append(top1, s.Top1), append(p10, s.P10)
	}
	return top1, p10
}

func (r evaluated) scores() scores {
	top1, p10 := r.columns()
	return scores{Checkpoint: r.checkpoint, Size: r.size,
		Top1: r.all.Top1, Top1SE: trials.Mean(top1).SE, P10: r.all.P10, P10SE: trials.Mean(p10).SE}
}

// above are the differences to the scores of another encoder on the same pictures.
func (r evaluated) above(other evaluated) (top1, p10 trials.Estimate) {
	one, ten := r.columns()
	otherOne, otherTen := other.columns()
	return trials.Difference(one, otherOne), trials.Difference(ten, otherTen)
}

// numbered replaces class names by numbers, in alphabetical order.
func numbered(classes []string) (numbers []int, distinct int) {
	index := map[string]int{}
	for _, c := range classes {
		index[c] = 0
	}
	names := make([]string, 0, len(index))
	for c := range index {
		names = append(names, c)
	}
	sort.Strings(names)
	for i, c := range names {
		index[c] = i
	}
	numbers = make([]int, len(classes))
	for i, c := range classes {
		numbers[i] = index[c]
	}
	return numbers, len(names)
}
