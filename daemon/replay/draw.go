package replay

import "math/rand/v2"

// Draw returns n different members to learn from in a step, or all when there are
// fewer. First come up to fresh members that were not learned from, the oldest
// first. The rest are drawn uniformly from the whole buffer. The result depends on
// the seed, the step, the members and which of them are fresh. Steps must count on
// from round to round, since the same step draws the same.
//
// A loader draws some steps ahead of Observe, so a frame counts as fresh until it
// is drawn. Snapshot includes the step of that draw. The process may stop between
// the draw of a step and its training. When that step is drawn again, the frames
// that it and later steps had drawn are fresh again.
func (b *Buffer) Draw(step, n, fresh int) []Entry {
	b.mu.Lock()
	defer b.mu.Unlock()
	m := &b.memory
	n = max(min(n, len(m.order)), 0)
	batch := make([]Entry, 0, n)
	rest := make([]int, 0, len(m.order)) // the slots that were not taken as fresh
	for _, slot := range m.order {
		if len(batch) < min(n, fresh) && m.fresh(slot, step) {
			batch = append(batch, m.draw(slot, step))
		} else {
			rest = append(rest, slot)
		}
	}
	for _, i := range pick(b.opt.Seed, step, len(rest), n-len(batch)) {
		batch = append(batch, m.draw(rest[i], step))
	}
	return batch
}

// fresh tells whether a step would be the first to learn from a member.
func (m *memory) fresh(slot, step int) bool {
	one := &m.members[slot]
	return one.uses == 0 && (one.drawn < 0 || one.drawn >= step)
}

// draw notes that a step learns from a member.
func (m *memory) draw(slot, step int) Entry {
	if m.fresh(slot, step) {
		m.members[slot].drawn = step
	}
	return m.members[slot].Entry
}

// pick chooses k of the numbers below n without repeats, uniformly. It is the same
// for the same seed and step. k is at most n.
//
// It uses Floyd's algorithm (Bentley and Floyd, "A sample of brilliance", CACM 30
// (1987)), which needs memory for k and not for n.
func pick(seed uint64, step, n, k int) []int {
	rng := rand.New(rand.NewPCG(seed, uint64(step)))
	taken := make(map[int]bool, k)
	picked := make([]int, 0, k)
	for j := n - k; j < n; j++ {
		i := rng.IntN(j + 1)
		if taken[i] {
			i = j
		}
		taken[i] = true
		picked = append(picked, i)
	}
	return picked
}
