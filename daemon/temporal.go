package daemon

import (
	"math/rand/v2"

	"edgeclr/augment"
	"edgeclr/daemon/replay"
)

// temporal gives a share of the picks another frame of the same moment for their
// second view (Gordon et al. 2020, "Watching the World Go By": what time changes no
// crop or colour can). A frame behind a scene cut is none: it must be nearer to
// the first than a frame of the same source and another moment, drawn at
// random, is. Near is by the vectors that answer queries.
type temporal struct {
	share  float64
	seed   uint64
	vector func(id uint64) ([]float32, error)
}

// useTemporal keeps these draws apart from others of the same seed.
const useTemporal = 0x74656d70

// mix changes picks in place. What it gives depends on seed, step and members.
func (t *temporal) mix(c *corpus, step int, picks []augment.Pick) {
	if t.share <= 0 || c.moment == 0 {
		return
	}
	rng := rand.New(rand.NewPCG(t.seed^useTemporal, uint64(step)))
	members := c.buffer.Entries()
	for i := range picks {
		wanted := rng.Float64() < t.share
		first := c.entry(picks[i].First)
		if !wanted || !first.Live {
			continue
		}
		var near, far []uint64
		for _, e := range members {
			switch {
			case e.ID == first.ID || !e.Live || e.Source != first.Source:
			case e.Time.Sub(first.Time).Abs() <= c.moment:
				near = append(near, e.ID)
			default:
				far = append(far, e.ID)
			}
		}
		if len(near) == 0 || len(far) == 0 {
			continue
		}
		second, other := near[rng.IntN(len(near))], far[rng.IntN(len(far))]
		if t.nearer(first.ID, second, other) {
			picks[i].Second = second
		}
	}
}

// nearer tells whether a is nearer to b than to c; not, where a vector is missing.
func (t *temporal) nearer(a, b, c uint64) bool {
	var v [3][]float32
	for i, id := range []uint64{a, b, c} {
		var err error
		if v[i], err = t.vector(id); err != nil {
			return false
		}
	}
	return dot(v[0], v[1]) > dot(v[0], v[2])
}

func dot(a, b []float32) (sum float64) {
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

// entry describes a member; one that has left is a zero.
func (c *corpus) entry(id uint64) replay.Entry {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.entries[id]
}
