package replay

import "sync"

// Buffer is a bounded memory of frames to learn from. It is safe for concurrent
// use.
type Buffer struct {
	opt Options

	mu     sync.Mutex
	memory memory
	policy policy
}

// New returns an empty buffer. Errors: a negative capacity, an unknown policy.
func New(opt Options) (*Buffer, error) {
	opt, err := opt.withDefaults()
	if err != nil {
		return nil, err
	}
	b := &Buffer{opt: opt}
	b.policy = policies()[opt.Policy](&b.memory, opt.Seed)
	return b, nil
}

// Add admits a frame and returns the ids of those that leave for it: none while
// there is room, and else one, which with "reservoir" may be the frame itself; more
// than one when Restore gave more than the capacity. A frame that is a member
// stays as it is.
func (b *Buffer) Add(e Entry) (evicted []uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	m := &b.memory
	if _, member := m.find(e.ID); member {
		return nil
	}
	evicted = b.shrink()
	m.newcomer, _ = m.insert(e)
	m.arrived++
	if len(m.order) > b.opt.Capacity {
		evicted = append(evicted, b.evict(true))
	}
	return evicted
}

// Trim returns the ids of those that leave a buffer which Restore gave more
// entries than its capacity.
func (b *Buffer) Trim() (evicted []uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.shrink()
}

func (b *Buffer) shrink() (evicted []uint64) {
	for len(b.memory.order) > b.opt.Capacity {
		evicted = append(evicted, b.evict(false))
	}
	return evicted
}

func (b *Buffer) evict(arrival bool) uint64 {
	slot := b.policy.victim(arrival)
	id := b.memory.members[slot].ID
	b.remove(slot)
	return id
}

func (b *Buffer) remove(slot int) {
	b.memory.remove(slot)
	b.policy.removed(slot)
}

// Remove forgets frames that were deleted; ids that are no members are ignored.
func (b *Buffer) Remove(ids ...uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, id := range ids {
		if slot, ok := b.memory.slot(id); ok {
			b.remove(slot)
		}
	}
}

// Len returns the number of members.
func (b *Buffer) Len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.memory.order)
}

// Contains says whether a frame is a member.
func (b *Buffer) Contains(id uint64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, ok := b.memory.find(id)
	return ok
}

// Entries returns the members, by id.
func (b *Buffer) Entries() []Entry {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.memory.entries()
}
