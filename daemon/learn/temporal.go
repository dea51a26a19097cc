package learn

import (
	"math/rand/v2"

	"edgeclr/augment"
)

// temporal gives a share of the picks another frame of the same moment for their
// second view (Gordon et al. 2020, "Watching the World Go By"). Time changes a scene in
// ways that crops and colours cannot imitate.
//
// After a scene cut, a frame of the same moment shows something else. So the second
// frame must be nearer to the first one than a random frame of the same source and
// another moment.
type temporal struct {
	share  float64 // of the picks, 0 to 1
	seed   uint64
	vector func(id uint64) ([]float32, error) // stored vector of the encoder that served when the round began
}

// temporalDraws keeps these draws apart from others of the same seed.
const temporalDraws = 0x74656d70

// pair changes the second views of picks in place. The result depends on seed, step,
// the members of the corpus and their vectors.
func (t *temporal) pair(c *Corpus, step int, picks []augment.Pick) {
	if t.share <= 0 || c.moment == 0 {
		return
	}
	rng := rand.New(rand.NewPCG(t.seed^temporalDraws, uint64(step)))
	members := c.buffer.Entries()
	for i := range picks {
		wanted := rng.Float64() < t.share
		first := c.entry(picks[i].First)
		if !wanted || !first.Live {
			continue
		}
		var same, others []uint64 // frames of the same moment, and of other moments
		for _, e := range members {
			switch {
			case e.ID == first.ID || !e.Live || e.Source != first.Source:
			case e.Time.Sub(first.Time).Abs() <= c.moment:
				same = append(same, e.ID)
			default:
				others = append(others, e.ID)
			}
		}
		if len(same) == 0 || len(others) == 0 {
			continue
		}
		second, other := same[rng.IntN(len(same))], others[rng.IntN(len(others))]
		if t.nearer(first.ID, second, other) {
			picks[i].Second = second
		}
	}
}

// nearer tells whether frame a is nearer to b than to c. It is false when a vector is
// missing.
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
