package search

import (
	"context"
	"fmt"
	"math"
)

// How many of the nearest [Scores] looks at, and the temperature of the vote.
const (
	topFew      = 5
	topTen      = 10
	voters      = 20
	temperature = 0.07
)

// Scores say how often the nearest images of an image share its class, each 0 to 1.
// They are means over all images. An image is not among its own nearest.
type Scores struct {
	Images  int
	Classes int
	Top1    float64 // the nearest has the image's class
	Top5    float64 // at least one of the 5 nearest has it
	P10     float64 // share of the 10 nearest (or of all others, if fewer) that have it
	KNN20   float64 // the vote of the 20 nearest, with weights exp(cosine/0.07), is right (Wu et al. 2018, 3.4)
}

// LeaveOneOut scores vectors [n][dim] by their nearest neighbours among the others.
// classes[i] is the class of vectors[i] and can be any number. Vectors can have any
// length above 0. workers is the number of goroutines; 0 means one for each core. The
// result does not depend on it.
//
// The similarity of two vectors is their dot product over the product of their norms,
// in float64 and summed in order. Equal similarities are ordered by index. An equal vote
// goes to the smaller class. The result is that of a plain comparison of all pairs.
//
// The errors are ErrTooFew, ErrClasses, ErrDimension (vectors differ in length),
// ErrNotFinite, ErrZero, and the error of ctx.
func LeaveOneOut(ctx context.Context, vectors [][]float32, classes []int, workers int) (Scores, error) {
	all, _, err := LeaveOneOutByClass(ctx, vectors, classes, workers)
	return all, err
}

// LeaveOneOutEach is LeaveOneOut and also returns the scores of each vector by itself, in
// order. The scores of all are their means. Two encoders that embed the same images can be
// compared image by image.
func LeaveOneOutEach(ctx context.Context, vectors [][]float32, classes []int, workers int) (Scores, []Scores, error) {
	tallies, err := count(ctx, vectors, classes, workers)
	if err != nil {
		return Scores{}, nil, err
	}
	each := make([]Scores, len(tallies))
	for i, t := range tallies {
		each[i] = t.scores(1, len(vectors)-1)
	}
	all, _ := sum(tallies, classes)
	return all, each, nil
}

// LeaveOneOutByClass is LeaveOneOut and also returns the scores of each class. The
// scores of a class are those of its vectors. Their nearest are vectors of any class.
func LeaveOneOutByClass(ctx context.Context, vectors [][]float32, classes []int, workers int) (Scores, map[int]Scores, error) {
	tallies, err := count(ctx, vectors, classes, workers)
	if err != nil {
		return Scores{}, nil, err
	}
	all, byClass := sum(tallies, classes)
	return all, byClass, nil
}

// count makes the tally of each vector.
func count(ctx context.Context, vectors [][]float32, classes []int, workers int) ([]tally, error) {
	if len(vectors) != len(classes) {
		return nil, fmt.Errorf("%w: %d and %d", ErrClasses, len(vectors), len(classes))
	}
	if len(vectors) < 2 {
		return nil, fmt.Errorf("%w, not %d", ErrTooFew, len(vectors))
	}
	p, err := newPairs(vectors)
	if err != nil {
		return nil, fmt.Errorf("leave-one-out: %w", err)
	}
	tallies := make([]tally, len(vectors))
	err = p.each(ctx, workersFor(workers), func(_, i int, near []Neighbour) { tallies[i].add(near, i, classes) })
	if err != nil {
		return nil, fmt.Errorf("leave-one-out: %w", err)
	}
	return tallies, nil
}

// sum adds up the tallies of all vectors, and those of each class.
func sum(tallies []tally, classes []int) (Scores, map[int]Scores) {
	var all tally
	sums := map[int]tally{}
	for i, t := range tallies {
		all.join(t)
		class := sums[classes[i]]
		class.join(t)
		sums[classes[i]] = class
	}
	others := len(tallies) - 1
	byClass := make(map[int]Scores, len(sums))
	for c, t := range sums {
		byClass[c] = t.scores(1, others)
	}
	return all.scores(len(byClass), others), byClass
}

// tally counts images and what was right. It counts in whole numbers,
// so a sum of tallies does not depend on the order.
type tally struct{ images, top1, top5, ten, vote int }

func (t *tally) join(o tally) {
	t.images, t.top1, t.top5, t.ten, t.vote = t.images+o.images, t.top1+o.top1, t.top5+o.top5, t.ten+o.ten, t.vote+o.vote
}

func (t *tally) add(near []Neighbour, i int, classes []int) {
	t.images++
	same := 0
	for rank, n := range near[:min(topTen, len(near))] {
		if classes[n.Index] != classes[i] {
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

// vote returns the class with the largest sum of weights.
func vote(near []Neighbour, classes []int) int {
	var votes [voters]struct {
		class  int
		weight float64
	}
	n := 0
	for _, v := range near {
		at := 0
		for at < n && votes[at].class != classes[v.Index] {
			at++
		}
		if at == n {
			votes[at].class = classes[v.Index]
			n++
		}
		votes[at].weight += math.Exp(v.Similarity / temperature)
	}
	best := votes[0]
	for _, v := range votes[1:n] {
		if v.weight > best.weight || v.weight == best.weight && v.class < best.class {
			best = v
		}
	}
	return best.class
}

func (t tally) scores(classes, others int) Scores {
	n := float64(t.images)
	return Scores{
		Images:  t.images,
		Classes: classes,
		Top1:    float64(t.top1) / n,
		Top5:    float64(t.top5) / n,
		P10:     float64(t.ten) / (n * float64(min(topTen, others))),
		KNN20:   float64(t.vote) / n,
	}
}
