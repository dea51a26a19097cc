package learn

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

// neighbours maps a picture to the pictures that show much the same. Two pictures are
// neighbours when each is among the k nearest of the other, by the encoder that
// serves when a round begins.
//
// A neighbour becomes the second view, and is no negative (Dwibedi et al. 2021,
// "With a Little Help from My Friends", section 3; Huynh et al. 2022, "Boosting
// Contrastive Self-Supervised Learning with False Negative Cancellation"). A
// camera sees a few kinds of things again and again. A pretrained encoder has the
// pictures of a kind close together. If only the views of one picture were positives,
// training would push them apart.
type neighbours map[uint64][]uint64

// neighbourGroup is the most pictures that are compared with each other. The vectors
// of one group are in memory at a time.
const neighbourGroup = 4096

// neighbourShare bounds k: a picture has at most one neighbour for every 20 pictures
// of its group. The nearest of a few pictures show different things, and without the
// bound there might be no negatives.
const neighbourShare = 20

// findNeighbours finds at most k neighbours of each picture. When there are more than
// neighbourGroup pictures, it compares them in random groups that depend on the seed.
// The vectors function returns the vectors of a group. A picture without a vector has
// no neighbours.
func findNeighbours(ctx context.Context, ids []uint64, k int, seed uint64, vectors func(ctx context.Context, ids []uint64) (map[uint64][]float32, error)) (neighbours, error) {
	found := neighbours{}
	if k == 0 {
		return found, nil
	}
	ids = slices.Clone(ids)
	if len(ids) > neighbourGroup {
		rand.New(rand.NewPCG(seed^neighbourDraws, 0)).Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
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

// add finds the neighbours within a group of pictures.
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
	for i, list := range nearest {
		for _, j := range list {
			if slices.Contains(nearest[j], i) {
				n[ids[i]] = append(n[ids[i]], ids[j])
			}
		}
	}
	return nil
}

// contain tells whether two pictures are neighbours.
func (n neighbours) contain(one, other uint64) bool { return slices.Contains(n[one], other) }

// whenMoving returns a function that gives the neighbours for a step. It calls find
// once, before the first step that moves the encoder. In the headSteps before, while
// only the head learns, there are none: finding them would delay the first step.
func whenMoving(headSteps int, find func() (neighbours, error)) func(step int) (neighbours, error) {
	once := sync.OnceValues(find)
	return func(step int) (neighbours, error) {
		if step < headSteps {
			return nil, nil
		}
		return once()
	}
}

// neighbourDraws keeps these draws apart from others of the same seed.
const neighbourDraws = 0x6e656172

// pair gives picks a neighbour for their second view, in place. The drawn neighbour
// must be usable. A pick that already shows another picture in its second view keeps
// it. The result depends on seed and step.
func (n neighbours) pair(seed uint64, step int, picks []augment.Pick, usable func(id uint64) bool) {
	rng := rand.New(rand.NewPCG(seed^neighbourDraws, uint64(step)))
	for i, p := range picks {
		list := n[p.First]
		if len(list) == 0 {
			continue
		}
		if second := list[rng.IntN(len(list))]; p.Second == p.First && usable(second) {
			picks[i].Second = second
		}
	}
}

// notNegatives tells which of the picks must not be negatives of each other. These are
// two picks of which a view of one and a view of the other show the same picture, or
// two pictures for which showSame is true. The answer is [N,N]; nil when there are
// none.
func notNegatives(picks []augment.Pick, showSame func(one, other uint64) bool) []bool {
	same := func(a, b uint64) bool { return a == b || showSame(a, b) }
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

// neighbours finds the neighbours among the frames of the replay buffer. It compares
// the stored vectors of the encoder that served when the round began.
func (l *Learner) neighbours(ctx context.Context, point resumePoint, k int) (neighbours, error) {
	served, err := l.opt.Store.Encoders(point.Serving)
	if err != nil {
		return nil, err
	}
	cp, err := l.opt.Store.Checkpoint(point.Serving)
	if err != nil {
		return nil, err
	}
	entries := l.opt.Corpus.buffer.Entries()
	ids := make([]uint64, len(entries))
	for i, e := range entries {
		ids[i] = e.ID
	}
	return findNeighbours(ctx, ids, k, point.Seed, func(ctx context.Context, ids []uint64) (map[uint64][]float32, error) {
		known := make(map[uint64][]float32, len(ids))
		for _, id := range ids {
			// Versions.Mend computes missing and damaged vectors again.
			if row, err := l.opt.Store.Vector(served, cp.Share, storage.FrameID(id)); err == nil {
				known[id] = row
			}
		}
		return known, ctx.Err()
	})
}

// folderNeighbours finds the neighbours among the pictures of a folder. It embeds them
// with the checkpoint from which training starts. A picture that cannot be read has no
// neighbours.
func (l *Learner) folderNeighbours(ctx context.Context, parent storage.Checkpoint, ids []uint64, load func(ctx context.Context, id uint64) (*rgb.Image, error)) (neighbours, error) {
	cfg := l.opt.Config()
	if cfg.Learn.Neighbours == 0 {
		return nil, nil
	}
	encoder, err := l.opener().OpenCheckpoint(ctx, l.opt.Store, parent, blend.IdentityOf(parent))
	if err != nil {
		return nil, err
	}
	defer encoder.Close()
	return findNeighbours(ctx, ids, cfg.Learn.Neighbours, cfg.Model.Seed, func(ctx context.Context, ids []uint64) (map[uint64][]float32, error) {
		known := make(map[uint64][]float32, len(ids))
		for part := range slices.Chunk(ids, embedBatch) {
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
