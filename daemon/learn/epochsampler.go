package learn

import "math/rand/v2"

// epochSampler draws the pictures of a folder without replacement. Each picture comes
// once in an epoch, in another random order in each epoch. No batch holds a picture
// twice. The draws depend only on the seed, the number of pictures and the sizes of
// the batches. It is for one goroutine.
type epochSampler struct {
	rng      *rand.Rand
	pictures int
	left     []int // pictures still to come in this epoch, in order
}

func newEpochSampler(seed uint64, pictures int) *epochSampler {
	return &epochSampler{rng: rand.New(rand.NewPCG(seed, 0)), pictures: pictures}
}

// next returns n different pictures, by their places in the folder. N is at most the
// number of pictures. A batch that reaches into the next epoch skips the pictures
// that it holds already. They come first in the next batch.
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

// firstDrawn returns the different pictures among the first batches of n, in the order in
// which they come. It draws these batches.
func (s *epochSampler) firstDrawn(batches, n int) []uint64 {
	var drawn []uint64
	seen := make([]bool, s.pictures)
	for range batches {
		if len(drawn) == s.pictures {
			break
		}
		for _, picture := range s.next(n) {
			if !seen[picture] {
				seen[picture] = true
				drawn = append(drawn, picture)
			}
		}
	}
	return drawn
}
