package search

import (
	"context"
	"fmt"
)

// Neighbours finds the k nearest of each vector of a set [n][dim] among the
// others: rows of indices, the nearest first, and all others where there are no
// more than k. Similarity, order and errors are those of [LeaveOneOut]; k is at
// most 20.
func Neighbours(ctx context.Context, vectors [][]float32, k, workers int) ([][]int, error) {
	if k < 0 || k > voters {
		return nil, fmt.Errorf("neighbours: %d of each are asked for, and %d is the most", k, voters)
	}
	if len(vectors) < 2 {
		return nil, fmt.Errorf("neighbours: %w, not %d", ErrTooFew, len(vectors))
	}
	p, err := newPairs(vectors)
	if err != nil {
		return nil, fmt.Errorf("neighbours: %w", err)
	}
	rows := make([][]int, len(vectors))
	err = p.each(ctx, workersFor(workers), func(_, i int, near []neighbour) {
		near = near[:min(k, len(near))]
		rows[i] = make([]int, len(near))
		for j, n := range near {
			rows[i][j] = n.index
		}
	})
	if err != nil {
		return nil, fmt.Errorf("neighbours: %w", err)
	}
	return rows, nil
}
