package replay

import "math/rand/v2"

// Draw returns n different members to learn from in a step, or all when there
// are fewer: first up to fresh of those that were not learned from, the oldest
// first, and then the rest uniformly from the whole buffer. What it gives
// depends on the seed, the step, the members and which of them are fresh; steps
// should count on from round to round, since the same step draws alike.
//
// A loader draws some steps ahead of Observe, so a frame is fresh until it is
// drawn, by either share. The step of that draw is remembered and is part of
// Snapshot: when a step is drawn again, since the process stopped between its
// draw and its learning, what it and later steps had taken is fresh again.
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
	for _, i := range Pick(b.opt.Seed, step, len(rest), n-len(batch)) {
		batch = append(batch, m.draw(rest[i], step))
	}
	return batch
}

// fresh says whether a member is to be learned from for the first time.
func (m *memory) fresh(slot, step int) bool {
	one := &m.members[slot]
	return one.uses == 0 && (one.drawn < 0 || one.drawn >= step)
}

// draw notes that a member is learned from in a step.
func (m *memory) draw(slot, step int) Entry {
	if m.fresh(slot, step) {
		m.members[slot].drawn = step
	}
	return m.members[slot].Entry
}

// Pick chooses k of the numbers below n without repeats, uniformly, the same for
// the same seed and step. k is at most n.
//
// It is Floyd's algorithm (Bentley and Floyd, "A sample of brilliance", CACM 30
// (1987)), which needs memory for k and not for n.
func Pick(seed uint64, step, n, k int) []int {
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
