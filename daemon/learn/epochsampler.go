package learn

import "math/rand/v2"

// epochSampler draws the pictures of a folder without replacement. Each comes
// once in an epoch, in an order drawn anew for each epoch. No batch holds a
// picture twice. What it draws depends on the seed and the sizes alone. It is for
// one goroutine.
type epochSampler struct {
	rng      *rand.Rand
	pictures int
	left     []int // of the present epoch
}

func newEpochSampler(seed uint64, pictures int) *epochSampler {
	return &epochSampler{rng: rand.New(rand.NewPCG(seed, 0)), pictures: pictures}
}

// next gives n different pictures, by their places in the folder. There must be
// that many. A batch that reaches into the next epoch skips what it holds
// already. The skipped ones come first in the batch after it.
func (s *epochSampler) next(n int) []uint64 {
	batch := make([]uint64, 0, n)
	held := make(map[int]bool, n)
	for len(batch) < n {
		if len(s.left) == 0 {
			s.left = s.rng.Perm(s.pictures)
		}
		at := 0
		for held[s.left[at]] {
			at++
		}
		picture := s.left[at]
		copy(s.left[1:at+1], s.left[:at]) // those that were skipped stay in front
		s.left = s.left[1:]
		held[picture] = true
		batch = append(batch, uint64(picture))
	}
	return batch
}
