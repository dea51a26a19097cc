package search

import (
	"fmt"
	"sync"
)

// Index holds L2-normalised vectors, each under an id. It answers exact
// nearest-neighbour queries by cosine. It is safe for concurrent use.
type Index struct {
	dim     int
	stride  int // dim, padded for the kernels
	kernels kernels
	pool    sync.Pool // *scratch, one for each running search

	mu     sync.RWMutex
	blocks []*block
	rows   map[uint64]int // row of an id, counted through all blocks
}

// New returns an empty index for vectors of dim values; dim is at least 1.
func New(dim int) *Index { return newIndex(dim, bestKernels()) }

func newIndex(dim int, k kernels) *Index {
	x := &Index{dim: dim, stride: padded(max(dim, 1), laneBlock), kernels: k, rows: map[uint64]int{}}
	x.pool.New = func() any { return newScratch(x.stride) }
	return x
}

// Dim returns the number of values of a vector.
func (x *Index) Dim() int { return x.dim }

// Len returns the number of vectors.
func (x *Index) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.rows)
}

// Add stores a copy of v under the id. It replaces the vector that was there. A vector
// is scaled to length 1, unless its squared length is within 1e-6 of 1: then it is kept
// bit for bit. The errors are ErrDimension, ErrNotFinite and ErrZero. Nothing is stored
// if there is an error.
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

// Remove deletes the vectors of these ids. Ids without a vector are ignored.
func (x *Index) Remove(ids ...uint64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, id := range ids {
		if row, ok := x.rows[id]; ok {
			x.remove(id, row)
		}
	}
}

// remove deletes a vector and moves the last one into the gap.
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

// prepare checks v, scales it to length 1 and writes it into dst, padded with zeros.
func (x *Index) prepare(dst, v []float32) error {
	if len(v) != x.dim {
		return fmt.Errorf("%w: %d values, and this index holds vectors of %d", ErrDimension, len(v), x.dim)
	}
	return normalize(dst, v)
}
