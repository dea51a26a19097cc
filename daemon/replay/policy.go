package replay

import (
	"math/rand/v2"
)

// policy chooses which entry leaves. Its methods run with the buffer's lock held.
type policy interface {
	// victim returns the slot of the member that leaves. There are more members than
	// the capacity. With arrival, the newest member is being admitted. Otherwise the
	// capacity was lowered.
	victim(arrival bool) int

	// changed is called when the members in these slots, all different, have new
	// features.
	changed(slots []int)

	// removed is called when the member of a slot has left.
	removed(slot int)

	// reset is called when all members and features may have changed.
	reset()
}

// featureless is embedded in policies that use no features.
type featureless struct{}

func (featureless) changed([]int) {}
func (featureless) removed(int)   {}
func (featureless) reset()        {}

// fifo lets the oldest member leave. The buffer then holds the newest frames.
type fifo struct {
	featureless
	m *memory
}

func newFIFO(m *memory, _ uint64) policy { return fifo{m: m} }

func (f fifo) victim(bool) int { return f.m.oldest() }

// reservoir keeps a uniform sample of all frames that ever came (Vitter, "Random
// Sampling with a Reservoir", ACM TOMS 11 (1985), algorithm R). After k arrivals each
// of the k frames is a member with the same probability. When frames are deleted, the
// next arrivals take their places, and the sample is no longer uniform.
//
// Each draw depends only on the seed, the number of arrivals and the number of
// members. The policy has no other state.
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
	// The new member stays with probability capacity / arrivals, in place of a random
	// one of the others.
	others := members - 1
	at := rng.Uint64N(max(r.m.arrived, uint64(members)))
	if at >= uint64(others) {
		return r.m.newcomer
	}
	slot := r.m.order[at]
	if slot == r.m.newcomer {
		slot = r.m.order[others] // the only place that at cannot be
	}
	return slot
}
