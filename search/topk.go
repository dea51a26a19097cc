package search

import (
	"math"
	"slices"
)

// Hit is a vector that a search found.
type Hit struct {
	ID         uint64
	Similarity float32 // cosine, -1 to 1
}

// before orders hits by larger similarity, then by smaller id.
func (h Hit) before(o Hit) bool {
	return h.Similarity > o.Similarity || h.Similarity == o.Similarity && h.ID < o.ID
}

// topK keeps the first k of the pushed hits, in the order of Hit.before. It is a heap.
// Its root is the last of the k, which a new hit has to beat.
type topK struct {
	k    int
	heap []Hit
}

func (t *topK) reset(k int) {
	t.k = k
	t.heap = t.heap[:0]
}

// floor returns the similarity below which a hit cannot enter.
func (t *topK) floor() float32 {
	if len(t.heap) < t.k {
		return float32(math.Inf(-1))
	}
	return t.heap[0].Similarity
}

func (t *topK) push(h Hit) {
	if len(t.heap) < t.k {
		t.heap = append(t.heap, h)
		t.up(len(t.heap) - 1)
		return
	}
	if h.before(t.heap[0]) {
		t.heap[0] = h
		t.down()
	}
}

func (t *topK) up(i int) {
	for i > 0 {
		parent := (i - 1) / 2
		if !t.heap[parent].before(t.heap[i]) {
			return
		}
		t.heap[parent], t.heap[i] = t.heap[i], t.heap[parent]
		i = parent
	}
}

func (t *topK) down() {
	for i := 0; ; {
		last := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(t.heap); child++ {
			if t.heap[last].before(t.heap[child]) {
				last = child
			}
		}
		if last == i {
			return
		}
		t.heap[last], t.heap[i] = t.heap[i], t.heap[last]
		i = last
	}
}

// sorted returns a copy of the hits, the best first.
func (t *topK) sorted() []Hit {
	hits := slices.Clone(t.heap)
	slices.SortFunc(hits, func(a, b Hit) int {
		if a.before(b) {
			return -1
		}
		return 1
	})
	return hits
}
