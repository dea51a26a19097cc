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

// LeaveOneOutByClass is LeaveOneOut and also returns the scores of each class. The
// scores of a class are those of its vectors. Their nearest are vectors of any class.
func LeaveOneOutByClass(ctx context.Context, vectors [][]float32, classes []int, workers int) (Scores, map[int]Scores, error) {
	if len(vectors) != len(classes) {
		return Scores{}, nil, fmt.Errorf("%w: %d and %d", ErrClasses, len(vectors), len(classes))
	}
	if len(vectors) < 2 {
		return Scores{}, nil, fmt.Errorf("%w, not %d", ErrTooFew, len(vectors))
	}
	p, err := newPairs(vectors)
	if err != nil {
		return Scores{}, nil, fmt.Errorf("leave-one-out: %w", err)
	}
	counts := make([]map[int]*tally, workersFor(workers)) // by class
	for w := range counts {
		counts[w] = map[int]*tally{}
	}
	err = p.each(ctx, len(counts), func(w, i int, near []nearVector) {
		tallyOf(counts[w], classes[i]).add(near, i, classes)
	})
	if err != nil {
		return Scores{}, nil, fmt.Errorf("leave-one-out: %w", err)
	}
	all, byClass := sum(counts, len(vectors)-1)
	return all, byClass, nil
}

// sum adds up what the workers counted. others is the number of other vectors.
func sum(counts []map[int]*tally, others int) (Scores, map[int]Scores) {
	classes := map[int]*tally{}
	var all tally
	for _, worker := range counts {
		for c, t := range worker {
			tallyOf(classes, c).join(*t)
			all.join(*t)
		}
	}
	byClass := make(map[int]Scores, len(classes))
	for c, t := range classes {
		byClass[c] = t.scores(1, others)
	}
	return all.scores(len(classes), others), byClass
}

// tallyOf returns the tally of a class. It makes the tally on first use.
func tallyOf(tallies map[int]*tally, class int) *tally {
	t := tallies[class]
	if t == nil {
		t = &tally{}
		tallies[class] = t
	}
	return t
}

// tally counts the images of a class and what was right. It counts in whole numbers,
// so a sum of tallies does not depend on the order.
type tally struct{ images, top1, top5, ten, vote int }

func (t *tally) join(o tally) {
	t.images, t.top1, t.top5, t.ten, t.vote = t.images+o.images, t.top1+o.top1, t.top5+o.top5, t.ten+o.ten, t.vote+o.vote
}

func (t *tally) add(near []nearVector, i int, classes []int) {
	t.images++
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

// vote returns the class with the largest sum of weights.
func vote(near []nearVector, classes []int) int {
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
