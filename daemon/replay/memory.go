package replay

import (
	"cmp"
	"slices"
)

// member is an entry of the buffer with its history.
type member struct {
	Entry
	uses  int // how often it was learned from; a member with uses > 0 is "seen" and has a feature
	drawn int // the first step that drew it, while it is not seen; -1: none
}

// memory holds the members in slots. A member stays in its slot until it leaves. The
// memory has no lock.
type memory struct {
	members  []member // by slot
	free     []int    // slots without a member
	order    []int    // slots with a member, ordered by its id
	arrived  uint64   // entries ever added
	newcomer int      // slot of the entry that was added last
	features features
}

// find returns the place of an id in the order, or the place where it would be
// inserted.
func (m *memory) find(id uint64) (at int, ok bool) {
	return slices.BinarySearchFunc(m.order, id, func(slot int, id uint64) int {
		return cmp.Compare(m.members[slot].ID, id)
	})
}

// slot returns the slot of a member.
func (m *memory) slot(id uint64) (int, bool) {
	at, ok := m.find(id)
	if !ok {
		return 0, false
	}
	return m.order[at], true
}

// insert makes an entry a member that was not seen. It returns false when the entry
// is a member already.
func (m *memory) insert(e Entry) (slot int, ok bool) {
	at, known := m.find(e.ID)
	if known {
		return 0, false
	}
	if n := len(m.free); n > 0 {
		slot, m.free = m.free[n-1], m.free[:n-1]
	} else {
		slot = len(m.members)
		m.members = append(m.members, member{})
	}
	m.members[slot] = member{Entry: e, drawn: -1}
	m.order = slices.Insert(m.order, at, slot)
	return slot, true
}

// remove ends the membership of the entry in a slot.
func (m *memory) remove(slot int) {
	at, _ := m.find(m.members[slot].ID)
	m.order = slices.Delete(m.order, at, at+1)
	m.members[slot] = member{}
	m.features.clear(slot)
	m.free = append(m.free, slot)
}

// seen tells whether the member of a slot was learned from, and so has a feature.
func (m *memory) seen(slot int) bool { return m.members[slot].uses > 0 }

// oldest returns the slot of the lowest id.
func (m *memory) oldest() int { return m.order[0] }

// oldestIfMostUnseen returns the slot of the oldest member that was not seen. Ok is
// true when more than half of the members were not seen, and at least one was seen.
func (m *memory) oldestIfMostUnseen() (oldest int, ok bool) {
	unseen := 0
	for _, slot := range m.order {
		if m.seen(slot) {
			continue
		}
		if unseen == 0 {
			oldest = slot
		}
		unseen++
	}
	return oldest, 2*unseen > len(m.order) && unseen < len(m.order)
}

// entries returns the members, ordered by id.
func (m *memory) entries() []Entry {
	list := make([]Entry, len(m.order))
	for i, slot := range m.order {
		list[i] = m.members[slot].Entry
	}
	return list
}
