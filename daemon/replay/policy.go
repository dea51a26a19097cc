package replay

import (
	"math/rand/v2"
)

// policy chooses which entry leaves. Its methods run with the buffer's lock held.
type policy interface {
	// victim returns the slot of the entry that leaves. There is at least one entry
	// more than the capacity. With arrival, the newest entry is being admitted.
	// Otherwise the buffer was made smaller.
	victim(arrival bool) int

	// changed tells that the entries in these slots, all different, have new
	// features.
	changed(slots []int)

	// removed tells that the entry of a slot has left.
	removed(slot int)

	// reset tells that everything may have changed.
	reset()
}

// featureless is the part of a policy that does not look at features.
type featureless struct{}

func (featureless) changed([]int) {}
func (featureless) removed(int)   {}
func (featureless) reset()        {}

// fifo lets the oldest entry leave. The buffer is a window of the newest frames.
type fifo struct {
	featureless
	m *memory
}

func newFIFO(m *memory, _ uint64) policy { return fifo{m: m} }

func (f fifo) victim(bool) int { return f.m.oldest() }

// reservoir keeps a uniform sample of all frames that ever came (Vitter, "Random
// Sampling with a Reservoir", ACM TOMS 11 (1985), algorithm R). After k arrivals
// each is a member with the same probability. The next arrivals take the room of
// members that were removed, so the sample is uniform only when nobody deletes
// frames.
//
// Each draw depends on the seed, the number of arrivals and the number of members,
// so these are all of its state.
type reservoir struct {
	featureless
	m    *memory
	seed uint64
}

func newReservoir(m *memory, seed uint64) policy { return reservoir{m: m, seed: seed} }

func (r reservoir) victim(arrival bool) int {
	members := len(r.m.order)
	rng := rand.New(rand.NewPCG(r.seed+uint64(members), r.m.arrived))
	if !arrival {
		return r.m.order[rng.IntN(members)]
	}
	// The new one stays with probability capacity / arrivals, in place of any other.
	// The order of the others does not matter.
	others := members - 1
	at := rng.Uint64N(max(r.m.arrived, uint64(members)))
	if at >= uint64(others) {
		return r.m.newcomer
	}
	slot := r.m.order[at]
	if slot == r.m.newcomer {
		slot = r.m.order[others] // the one place that the draw left out
	}
	return slot
}
