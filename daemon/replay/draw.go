package replay

import "math/rand/v2"

// Draw returns n different members for a step, or all members when there are fewer. A
// member is fresh when no step has drawn it yet. The batch begins with fresh members,
// the oldest first, at most as many as the argument says. The rest are drawn uniformly
// from all other members.
// The result depends on the seed, the step, the members and which of them are fresh.
// The number of the step must grow from round to round, since the same step draws the
// same members.
//
// The loader draws some steps before they are trained, and the process may stop in
// between. Snapshot includes the step that drew each such member. When that step is
// drawn again, the members that it and later steps had drawn are fresh again.
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

// fresh tells whether this step would be the first to learn from a member.
func (m *memory) fresh(slot, step int) bool {
	one := &m.members[slot]
	return one.uses == 0 && (one.drawn < 0 || one.drawn >= step)
}

// draw notes that a step has drawn a member, and returns its entry.
func (m *memory) draw(slot, step int) Entry {
	if m.fresh(slot, step) {
		m.members[slot].drawn = step
	}
	return m.members[slot].Entry
}

// pick chooses k of the numbers from 0 to n-1 uniformly and without repeats. The
// result depends on seed and step. K is at most n.
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
