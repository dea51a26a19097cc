package probe

import (
	"context"
	"fmt"

	"edgeclr/search"
)

// Labels are leave-one-out scores of frames whose names are known, each from 0 to
// 1. Higher is better. See [search.Scores]. The zero value means not measured.
type Labels struct {
	Frames int     `json:"frames"`
	Names  int     `json:"names"`
	Top1   float64 `json:"top1"`
	P10    float64 `json:"p10"`
	KNN20  float64 `json:"knn20"`

	// Each has the outcome of each scored frame, in order. Decide compares them.
	Each []LabelOutcome `json:"-"`
}

// LabelOutcome is what one frame contributes to Labels.
type LabelOutcome struct {
	Top1 float64 // 1 if the nearest frame has the same name, else 0
	P10  float64 // share of the 10 nearest (or of all others, if fewer) with the same name
}

// MeasureLabels scores vectors [n][dim] by the names of their neighbours. The class of
// vectors[i] is classes[i]: a number for its name, negative if it has none. It leaves
// out frames without a name, and frames whose name no other frame has. With fewer than
// two names left it measures nothing, and Labels is zero.
//
// The errors are those of [search.LeaveOneOut].
func MeasureLabels(ctx context.Context, vectors [][]float32, classes []int) (Labels, error) {
	if len(vectors) != len(classes) {
		return Labels{}, fmt.Errorf("scoring by labels: %w: %d and %d", search.ErrClasses, len(vectors), len(classes))
	}
	count := map[int]int{}
	for _, c := range classes {
		count[c]++
	}
	var named [][]float32
	var names []int
	distinct := map[int]bool{}
	for i, c := range classes {
		if c >= 0 && count[c] > 1 {
			named, names, distinct[c] = append(named, vectors[i]), append(names, c), true
		}
	}
	if len(distinct) < 2 {
		return Labels{}, nil
	}
	scores, each, err := search.LeaveOneOutEach(ctx, named, names, 1)
	if err != nil {
		return Labels{}, err
	}
	l := Labels{Frames: scores.Images, Names: scores.Classes, Top1: scores.Top1, P10: scores.P10, KNN20: scores.KNN20}
	for _, s := range each {
		l.Each = append(l.Each, LabelOutcome{Top1: s.Top1, P10: s.P10})
	}
	return l, nil
}
