package search

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// The neighbours that Scores looks at.
const (
	topFew      = 5
	topTen      = 10
	voters      = 20
	temperature = 0.07
)

// LeaveOneOut scores vectors [n][dim] by their nearest neighbours among the
// others; classes[i] is the class of vectors[i], any number. Vectors need not be of
// length 1. Workers is the number of goroutines, 0 for one a core; the result
// does not depend on it.
//
// The similarity of two vectors is their dot product over the product of their
// norms, all in float64, summed in order; equal ones are ordered by index, and
// an equal vote goes to the smaller class. The numbers are those of a plain computation of
// all pairs.
//
// The errors are ErrTooFew, ErrClasses, ErrDimension (vectors differ in
// length), ErrNotFinite, ErrZero, and ctx's.
func LeaveOneOut(ctx context.Context, vectors [][]float32, classes []int, workers int) (Scores, error) {
	if len(vectors) != len(classes) {
		return Scores{}, fmt.Errorf("%w: %d and %d", ErrClasses, len(vectors), len(classes))
	}
	if len(vectors) < 2 {
		return Scores{}, fmt.Errorf("%w, not %d", ErrTooFew, len(vectors))
	}
	p, err := newPairs(vectors)
	if err != nil {
		return Scores{}, fmt.Errorf("leave-one-out: %w", err)
	}
	if workers < 1 {
		workers = runtime.GOMAXPROCS(0)
	}
	all := make([]tally, workers)
	group, ctx := errgroup.WithContext(ctx)
	var next atomic.Int64 // the first vector that no worker has taken
	for w := range workers {
		group.Go(func() error {
			s := newPairScratch(p)
			for {
				first := int(next.Add(queryRows)) - queryRows
				if first >= len(vectors) {
					return nil
				}
				if err := ctx.Err(); err != nil {
					return err
				}
				p.neighbours(s, first, min(queryRows, len(vectors)-first), func(i int, near []neighbour) {
					all[w].add(near, i, classes)
				})
			}
		})
	}
	if err := group.Wait(); err != nil {
		return Scores{}, fmt.Errorf("leave-one-out: %w", err)
	}
	var sum tally
	for _, t := range all {
		sum.top1, sum.top5, sum.ten, sum.vote = sum.top1+t.top1, sum.top5+t.top5, sum.ten+t.ten, sum.vote+t.vote
	}
	return sum.scores(classes), nil
}

// tally counts in whole numbers, whose sum does not depend on the order.
type tally struct{ top1, top5, ten, vote int }

func (t *tally) add(near []neighbour, i int, classes []int) {
	same := 0
	for rank, n := range near[:min(topTen, len(near))] {
		if classes[n.index] != classes[i] {
			continue
		}
		if rank == 0 {
			t.top1++
		}
		if same == 0 && rank < topFew {
			t.top5++
		}
		same++
	}
	t.ten += same
	if vote(near, classes) == classes[i] {
		t.vote++
	}
}

// vote is the class with the largest sum of weights.
func vote(near []neighbour, classes []int) int {
	var votes [voters]struct {
		class  int
		weight float64
	}
	n := 0
	for _, v := range near {
		at := 0
		for at < n && votes[at].class != classes[v.index] {
			at++
		}
		if at == n {
			votes[at].class = classes[v.index]
			n++
		}
		votes[at].weight += math.Exp(v.similarity / temperature)
	}
	best := votes[0]
	for _, v := range votes[1:n] {
		if v.weight > best.weight || v.weight == best.weight && v.class < best.class {
			best = v
		}
	}
	return best.class
}

func (t tally) scores(classes []int) Scores {
	distinct := map[int]bool{}
	for _, c := range classes {
		distinct[c] = true
	}
	n := len(classes)
	return Scores{
		Images:  n,
		Classes: len(distinct),
		Top1:    float64(t.top1) / float64(n),
		Top5:    float64(t.top5) / float64(n),
		P10:     float64(t.ten) / float64(n*min(topTen, n-1)),
		KNN20:   float64(t.vote) / float64(n),
	}
}
