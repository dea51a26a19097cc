package replay

// tileRows of features are compared with all changed ones while they are in the
// processor's cache.
const tileRows = 64

// unlike is below every cosine.
const unlike = -2

// neighbours knows for each seen member how similar its nearest neighbour is,
// and works out as little as it can to know that: the nearest neighbours that
// changed or left are looked for anew only when the similarity they had could
// decide. What it answers depends on the features alone.
type neighbours struct {
	m       *memory
	of      []neighbour // by slot
	changes []bool      // by slot; scratch
	dots    []float32   // scratch
}

// neighbour is the nearest of a slot's member.
type neighbour struct {
	slot       int     // -1: none
	similarity float32 // unlike: none; at most this while stale
	stale      bool    // it has changed or left since
}

func newNeighbours(m *memory) *neighbours { return &neighbours{m: m} }

func (n *neighbours) fit() {
	for len(n.of) < len(n.m.members) {
		n.of = append(n.of, neighbour{slot: -1, similarity: unlike})
		n.changes = append(n.changes, false)
	}
	if len(n.dots) == 0 {
		n.dots = make([]float32, tileRows)
	}
}

// update takes the new features of these slots into account: a pass over all
// features for each.
func (n *neighbours) update(slots []int) {
	n.fit()
	for _, slot := range slots {
		n.changes[slot] = true
	}
	for slot := range n.of {
		o := &n.of[slot]
		switch {
		case n.changes[slot]:
			*o = neighbour{slot: -1, similarity: unlike}
		case o.slot >= 0 && n.changes[o.slot]:
			o.stale = true
		}
	}
	for first := 0; first < n.rows(); first += tileRows {
		for _, slot := range slots {
			n.compare(slot, first)
		}
	}
	for _, slot := range slots {
		n.changes[slot] = false
	}
}

// compare joins a slot with those of a tile, both ways.
func (n *neighbours) compare(slot, first int) {
	f := &n.m.features
	dots := n.dots[:min(tileRows, f.rows-first)]
	f.dots(dots, first, f.row(slot))
	for i, similarity := range dots[:min(len(dots), len(n.of)-first)] {
		other := first + i
		if other == slot || !n.m.seen(other) {
			continue
		}
		n.of[slot].offer(other, similarity)
		// Two that both changed meet twice, with the same result.
		if !n.changes[other] {
			n.of[other].offer(slot, similarity)
		}
	}
}

// offer is a neighbour that is known exactly.
func (o *neighbour) offer(slot int, similarity float32) {
	// While stale, all others are at most as similar as the one that was.
	if similarity > o.similarity || o.stale && similarity == o.similarity {
		*o = neighbour{slot: slot, similarity: similarity}
	}
}

// remove forgets a slot.
func (n *neighbours) remove(gone int) {
	if gone >= len(n.of) {
		return
	}
	n.of[gone] = neighbour{slot: -1, similarity: unlike}
	for slot := range n.of {
		if o := &n.of[slot]; o.slot == gone {
			o.slot, o.stale = -1, true
		}
	}
}

// closest returns the slot whose nearest neighbour is the most similar of all,
// the lowest id of several; false: no two members were seen.
func (n *neighbours) closest() (int, bool) {
	n.fit()
	for {
		best, stale := -1, -1
		similarity := float32(unlike)
		for _, slot := range n.m.order {
			o := n.of[slot]
			if o.similarity > similarity {
				best, stale, similarity = slot, -1, o.similarity
			}
			if o.similarity == similarity && o.stale {
				stale = slot
			}
		}
		if stale < 0 || best < 0 {
			return best, best >= 0
		}
		n.of[stale] = neighbour{slot: -1, similarity: unlike}
		for first := 0; first < n.rows(); first += tileRows {
			n.compare(stale, first)
		}
	}
}

// rows is how many slots may have a feature.
func (n *neighbours) rows() int { return min(len(n.m.members), n.m.features.rows) }
