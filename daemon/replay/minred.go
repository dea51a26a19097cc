package replay

// minred keeps the buffer as little redundant as it can (Purushwalkam et al.,
// ECCV 2022, section 4.2): of all pairs of seen members the most similar one is
// found, and of its two the older leaves, so that what stays is also what is
// newer. Members that were not seen have no feature to judge them by, and stay
// until they have; when no two were seen, the oldest member leaves.
//
// While nothing is learned, frames come all the same, and would drive out all
// that was learned from. So beyond half of the members, the oldest of those that
// were not seen leaves.
type minred struct {
	m    *memory
	near *neighbours
}

func newMinRed(m *memory, _ uint64) policy { return &minred{m: m, near: newNeighbours(m)} }

func (p *minred) victim(bool) int {
	if slot, ok := p.m.crowd(); ok {
		return slot
	}
	if slot, ok := p.near.closest(); ok {
		return slot
	}
	return p.m.oldest()
}

func (p *minred) changed(slots []int) { p.near.update(slots) }

func (p *minred) removed(slot int) { p.near.remove(slot) }

// reset compares every two: a second or so for 4,000 of them.
func (p *minred) reset() {
	p.near = newNeighbours(p.m)
	var seen []int
	for _, slot := range p.m.order {
		if p.m.seen(slot) {
			seen = append(seen, slot)
		}
	}
	p.near.update(seen)
}
