package learn

import (
	"context"
	"errors"
	"runtime"
	"slices"

	"edgeclr/camera/rgb"
	"edgeclr/daemon/blend"
	"edgeclr/daemon/heartbeat"
	"edgeclr/daemon/probe"
	"edgeclr/storage"
)

const (
	// viewsEach is how many views are made of each picture.
	viewsEach = 2
	// embedBatch is how many pictures are decoded and embedded together.
	embedBatch = 16
)

// network is one network whose vectors an exam compares: the root, what serves, or a
// candidate. A join has two.
type network struct {
	is    storage.Encoder
	share float64 // weight of the adapted half of a join, if it is that: see storage.Join
	// open opens the network. It is called only when vectors are missing, and the exam
	// closes what it returns.
	open func(ctx context.Context) (blend.Encoder, error)
}

// exam holds the vectors by which encoders are compared: those that some networks made of
// an evalSet. Each network appears once, whatever encoders are joined of it.
type exam struct {
	set  *evalSet
	kept *examStore // nil: nothing is kept from exam to exam

	ids      []uint64 // of the pictures that can be read, [n]
	pictures []uint64 // fingerprints of their pixels, [n]
	classes  []int    // of the named frames that can be read, [m]
	vectors  map[storage.Encoder]*examVectors

	scored map[storage.Encoder]measured // the networks whose scores are known

	runs int // how often a network ran for one picture or view
}

// examVectors are the vectors of one network.
type examVectors struct {
	images   [][]float32 // of the pictures, [n][dim]
	views    [][]float32 // of their views, [n*viewsEach][dim]
	labelled [][]float32 // of the named frames, [m][dim]
}

// hold embeds the pictures of a set by each of the networks. It takes vectors that an
// earlier exam kept, so that of the root and of what serves only those of new pictures are
// computed. It leaves out pictures that cannot be read any more.
func hold(ctx context.Context, set *evalSet, kept *examStore, networks ...network) (*exam, error) {
	x := &exam{set: set, kept: kept, vectors: map[storage.Encoder]*examVectors{}, scored: map[storage.Encoder]measured{}}
	var all []*examinee
	for _, n := range networks {
		if x.vectors[n.is] == nil {
			x.vectors[n.is] = &examVectors{}
			all = append(all, &examinee{network: n, examVectors: x.vectors[n.is], known: kept.load(ctx, n.is, set.seed)})
		}
	}
	err := x.embedPictures(ctx, all)
	if err == nil {
		err = x.embedLabelled(ctx, all)
	}
	for _, e := range all {
		if e.encoder != nil {
			err = errors.Join(err, e.encoder.Close())
		}
	}
	return x, err
}

// examinee is a network during an exam.
type examinee struct {
	network
	*examVectors
	known   knownVectors
	encoder blend.Encoder // nil until it is needed
}

// run embeds pictures by one of the networks, which it opens first if need be.
func (x *exam) run(ctx context.Context, e *examinee, pictures []*rgb.Image) (vectors [][]float32, err error) {
	if len(pictures) == 0 {
		return nil, nil
	}
	if e.encoder == nil {
		if e.encoder, err = e.open(ctx); err != nil {
			return nil, err
		}
	}
	x.runs += len(pictures)
	return e.encoder.Embed(ctx, pictures)
}

// viewsOf makes what networks see of a batch of pictures. Several networks of one size
// see the same.
type viewsOf struct {
	viewer   *probe.Viewer
	seed     uint64
	ids      []uint64
	pictures []*rgb.Image
	made     map[[2]int][]*rgb.Image // by picture and size
}

// at gives picture i as a square of size pixels, and mild views of it.
func (v *viewsOf) at(i, size int) []*rgb.Image {
	key := [2]int{i, size}
	if v.made[key] == nil {
		if v.made == nil {
			v.made = map[[2]int][]*rgb.Image{}
		}
		m := v.pictures[i] // of a store that squashes, a wide picture is a square already: see squash
		v.made[key] = append([]*rgb.Image{m.EvalSquare(size)}, v.viewer.Views(m, size, v.seed, v.ids[i], viewsEach)...)
	}
	return v.made[key]
}

// embedPictures embeds the pictures that are held back, and mild views of each.
func (x *exam) embedPictures(ctx context.Context, all []*examinee) error {
	viewer := probe.NewViewer(slices.ContainsFunc(all, func(e *examinee) bool { return e.is.Squash }))
	for part := range slices.Chunk(x.set.ids, embedBatch) {
		heartbeat.Tick(ctx)
		ids, pictures, err := loadEach(ctx, part, x.set.load)
		if err != nil {
			return err
		}
		sums := make([]uint64, len(pictures))
		for i, m := range pictures {
			sums[i] = fingerprint(m)
		}
		views := viewsOf{viewer: viewer, seed: x.set.seed, ids: ids, pictures: pictures}
		for _, e := range all {
			rows := make([][][]float32, len(ids)) // of each picture: its vector, and those of its views
			var missing []int
			var squares []*rgb.Image
			for i, id := range ids {
				if rows[i] = e.known[knownPicture{id, sums[i]}]; rows[i] == nil {
					missing, squares = append(missing, i), append(squares, views.at(i, e.is.Size)...)
				}
			}
			vectors, err := x.run(ctx, e, squares)
			if err != nil {
				return err
			}
			for k, i := range missing {
				rows[i] = vectors[k*(1+viewsEach):][:1+viewsEach]
			}
			for _, r := range rows {
				e.images, e.views = append(e.images, r[0]), append(e.views, r[1:]...)
			}
		}
		x.ids, x.pictures = append(x.ids, ids...), append(x.pictures, sums...)
		runtime.GC() // the decoded pictures are large, and the heap would double otherwise
	}
	return nil
}

// embedLabelled embeds the named frames. The store has the vectors of most.
func (x *exam) embedLabelled(ctx context.Context, all []*examinee) error {
	var square rgb.Square // that all networks see; zero: several
	for i, e := range all {
		if sees := e.is.Square(); i == 0 {
			square = sees
		} else if sees != square {
			square = rgb.Square{}
			break
		}
	}
	for part := range slices.Chunk(x.set.labelled, embedBatch) {
		heartbeat.Tick(ctx)
		kept, pictures, err := loadEach(ctx, part, func(ctx context.Context, f labelledFrame) (*rgb.Image, error) {
			m, err := f.load(ctx, f.id)
			if err == nil && square.Size > 0 {
				m = square.Of(m) // full pictures would not fit into the memory of a small board
			}
			return m, err
		})
		if err != nil {
			return err
		}
		for _, f := range kept {
			x.classes = append(x.classes, f.class)
		}
		for _, e := range all {
			rows := make([][]float32, len(kept))
			var missing []int
			var lacking []*rgb.Image
			for i, f := range kept {
				if rows[i] = x.set.stored(e.is, f.id); rows[i] == nil {
					missing, lacking = append(missing, i), append(lacking, pictures[i])
				}
			}
			vectors, err := x.run(ctx, e, lacking)
			if err != nil {
				return err
			}
			for k, i := range missing {
				rows[i] = vectors[k]
			}
			e.labelled = append(e.labelled, rows...)
		}
	}
	return nil
}

// loadEach loads pictures and leaves out those that cannot be read (any more).
// Its only error is the context's.
func loadEach[T any](ctx context.Context, list []T, load func(ctx context.Context, one T) (*rgb.Image, error)) (kept []T, pictures []*rgb.Image, err error) {
	for _, one := range list {
		m, err := load(ctx, one)
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		if err == nil {
			kept, pictures = append(kept, one), append(pictures, m)
		}
	}
	return kept, pictures, nil
}
