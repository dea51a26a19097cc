package replay

import "math/rand/v2"

// reservoir keeps a uniform sample of all frames that ever came (Vitter,
// "Random Sampling with a Reservoir", ACM TOMS 11 (1985), algorithm R): of k
// arrivals each is a member with the same probability. Members that others
// removed make room that the next arrivals take, so the sample is uniform only
// of a stream that nobody deletes from.
//
// Chance is drawn anew from the seed, the number of arrivals and that of
// members, so these are all of its state.
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
	// The new one stays with probability capacity / arrivals, in place of any
	// other: which arrangement the others are in does not matter.
	others := members - 1
	at := rng.Uint64N(max(r.m.arrived, uint64(members)))
	if at >= uint64(others) {
		return r.m.newcomer
	}
	slot := r.m.order[at]
	if slot == r.m.newcomer {
		slot = r.m.order[others] // the place that is left of the draw
	}
	return slot
}
