package daemon

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"edgeclr/augment"
	"edgeclr/storage"
)

// sampleRefresh is how often the sampler looks for new frames.
const sampleRefresh = 10 * time.Second

// sampler draws the frames of a step, uniformly and without repeats, from the
// stored frames whose picture was kept. What it draws depends on the seed, the
// step and the frames there are.
type sampler struct {
	ctx   context.Context // of the round that draws
	store *storage.Store
	seed  uint64
	batch int

	ids  []storage.FrameID
	read time.Time
}

// newSampler counts the frames. The batch becomes smaller when there are fewer
// frames than that.
func newSampler(ctx context.Context, st *storage.Store, seed uint64, batch int) (*sampler, error) {
	s := &sampler{ctx: ctx, store: st, seed: seed, batch: batch}
	if err := s.refresh(); err != nil {
		return nil, err
	}
	s.batch = min(batch, len(s.ids))
	if s.batch < 2 {
		return nil, fmt.Errorf("%d frames have their picture kept, and learning needs 2 or more; with store.frames: none nothing can be learned",
			len(s.ids))
	}
	return s, nil
}

func (s *sampler) refresh() error {
	ids, err := s.store.KeptFrameIDs(s.ctx)
	if err != nil {
		return err
	}
	s.ids, s.read = ids, time.Now()
	return nil
}

// choose draws the frames of a step. It is called from one goroutine.
func (s *sampler) choose(step int) ([]augment.Pick, error) {
	if time.Since(s.read) > sampleRefresh {
		if err := s.refresh(); err != nil {
			return nil, err
		}
		if len(s.ids) < s.batch {
			return nil, fmt.Errorf("only %d frames are left for a batch of %d", len(s.ids), s.batch)
		}
	}
	return augment.Same(draw(s.seed, step, len(s.ids), s.batch, func(i int) uint64 { return uint64(s.ids[i]) })), nil
}

// draw picks k of n without repeats (Floyd's algorithm), the same for the same
// seed and step.
func draw(seed uint64, step, n, k int, id func(i int) uint64) []uint64 {
	rng := rand.New(rand.NewPCG(seed, uint64(step)))
	taken := make(map[int]bool, k)
	ids := make([]uint64, 0, k)
	for j := n - k; j < n; j++ {
		i := rng.IntN(j + 1)
		if taken[i] {
			i = j
		}
		taken[i] = true
		ids = append(ids, id(i))
	}
	return ids
}
