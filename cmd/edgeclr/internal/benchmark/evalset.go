package benchmark

import (
	"context"
	"fmt"

	"edgeclr/camera/stream"
	"edgeclr/search"
)

// evalSet is a set of held-out pictures with their true classes.
type evalSet struct {
	pictures [][]byte // encoded
	classes  []int    // of each picture
	count    int      // number of classes
}

// evalBatch is how many pictures are embedded at a time.
const evalBatch = 32

// evalSet returns the held-out pictures of a split.
func (g *Gallery) evalSet(split stream.Split) evalSet {
	held, classes := split.EvalSet()
	e := evalSet{classes: classes, count: len(split.Classes)}
	for _, picture := range held {
		e.pictures = append(e.pictures, g.evaluated(picture, g.sizes[0]))
	}
	return e
}

// evaluate evaluates a learner by leave-one-out on the held-out pictures. The caller
// fills in Frames and Steps of the point.
func (e evalSet) evaluate(ctx context.Context, l Learner) (Point, error) {
	var vectors [][]float32
	for first := 0; first < len(e.pictures); first += evalBatch {
		some, err := l.Embed(ctx, e.pictures[first:min(first+evalBatch, len(e.pictures))])
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
