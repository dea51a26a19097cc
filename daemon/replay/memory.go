package replay

import (
	"cmp"
	"slices"
)

// member is an entry and what is known of it.
type member struct {
	Entry
	uses  int // how often it was learned from; above 0 it is seen and has a feature
	drawn int // step that drew it first, while it is not seen; -1: none
}

// memory holds the members in slots. A slot keeps its number while members come and
// go. It has no lock.
type memory struct {
	members  []member
	free     []int  // slots without a member
	order    []int  // slots with one, by id
	arrived  uint64 // entries ever added
	newcomer int    // slot of the last of them
	features features
}

// find returns the place of an id in the order, or where it would be.
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

// seen tells whether the member of a slot was learned from.
func (m *memory) seen(slot int) bool { return m.members[slot].uses > 0 }

// oldest returns the slot of the lowest id.
func (m *memory) oldest() int { return m.order[0] }

// crowd returns the slot of the oldest member that was not seen. It returns false
// unless more than half of the members were not seen and some were.
func (m *memory) crowd() (oldest int, ok bool) {
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

// entries returns the members, by id.
func (m *memory) entries() []Entry {
	list := make([]Entry, len(m.order))
	for i, slot := range m.order {
		list[i] = m.members[slot].Entry
	}
	return list
}
