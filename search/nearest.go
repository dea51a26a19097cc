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

// Nearby says which neighbours [Nearest] looks for.
type Nearby struct {
	K       int // of each vector, 0 to 20
	Workers int // goroutines; below 1 means one for each core

	// Apart tells that j does not count as a neighbour of i. Several goroutines call it
	// at once. Nil: every other vector counts.
	Apart func(i, j int) bool
	// Dot compares by dot products and not by cosines. No vector is longer than 1.
	Dot bool
}

// Neighbour is another vector of a set.
type Neighbour struct {
	Index      int
	Similarity float64 // cosine or dot product
}

// Nearest finds the nearest neighbours of each vector of a set [n][dim]. It returns a row
// for each vector, the nearest first. A row is shorter than K if fewer count. Order and
// errors are those of [LeaveOneOut]. Another K is an error too.
func Nearest(ctx context.Context, vectors [][]float32, o Nearby) ([][]Neighbour, error) {
	if o.K < 0 || o.K > voters {
		return nil, fmt.Errorf("nearest: %d of each are asked for, and %d is the most", o.K, voters)
	}
	if len(vectors) < 2 {
		return nil, fmt.Errorf("nearest: %w, not %d", ErrTooFew, len(vectors))
	}
	p, err := newPairs(vectors)
	if err != nil {
		return nil, fmt.Errorf("nearest: %w", err)
	}
	p.apart = o.Apart
	if o.Dot {
		p.dot()
	}
	rows := make([][]Neighbour, len(vectors))
	err = p.each(ctx, workersFor(o.Workers), func(_, i int, near []Neighbour) {
		rows[i] = slices.Clone(near[:min(o.K, len(near))])
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

	apart func(i, j int) bool // see [Nearby]; nil: none
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

// dot makes the similarities dot products. The vectors are at most 1 long, so the margin
// holds.
func (p *pairs) dot() {
	for i, v := range p.vectors {
		p.norms[i] = 1
		copy(p.unit[i*p.stride:], v)
	}
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
func (p *pairs) each(ctx context.Context, workers int, visit func(worker, i int, near []Neighbour)) error {
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
				p.nearestOf(s, first, min(queryRows, n-first), func(i int, near []Neighbour) { visit(w, i, near) })
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
	near         []Neighbour
}

func newPairScratch(p *pairs) *pairScratch {
	return &pairScratch{
		similarities: make([]float32, queryRows*len(p.vectors)),
		query:        make([]float64, len(p.vectors[0])),
	}
}

// nearestOf calls visit with the nearest others of each of count vectors, beginning
// with first. The slice is reused.
func (p *pairs) nearestOf(s *pairScratch, first, count int, visit func(i int, near []Neighbour)) {
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
func (p *pairs) nearest(s *pairScratch, i int, similarities []float32) []Neighbour {
	s.best.reset(min(voters, len(similarities)-1))
	floor := s.best.floor()
	for j, similarity := range similarities {
		if similarity >= floor && p.counts(i, j) {
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
		if similarity >= floor && p.counts(i, j) {
			s.near = append(s.near, Neighbour{j, p.similarity(s.query, i, j)})
		}
	}
	slices.SortFunc(s.near, func(a, b Neighbour) int {
		switch {
		case a.Similarity > b.Similarity:
			return -1
		case a.Similarity < b.Similarity:
			return 1
		}
		return a.Index - b.Index
	})
	return s.near[:min(s.best.k, len(s.near))]
}

// counts tells whether j can be among the nearest of i.
func (p *pairs) counts(i, j int) bool { return j != i && (p.apart == nil || !p.apart(i, j)) }

// similarity is the cosine of the vectors i and j in float64. vi is vector i.
func (p *pairs) similarity(vi []float64, i, j int) float64 {
	var sum float64
	for d, value := range p.vectors[j] {
		sum += vi[d] * float64(value)
	}
	return sum / (p.norms[i] * p.norms[j])
}
