package daemon

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"

	"edgeclr/augment"
	"edgeclr/camera/rgb"
	"edgeclr/daemon/blend"
	"edgeclr/search"
	"edgeclr/storage"
)

// neighbours are the pictures that show much the same as another: each is among
// the k nearest of the other, by the encoder that serves when a round begins.
//
// Such a picture is shown as the second view, and is no negative (Dwibedi et al.
// 2021, "With a Little Help from My Friends", section 3; Huynh et al. 2022,
// "Boosting Contrastive Self-Supervised Learning with False Negative
// Cancellation"). A camera sees a few kinds of things again and again, and
// views of one picture alone would push all things of a kind apart, which a
// pretrained encoder has together.
type neighbours map[uint64][]uint64

// neighbourGroup bounds how many pictures are compared with each other: the
// vectors of so many are in memory at a time.
const neighbourGroup = 4096

// neighbourShare bounds neighbours by the pictures that there are: of few, the
// nearest show different things, and with all alike there would be no negatives.
const neighbourShare = 20

// findNeighbours compares pictures in groups, drawn at random by the seed when
// there are more than neighbourGroup. Vectors gives those of a group; what has
// none has no neighbours.
func findNeighbours(ctx context.Context, ids []uint64, k int, seed uint64, vectors func(ctx context.Context, ids []uint64) (map[uint64][]float32, error)) (neighbours, error) {
	found := neighbours{}
	if k == 0 {
		return found, nil
	}
	ids = slices.Clone(ids)
	if len(ids) > neighbourGroup {
		rand.New(rand.NewPCG(seed^useNeighbours, 0)).Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	}
	for group := range slices.Chunk(ids, neighbourGroup) {
		known, err := vectors(ctx, group)
		if err != nil {
			return nil, err
		}
		group = slices.DeleteFunc(group, func(id uint64) bool { return known[id] == nil })
		if err := found.add(ctx, group, known, k); err != nil {
			return nil, err
		}
	}
	return found, nil
}

func (n neighbours) add(ctx context.Context, ids []uint64, known map[uint64][]float32, k int) error {
	if k = min(k, len(ids)/neighbourShare); k == 0 {
		return nil
	}
	vectors := make([][]float32, len(ids))
	for i, id := range ids {
		vectors[i] = known[id]
	}
	nearest, err := search.Nearest(ctx, vectors, k, 0)
	if err != nil {
		return err
	}
	for i, near := range nearest {
		for _, j := range near {
			if slices.Contains(nearest[j], i) {
				n[ids[i]] = append(n[ids[i]], ids[j])
			}
		}
	}
	return nil
}

// whenMoving gives the neighbours for a step: none while the head learns alone,
// which needs none, so that finding them, once, does not hold up the first step.
func whenMoving(headSteps int, find func() (neighbours, error)) func(step int) (neighbours, error) {
	once := sync.OnceValues(find)
	return func(step int) (neighbours, error) {
		if step < headSteps {
			return nil, nil
		}
		return once()
	}
}

// useNeighbours keeps these draws apart from others of the same seed.
const useNeighbours = 0x6e656172

// mix gives each of the picks a neighbour for its second view, where it has one.
// A neighbour that cannot be learned from (any more) is passed over. What it
// gives depends on seed and step. Picks with another second view keep it.
func (n neighbours) mix(seed uint64, step int, picks []augment.Pick, usable func(id uint64) bool) {
	rng := rand.New(rand.NewPCG(seed^useNeighbours, uint64(step)))
	for i, p := range picks {
		near := n[p.First]
		if len(near) == 0 {
			continue
		}
		if second := near[rng.IntN(len(near))]; p.Second == p.First && usable(second) {
			picks[i].Second = second
		}
	}
}

// alike tells whether two pictures are neighbours.
func (n neighbours) alike(one, other uint64) bool { return slices.Contains(n[one], other) }

// neighbours compares what there is to learn from by the vectors that are
// stored of the encoder that served when the round began.
func (l *learner) neighbours(ctx context.Context, point resumePoint, k int) (neighbours, error) {
	entries := l.s.corpus.buffer.Entries()
	ids := make([]uint64, len(entries))
	for i, e := range entries {
		ids[i] = e.ID
	}
	return findNeighbours(ctx, ids, k, point.Seed, func(ctx context.Context, ids []uint64) (map[uint64][]float32, error) {
		known := make(map[uint64][]float32, len(ids))
		for _, id := range ids {
			// One that is missing or damaged is looked after elsewhere.
			if row, err := l.s.store.Vector(point.Sees, storage.FrameID(id)); err == nil {
				known[id] = row
			}
		}
		return known, ctx.Err()
	})
}

// neighboursOf compares the pictures that are learned from by what the checkpoint
// sees in them. One that cannot be read has none.
func (s *Service) neighboursOf(ctx context.Context, parent storage.Checkpoint, ids []uint64, load func(ctx context.Context, id uint64) (*rgb.Image, error)) (neighbours, error) {
	k := s.config().Learn.Neighbours
	if k == 0 {
		return nil, nil
	}
	encoder, err := blend.OpenCheckpoint(ctx, s.store, parent, blend.IdentityOf(parent), s.runtime())
	if err != nil {
		return nil, err
	}
	defer encoder.Close()
	return findNeighbours(ctx, ids, k, s.config().Model.Seed, func(ctx context.Context, ids []uint64) (map[uint64][]float32, error) {
		known := make(map[uint64][]float32, len(ids))
		for part := range slices.Chunk(ids, examBatch) {
			kept, pictures, err := loadEach(ctx, part, load)
			if err != nil {
				return nil, err
			}
			vectors, err := encoder.Embed(ctx, pictures)
			if err != nil {
				return nil, err
			}
			for i, id := range kept {
				known[id] = vectors[i]
			}
		}
		return known, nil
	})
}

// together tells which of the picks are no negatives of each other, since some
// view of one shows the same picture as one of the other, or an alike one. The
// answer is [N,N], nil when there are none.
func together(picks []augment.Pick, alike func(one, other uint64) bool) []bool {
	same := func(a, b uint64) bool { return a == b || alike(a, b) }
	var answer []bool
	n := len(picks)
	for i, a := range picks {
		for j, b := range picks[:i] {
			if !same(a.First, b.First) && !same(a.First, b.Second) && !same(a.Second, b.First) && !same(a.Second, b.Second) {
				continue
			}
			if answer == nil {
				answer = make([]bool, n*n)
			}
			answer[i*n+j], answer[j*n+i] = true, true
		}
	}
	return answer
}
