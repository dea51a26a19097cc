package search

import (
	"fmt"
	"sync"
)

// Index is a set of L2-normalised vectors, each under an id, that answers
// exact nearest-neighbour queries by cosine. It is safe for concurrent use.
type Index struct {
	dim     int
	stride  int // dim, padded for the kernels
	kernels kernels
	pool    sync.Pool // of *scratch, one for each running search

	mu     sync.RWMutex
	blocks []*block
	rows   map[uint64]int // id -> row, counted through all blocks
}

// New returns an empty index of vectors of dim values, at least 1.
func New(dim int) *Index { return newIndex(dim, bestKernels()) }

func newIndex(dim int, k kernels) *Index {
	x := &Index{dim: dim, stride: padded(max(dim, 1), laneBlock), kernels: k, rows: map[uint64]int{}}
	x.pool.New = func() any { return newScratch(x.stride) }
	return x
}

// Dim is the number of values of a vector.
func (x *Index) Dim() int { return x.dim }

// Len is the number of vectors.
func (x *Index) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.rows)
}

// Add stores a copy of v under the id, in place of what was there. A vector
// that is not of length 1 is scaled to it; one whose squared length is within
// 1e-6 of 1 is kept bit for bit. The errors are ErrDimension, ErrNotFinite and
// ErrZero; nothing is stored then.
func (x *Index) Add(id uint64, v []float32) error {
	unit := make([]float32, x.stride)
	if err := x.prepare(unit, v); err != nil {
		return fmt.Errorf("adding vector %d: %w", id, err)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if row, ok := x.rows[id]; ok {
		x.blocks[row/blockRows].set(row%blockRows, unit)
		return nil
	}
	row := len(x.rows)
	if row == len(x.blocks)*blockRows {
		x.blocks = append(x.blocks, newBlock(x.stride))
	}
	x.blocks[row/blockRows].add(id, unit)
	x.rows[id] = row
	return nil
}

// Remove deletes the vectors of these ids; an id without one is passed over.
func (x *Index) Remove(ids ...uint64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, id := range ids {
		if row, ok := x.rows[id]; ok {
			x.remove(id, row)
		}
	}
}

// remove puts the last vector into the gap.
func (x *Index) remove(id uint64, row int) {
	last := x.blocks[len(x.blocks)-1]
	lastRow := len(last.ids) - 1
	lastID := last.ids[lastRow]
	if lastID != id {
		gap := x.blocks[row/blockRows]
		gap.set(row%blockRows, last.vector(lastRow))
		gap.ids[row%blockRows] = lastID
		x.rows[lastID] = row
	}
	delete(x.rows, id)
	last.ids = last.ids[:lastRow]
	if lastRow == 0 {
		x.blocks[len(x.blocks)-1] = nil // frees its memory
		x.blocks = x.blocks[:len(x.blocks)-1]
	}
}

// prepare checks v and writes it, of length 1 and padded, into dst.
func (x *Index) prepare(dst, v []float32) error {
	if len(v) != x.dim {
		return fmt.Errorf("%w: %d values, and this index holds vectors of %d", ErrDimension, len(v), x.dim)
	}
	return normalize(dst, v)
}
