package learn

import (
	"context"
	"slices"
	"time"

	"edgeclr/camera/rgb"
	"edgeclr/daemon/blend"
	"edgeclr/daemon/heartbeat"
	"edgeclr/daemon/serving"
	"edgeclr/storage"
)

// neighbours finds the neighbours among the frames of the replay buffer. It compares
// the stored vectors of the encoders that say best what is alike.
func (l *Learner) neighbours(ctx context.Context, point resumePoint, k int) (neighbours, error) {
	encoders, err := l.neighbourEncoders(ctx, point)
	if err != nil {
		return neighbours{}, err
	}
	s := neighbourSearch{K: k, Seed: point.Seed, Moments: l.opt.Corpus.moments(momentsApart)}
	for _, e := range encoders {
		s.Dim += e.Dim
	}
	for _, e := range l.opt.Corpus.buffer.Entries() {
		s.IDs = append(s.IDs, e.ID)
	}
	s.Vectors = func(ctx context.Context, ids []uint64) (vectorSets, error) {
		sets := make(vectorSets, len(encoders))
		for i, e := range encoders {
			sets[i] = make([][]float32, len(ids))
			for j, id := range ids {
				// Versions.Mend computes missing and damaged vectors again.
				sets[i][j], _ = l.opt.Store.Vector([]storage.Encoder{e}, 0, storage.FrameID(id))
			}
			heartbeat.Tick(ctx)
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
		}
		return sets, nil
	}
	return s.find(ctx)
}

// neighbourEncoders are the encoders by whose stored vectors neighbours are found: the
// root, which knows most kinds of things, what served when the round began, which knows
// this camera, and the teacher. The first two saw the pictures at the serving size. At the
// smaller size of training more of the nearest would be of another kind.
func (l *Learner) neighbourEncoders(ctx context.Context, point resumePoint) ([]storage.Encoder, error) {
	served, err := l.opt.Store.Encoders(point.Serving)
	if err != nil {
		return nil, err
	}
	list := slices.Clone(served)
	if root, ok := l.opt.Vectors.Root(ctx); ok && !slices.Contains(list, root) {
		list = append(list, root)
	}
	if l.teacher.network != nil {
		list = append(list, l.teacher.is)
	}
	return list, nil
}

// neighbourTime is the share of a limited training that may be spent on embedding a folder
// to find neighbours.
const neighbourTime = 0.2

// folderNeighbours finds the neighbours among pictures of a folder. It embeds them once,
// at the serving size, by the same encoders as neighbours: the checkpoint from which
// training starts, the root and the teacher. A picture that cannot be read has no
// neighbours, nor has one that is not embedded within the limit; 0 is none.
func (l *Learner) folderNeighbours(ctx context.Context, parent storage.Checkpoint, ids []uint64, limit time.Duration, load func(ctx context.Context, id uint64) (*rgb.Image, error)) (neighbours, error) {
	cfg := l.opt.Config()
	if cfg.Learn.Neighbours == 0 {
		return neighbours{}, nil
	}
	v := l.opt.Versions.Current()
	defer v.Done() // its networks may be among those below
	networks, err := l.folderNetworks(ctx, v, parent)
	if err != nil {
		return neighbours{}, err
	}
	s := neighbourSearch{IDs: ids, K: cfg.Learn.Neighbours, Seed: cfg.Model.Seed}
	var encoders []blend.Encoder
	defer func() {
		for _, e := range encoders {
			_ = e.Close()
		}
	}()
	for _, n := range append(networks, l.teacherNetworks()...) {
		e, err := n.open(ctx)
		if err != nil {
			return neighbours{}, err
		}
		encoders = append(encoders, e)
		s.Dim += n.is.Dim
	}
	begin := time.Now()
	s.Vectors = func(ctx context.Context, ids []uint64) (vectorSets, error) {
		return embedAll(ctx, encoders, ids, load, func(e int) bool {
			spent := time.Since(begin)
			if e >= len(networks) { // a slow teacher leaves half of the time to the others
				spent *= 2
			}
			return limit > 0 && spent > limit
		})
	}
	return s.find(ctx)
}

// folderNetworks are the networks by which neighbours in a folder are found. Those of the
// version that serves are open, by the runtime that serves, which is the fastest.
func (l *Learner) folderNetworks(ctx context.Context, v *serving.Version, parent storage.Checkpoint) (list []network, err error) {
	if v.Checkpoint.ID == parent.ID {
		list, err = l.servingNetworks(ctx, v)
	} else {
		list, err = l.networks(blend.IdentityOf(parent), blend.HalvesOf(ctx, l.opt.Store, parent))
	}
	if err != nil {
		return nil, err
	}
	root, err := l.rootNetworks(ctx, parent)
	if err != nil {
		return nil, err
	}
	for _, n := range root {
		if !slices.ContainsFunc(list, func(other network) bool { return other.is == n.is }) {
			list = append(list, n)
		}
	}
	return list, nil
}

// embedAll decodes each picture once and embeds it by each encoder. The pictures that are
// left when over is true of an encoder get no vector by that one.
func embedAll(ctx context.Context, encoders []blend.Encoder, ids []uint64, load func(ctx context.Context, id uint64) (*rgb.Image, error), over func(encoder int) bool) (vectorSets, error) {
	sets := make(vectorSets, len(encoders))
	for i := range sets {
		sets[i] = make([][]float32, len(ids))
	}
	places := make([]int, len(ids))
	for i := range places {
		places[i] = i
	}
	for part := range slices.Chunk(places, embedBatch) {
		heartbeat.Tick(ctx)
		in := make([]int, 0, len(encoders)) // those that go on
		for e := range encoders {
			if !over(e) {
				in = append(in, e)
			}
		}
		if len(in) == 0 {
			break
		}
		kept, pictures, err := loadEach(ctx, part, func(ctx context.Context, i int) (*rgb.Image, error) { return load(ctx, ids[i]) })
		if err != nil {
			return nil, err
		}
		for _, e := range in {
			vectors, err := encoders[e].Embed(ctx, pictures)
			if err != nil {
				return nil, err
			}
			for j, i := range kept {
				sets[e][i] = vectors[j]
			}
		}
	}
	return sets, nil
}
