package replay

// minred keeps the redundancy of the buffer low (Purushwalkam et al., ECCV 2022,
// section 4.2). It finds the most similar pair of seen members, and the older of the
// two leaves. Members that were not seen have no feature to compare, and stay. When
// there is no pair, the oldest member leaves.
//
// Frames also come while the learner pauses. They would replace all seen members. So
// when more than half of the members were not seen, the oldest of these leaves.
type minred struct {
	m     *memory
	index *nearestIndex
}

func newMinRed(m *memory, _ uint64) policy { return &minred{m: m, index: newNearestIndex(m)} }

func (p *minred) victim(bool) int {
	if slot, ok := p.m.oldestIfMostUnseen(); ok {
		return slot
	}
	if slot, ok := p.index.closest(); ok {
		return slot
	}
	return p.m.oldest()
}

func (p *minred) changed(slots []int) { p.index.update(slots) }

func (p *minred) removed(slot int) { p.index.remove(slot) }

// reset compares all pairs, which takes about a second for 4,000 members.
func (p *minred) reset() {
	p.index = newNearestIndex(p.m)
	var seen []int
	for _, slot := range p.m.order {
		if p.m.seen(slot) {
			seen = append(seen, slot)
		}
	}
	p.index.update(seen)
}

// tileRows is how many features are compared with all changed ones while they are
// in the processor's cache.
const tileRows = 64

// noSimilarity is below every cosine.
const noSimilarity = -2

// nearestIndex knows for each seen member its most similar other member. When that
// one has changed or left, the index only marks the similarity as stale: it is then an
// upper bound. The index computes it again only when it could be the largest of all.
// Its answers depend on the features alone.
type nearestIndex struct {
	m       *memory
	of      []nearest // by slot
	changes []bool    // by slot: in the current update; scratch memory
	dots    []float32 // scratch memory
}

// nearest is the most similar other member of the member in a slot.
type nearest struct {
	slot       int     // -1: none
	similarity float32 // noSimilarity: none; an upper bound while stale
	stale      bool    // the other member has changed or left since it was found
}

func newNearestIndex(m *memory) *nearestIndex { return &nearestIndex{m: m} }

// fit makes room for all slots.
func (n *nearestIndex) fit() {
	for len(n.of) < len(n.m.members) {
		n.of = append(n.of, nearest{slot: -1, similarity: noSimilarity})
		n.changes = append(n.changes, false)
	}
	if len(n.dots) == 0 {
		n.dots = make([]float32, tileRows)
	}
}

// update compares the new features of these slots with all features.
func (n *nearestIndex) update(slots []int) {
	n.fit()
	for _, slot := range slots {
		n.changes[slot] = true
	}
	for slot := range n.of {
		o := &n.of[slot]
		switch {
		case n.changes[slot]:
			*o = nearest{slot: -1, similarity: noSimilarity}
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

// compare compares a slot with the tile of slots that begins at first, in both
// directions.
func (n *nearestIndex) compare(slot, first int) {
	f := &n.m.features
	dots := n.dots[:min(tileRows, f.rows-first)]
	f.dots(dots, first, f.row(slot))
	for i, similarity := range dots[:min(len(dots), len(n.of)-first)] {
		other := first + i
		if other == slot || !n.m.seen(other) {
			continue
		}
		n.of[slot].offer(other, similarity)
		// Two slots that both changed are compared twice, with the same result.
		if !n.changes[other] {
			n.of[other].offer(slot, similarity)
		}
	}
}

// offer replaces the nearest by the member in slot if that is more similar.
func (o *nearest) offer(slot int, similarity float32) {
	// A stale similarity is an upper bound for all others, so an equal one is exact.
	if similarity > o.similarity || o.stale && similarity == o.similarity {
		*o = nearest{slot: slot, similarity: similarity}
	}
}

// remove forgets a slot.
func (n *nearestIndex) remove(gone int) {
	if gone >= len(n.of) {
		return
	}
	n.of[gone] = nearest{slot: -1, similarity: noSimilarity}
	for slot := range n.of {
		if o := &n.of[slot]; o.slot == gone {
			o.slot, o.stale = -1, true
		}
	}
}

// closest returns the slot of the member with the most similar other member. Of
// several, it takes the lowest id. It returns false when fewer than two members were
// seen.
func (n *nearestIndex) closest() (int, bool) {
	n.fit()
	for {
		best, stale := -1, -1
		similarity := float32(noSimilarity)
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
		n.of[stale] = nearest{slot: -1, similarity: noSimilarity}
		for first := 0; first < n.rows(); first += tileRows {
			n.compare(stale, first)
		}
	}
}

// rows is how many slots have a row for a feature.
func (n *nearestIndex) rows() int { return min(len(n.m.members), n.m.features.rows) }
