package replay

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// defaultCapacity is a size beyond which more members help little: with 5,000 pictures
// CLIMB (CoLLAs 2026) gained 0.3 points over 2,500.
const defaultCapacity = 4000

// Options say what a buffer keeps, and how much. The zero value is a buffer of
// defaultCapacity frames that keeps the least redundant ones.
type Options struct {
	Capacity int    // frames; 0: defaultCapacity
	Policy   string // one of policies; "": "minred"
	Seed     uint64 // of the draws, and of the reservoir policy
}

// policies is the registry of the policies. A new policy takes one file and one line
// here.
func policies() map[string]func(*memory, uint64) policy {
	return map[string]func(*memory, uint64) policy{
		"fifo":      newFIFO,
		"minred":    newMinRed,
		"reservoir": newReservoir,
	}
}

// policyNames gives the names of all policies, in alphabetical order.
func policyNames() []string { return slices.Sorted(maps.Keys(policies())) }

func (o Options) withDefaults() (Options, error) {
	if o.Capacity == 0 {
		o.Capacity = defaultCapacity
	}
	if o.Policy == "" {
		o.Policy = "minred"
	}
	if o.Capacity < 0 {
		return o, fmt.Errorf("replay: a capacity of %d frames; 0 means %d", o.Capacity, defaultCapacity)
	}
	if _, ok := policies()[o.Policy]; !ok {
		return o, fmt.Errorf("replay: policy %q; known are %s", o.Policy, strings.Join(policyNames(), ", "))
	}
	return o, nil
}

// Entry is a frame that may be learned from.
type Entry struct {
	ID     uint64    // of the frame; higher is newer
	Source string    // source URI
	Time   time.Time // when it was taken

	// Live says that the frame comes from a camera. Only then does Time tell which
	// frames show the same moment. A file of a folder may have any time.
	Live bool
}

// Buffer is a bounded memory of frames to learn from. It is safe for concurrent
// use.
type Buffer struct {
	opt Options

	mu     sync.Mutex
	memory memory
	policy policy
}

// New returns an empty buffer. It is an error when the capacity is negative or the
// policy is unknown.
func New(opt Options) (*Buffer, error) {
	opt, err := opt.withDefaults()
	if err != nil {
		return nil, err
	}
	b := &Buffer{opt: opt}
	b.policy = policies()[opt.Policy](&b.memory, opt.Seed)
	return b, nil
}

// Add admits a frame and returns the ids of the frames that leave. None leaves while
// there is room. When the buffer is full, one leaves; with "reservoir" it may be the
// new frame itself. More than one leaves when Restore gave more than the capacity.
// When the frame is a member already, nothing changes.
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

// Trim removes members when Restore gave more than the capacity, and returns their
// ids.
func (b *Buffer) Trim() (evicted []uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.shrink()
}

// shrink evicts members until the capacity holds. The caller holds mu.
func (b *Buffer) shrink() (evicted []uint64) {
	for len(b.memory.order) > b.opt.Capacity {
		evicted = append(evicted, b.evict(false))
	}
	return evicted
}

// evict removes the member that the policy chooses, and returns its id. Arrival tells
// that the newest member is being admitted. The caller holds mu.
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

// Remove forgets frames that were deleted. It ignores ids that are no members.
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

// Entries returns the members, ordered by id.
func (b *Buffer) Entries() []Entry {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.memory.entries()
}
