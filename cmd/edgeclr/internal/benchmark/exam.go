package benchmark

import (
	"context"
	"fmt"

	"edgeclr/camera/stream"
	"edgeclr/search"
)

// exam is a set of held-out pictures with their true classes.
type exam struct {
	pictures [][]byte
	classes  []int
	count    int // of classes
}

// examBatch is how many pictures are embedded at a time.
const examBatch = 32

// exam returns the held-out pictures of a split.
func (g *Gallery) exam(split stream.Split) exam {
	held, classes := split.EvalSet()
	e := exam{classes: classes, count: len(split.Classes)}
	for _, picture := range held {
		e.pictures = append(e.pictures, g.pictures[picture].square)
	}
	return e
}

// take examines a learner: leave-one-out on the held-out pictures. The caller
// fills in Frames and Steps of the point.
func (e exam) take(ctx context.Context, l Learner) (Point, error) {
	var vectors [][]float32
	for first := 0; first < len(e.pictures); first += examBatch {
		some, err := l.Embed(ctx, e.pictures[first:min(first+examBatch, len(e.pictures))])
		if err != nil {
			return Point{}, fmt.Errorf("embedding the held-out pictures: %w", err)
		}
		vectors = append(vectors, some...)
	}
	scores, byClass, err := search.LeaveOneOutByClass(ctx, vectors, e.classes, 0)
	if err != nil {
		return Point{}, fmt.Errorf("the held-out pictures: %w", err)
	}
	p := Point{Top1: scores.Top1, P10: scores.P10, KNN20: scores.KNN20, ClassTop1: make([]float64, e.count)}
	for c, s := range byClass {
		p.ClassTop1[c] = s.Top1
	}
	return p, nil
}
