package search

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// Nearest finds, for each vector of a set [n][dim], the k nearest among the others. It
// returns a row of indices for each vector, the nearest first. A row holds all others
// if there are no more than k. k is from 0 to 20; another k is an error. Similarity,
// order, workers and the other errors are those of [LeaveOneOut].
func Nearest(ctx context.Context, vectors [][]float32, k, workers int) ([][]int, error) {
	if k < 0 || k > voters {
		return nil, fmt.Errorf("nearest: %d of each are asked for, and %d is the most", k, voters)
	}
	if len(vectors) < 2 {
		return nil, fmt.Errorf("nearest: %w, not %d", ErrTooFew, len(vectors))
	}
	p, err := newPairs(vectors)
	if err != nil {
		return nil, fmt.Errorf("nearest: %w", err)
	}
	rows := make([][]int, len(vectors))
	err = p.each(ctx, workersFor(workers), func(_, i int, near []nearVector) {
		near = near[:min(k, len(near))]
		rows[i] = make([]int, len(near))
		for j, n := range near {
			rows[i][j] = n.index
		}
	})
	if err != nil {
		return nil, fmt.Errorf("nearest: %w", err)
	}
	return rows, nil
}

// Vectors are compared in tiles: queryRows vectors with tileRows vectors at a time. So
// a vector is read from memory once for many comparisons.
const (
	queryRows = 16
	tileRows  = 128
)

// pairs compares the vectors of a set with each other. It finds candidates in float32
// and orders them in float64.
type pairs struct {
	vectors [][]float32
	norms   []float64
	kernels kernels
	stride  int
	unit    []float32 // the vectors, of length 1 and padded
	margin  float32   // largest error of a float32 similarity
}

// nearVector is another vector of the set with its similarity.
type nearVector struct {
	index      int
	similarity float64
}

func newPairs(vectors [][]float32) (*pairs, error) {
	dim := len(vectors[0])
	p := &pairs{
		vectors: vectors,
		norms:   make([]float64, len(vectors)),
		kernels: bestKernels(),
		stride:  padded(max(dim, 1), laneBlock),
	}
	p.unit = make([]float32, len(vectors)*p.stride)
	for i, v := range vectors {
		if len(v) != dim {
			return nil, fmt.Errorf("vector %d: %w: %d values, and the first has %d", i, ErrDimension, len(v), dim)
		}
		squared, err := squaredNorm(v)
		if err != nil {
			return nil, fmt.Errorf("vector %d: %w", i, err)
		}
		p.norms[i] = math.Sqrt(squared)
		for j, value := range v {
			p.unit[i*p.stride+j] = float32(float64(value) / p.norms[i])
		}
	}
	// Normalising has rounded each factor of a product once.
	p.margin = roundedUp(sumError(p.stride) + 4*roundoff)
	return p, nil
}

// workersFor returns the number of goroutines: below 1 means one for each core.
func workersFor(workers int) int {
	if workers < 1 {
		return runtime.GOMAXPROCS(0)
	}
	return workers
}

// each calls visit once for each vector i, with its nearest others: at most voters of
// them, the nearest first. worker is the number of the calling goroutine, below
// workers. visit must not keep near.
func (p *pairs) each(ctx context.Context, workers int, visit func(worker, i int, near []nearVector)) error {
	n := len(p.vectors)
	group, ctx := errgroup.WithContext(ctx)
	var next atomic.Int64 // the first vector that no worker has taken
	for w := range workers {
		group.Go(func() error {
			s := newPairScratch(p)
			for {
				first := int(next.Add(queryRows)) - queryRows
				if first >= n {
					return nil
				}
				if err := ctx.Err(); err != nil {
					return err
				}
				p.nearestOf(s, first, min(queryRows, n-first), func(i int, near []nearVector) { visit(w, i, near) })
			}
		})
	}
	return group.Wait()
}

// pairScratch is the memory of one worker.
type pairScratch struct {
	similarities []float32 // [queryRows][n]
	query        []float64
	best         topK
	near         []nearVector
}

func newPairScratch(p *pairs) *pairScratch {
	return &pairScratch{
		similarities: make([]float32, queryRows*len(p.vectors)),
		query:        make([]float64, len(p.vectors[0])),
	}
}

// nearestOf calls visit with the nearest others of each of count vectors, beginning
// with first. The slice is reused.
func (p *pairs) nearestOf(s *pairScratch, first, count int, visit func(i int, near []nearVector)) {
	n := len(p.vectors)
	for tile := 0; tile < n; tile += tileRows {
		rows := min(tileRows, n-tile)
		for q := range count {
			query := p.unit[(first+q)*p.stride:][:p.stride]
			p.kernels.dots(s.similarities[q*n+tile:][:rows], p.unit[tile*p.stride:], query)
		}
	}
	for q := range count {
		visit(first+q, p.nearest(s, first+q, s.similarities[q*n:][:n]))
	}
}

// nearest picks the vectors that may be among the nearest by their float32
// similarities, and orders them in float64.
func (p *pairs) nearest(s *pairScratch, i int, similarities []float32) []nearVector {
	s.best.reset(min(voters, len(similarities)-1))
	floor := s.best.floor()
	for j, similarity := range similarities {
		if similarity >= floor && j != i {
			s.best.push(Hit{uint64(j), similarity})
			floor = s.best.floor()
		}
	}
	// Each float32 similarity has an error of up to margin. A vector that is two
	// margins below the floor is not among the nearest.
	floor -= 2 * p.margin
	for j, value := range p.vectors[i] {
		s.query[j] = float64(value)
	}
	s.near = s.near[:0]
	for j, similarity := range similarities {
		if similarity >= floor && j != i {
			s.near = append(s.near, nearVector{j, p.similarity(s.query, i, j)})
		}
	}
	slices.SortFunc(s.near, func(a, b nearVector) int {
		switch {
		case a.similarity > b.similarity:
			return -1
		case a.similarity < b.similarity:
			return 1
		}
		return a.index - b.index
	})
	return s.near[:s.best.k]
}

// similarity is the cosine of the vectors i and j in float64. vi is vector i.
func (p *pairs) similarity(vi []float64, i, j int) float64 {
	var sum float64
	for d, value := range p.vectors[j] {
		sum += vi[d] * float64(value)
	}
	return sum / (p.norms[i] * p.norms[j])
}
