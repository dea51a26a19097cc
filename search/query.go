package search

import "fmt"

// Search returns the k vectors of largest cosine similarity to q, the largest first.
// Equal similarities are ordered by id. It returns all vectors if there are fewer than
// k. q can have any length above 0. The errors are ErrK, ErrDimension, ErrNotFinite and
// ErrZero.
func (x *Index) Search(q []float32, k int) ([]Hit, error) {
	if k < 1 {
		return nil, fmt.Errorf("searching: %w, not %d", ErrK, k)
	}
	s := x.pool.Get().(*scratch)
	defer x.pool.Put(s)
	if err := x.prepare(s.query, q); err != nil {
		return nil, fmt.Errorf("searching: %w", err)
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	k = min(k, len(x.rows))
	if k == 0 {
		return nil, nil
	}
	x.collect(s, k)
	return x.rescore(s, k), nil
}

// collect reads the codes. It puts each vector that may be among the k into
// s.candidates, and the k vectors of largest lower bound into s.best.
func (x *Index) collect(s *scratch, k int) {
	b := s.bounds()
	s.best.reset(k)
	s.candidates = s.candidates[:0]
	floor := s.best.floor() // the k-th largest lower bound so far
	for i, block := range x.blocks {
		n := len(block.ids)
		dots := s.codeDots[:padded(n, rowBlock)]
		x.kernels.dotCodes(dots, block.codes, s.codes)
		x.kernels.dots(s.dot[:], block.center, s.query)
		center := s.dot[0]
		scale, residual := block.scale[:n], block.residual[:n]
		for row, dot := range dots[:n] {
			similarity := center + b.scale*scale[row]*float32(dot)
			margin := b.norm*residual[row] + b.slack
			if similarity+margin < floor {
				continue
			}
			at := i*blockRows + row
			s.candidates = append(s.candidates, candidate{at, clamp(similarity + margin)})
			s.best.push(Hit{uint64(at), clamp(similarity - margin)})
			floor = s.best.floor()
		}
	}
}

// rescore computes the similarities of candidates in float32 and returns the k best.
func (x *Index) rescore(s *scratch, k int) []Hit {
	// The k vectors of largest lower bound come first: the least of their
	// similarities is a floor that excludes most of the others.
	floor := float32(1)
	for _, h := range s.best.heap {
		floor = min(floor, x.exact(s, int(h.ID)).Similarity)
	}
	s.best.reset(k)
	for _, c := range s.candidates {
		// A candidate that may equal the floor stays: its id may be smaller.
		if c.upper >= floor && c.upper >= s.best.floor() {
			s.best.push(x.exact(s, c.row))
		}
	}
	return s.best.sorted()
}

// exact computes the float32 similarity of a row.
func (x *Index) exact(s *scratch, row int) Hit {
	block := x.blocks[row/blockRows]
	x.kernels.dots(s.dot[:], block.vector(row%blockRows), s.query)
	return Hit{block.ids[row%blockRows], clamp(s.dot[0])}
}

// clamp limits a similarity to the range of a cosine, which rounding can exceed.
func clamp(similarity float32) float32 { return min(max(similarity, -1), 1) }

// scratch is the memory of one search.
type scratch struct {
	query      []float32 // of length 1, padded
	codes      []int16   // of the query
	codeDots   []int32   // of one block
	dot        [1]float32
	candidates []candidate
	best       topK
}

// candidate is a vector that may be among the k.
type candidate struct {
	row   int     // counted through all blocks
	upper float32 // its similarity is at most this
}

func newScratch(stride int) *scratch {
	return &scratch{
		query:    make([]float32, stride),
		codes:    make([]int16, stride),
		codeDots: make([]int32, blockRows),
	}
}

// bounds limits how far the similarity of a vector is from the one its codes give: at
// most norm*residual + slack, with the vector's residual.
type bounds struct {
	scale, norm, slack float32
}

// roundoff is the largest relative error of a float32 operation.
const roundoff = 1.0 / (1 << 24)

// sumError bounds the error of a kernel's float32 dot product of two vectors of length
// 1. Each partial sum has at most dim/leastSums products, and joining the sums rounds 8
// times more (Higham 2002, "Accuracy and Stability of Numerical Algorithms", 3.1).
func sumError(dim int) float64 { return 1.01 * float64(dim/leastSums+8) * roundoff }

// bounds computes the query's codes and the bounds. Let m be the center of a block,
// x = m + ŷ + s and q = q̂ + r, where ŷ and q̂ are what the codes hold. Then
//
//	q·x = q·m + q̂·ŷ + r·ŷ + q·s,  |q·s| <= |q||s|,  |r·ŷ| <= |r|(|x| + |m| + |s|)
//
// The search computes q·m and q̂·ŷ. |q|, |x| and |m| exceed 1 by at most
// unitTolerance. The float32 sums of q·m and q·x round. So do the operations on the
// bounds: at most 16, on numbers up to 2.
func (s *scratch) bounds() bounds {
	scale, residual := quantizeQuery(s.codes, s.query)
	return bounds{
		scale: scale,
		norm:  1 + 2*unitTolerance + residual,
		slack: roundedUp(float64(residual)*(2+4*unitTolerance) + 2*sumError(len(s.query)) + 32*roundoff),
	}
}
