package learn

import (
	"context"
	"encoding/binary"
	"errors"
	"hash/fnv"
	"log/slog"
	"slices"

	"edgeclr/camera/rgb"
	"edgeclr/internal/tensor"
	"edgeclr/storage"
)

// An exam keeps vectors in two of the store's states: those of the root, and those of
// what serves. A candidate that is to serve takes the second place, so the next exam
// computes only those of the next candidate.
const (
	examRoot    = "exam-root"
	examServing = "exam-serving"
)

// examBlock is how many pictures share a tensor of these states. A tensor that did not
// change is not written again, and pictures come at the end.
const examBlock = 8

// examStore keeps the vectors of exams in the store. So neither the next exam nor one
// after a restart computes them again, and they take no memory between exams. A nil
// examStore keeps nothing.
type examStore struct {
	store *storage.Store
	log   *slog.Logger
}

// knownPicture names a picture of which vectors are known.
type knownPicture struct{ id, sum uint64 }

// knownVectors are the vectors of a picture and of its views, [1+viewsEach][dim].
type knownVectors map[knownPicture][][]float32

// examState describes the vectors of a network in the store. Its tensors are
// [examBlock, 1+Views, Dim], in the order of the pictures; the last one may be shorter.
type examState struct {
	Encoder  storage.Encoder
	Seed     uint64   // of the views
	Views    int      // of each picture
	IDs      []uint64 // of the pictures, [n]
	Pictures []uint64 // their fingerprints, [n]
}

// load reads what is kept of a network for views of that seed. Without any, or when it is
// damaged, all is computed again.
func (s *examStore) load(ctx context.Context, is storage.Encoder, seed uint64) knownVectors {
	if s == nil {
		return nil
	}
	for _, name := range []string{examRoot, examServing} {
		var state examState
		tensors, err := s.store.LoadState(ctx, name, &state)
		if err == nil && state.Encoder == is && state.Seed == seed && state.Views == viewsEach {
			return state.vectors(tensors)
		}
	}
	return nil
}

// vectors takes the vectors out of tensors. Tensors that do not fit give none.
func (s examState) vectors(tensors []tensor.Tensor) knownVectors {
	known := knownVectors{}
	each, dim := 1+s.Views, s.Encoder.Dim
	if len(s.Pictures) != len(s.IDs) {
		return nil
	}
	for k, t := range tensors {
		first := k * examBlock
		n := min(examBlock, len(s.IDs)-first)
		if n < 0 || len(t.Data) != n*each*dim {
			return nil
		}
		for i := range n {
			rows := make([][]float32, each)
			for j := range rows {
				rows[j] = t.Data[(i*each+j)*dim:][:dim:dim]
			}
			known[knownPicture{s.IDs[first+i], s.Pictures[first+i]}] = rows
		}
	}
	return known
}

// save keeps the vectors of the root, and of the network that serves next. A network
// that is the zero Encoder, or the root again, is not kept. A full disk is no error: the
// next exam computes them again.
func (x *exam) save(ctx context.Context, root, serving storage.Encoder) error {
	if x.kept == nil {
		return nil
	}
	if serving == root {
		serving = storage.Encoder{}
	}
	for name, is := range map[string]storage.Encoder{examRoot: root, examServing: serving} {
		if err := x.saveOne(ctx, name, is); err != nil {
			x.kept.log.Warn("the vectors by which encoders are compared were not kept; the next comparison computes them again", "error", err)
			if !errors.Is(err, storage.ErrFull) {
				return err
			}
		}
	}
	return nil
}

// saveOne replaces one of the states. It writes nothing when nothing changed.
func (x *exam) saveOne(ctx context.Context, name string, is storage.Encoder) error {
	var before examState
	_, err := x.kept.store.LoadState(ctx, name, &before)
	found := err == nil
	v := x.vectors[is]
	if v == nil {
		if found {
			return x.kept.store.DeleteState(ctx, name)
		}
		return nil
	}
	if found && before.Encoder == is && before.Seed == x.set.seed && before.Views == viewsEach &&
		slices.Equal(before.IDs, x.ids) && slices.Equal(before.Pictures, x.pictures) {
		return nil
	}
	state := examState{Encoder: is, Seed: x.set.seed, Views: viewsEach, IDs: x.ids, Pictures: x.pictures}
	var tensors []tensor.Tensor
	for first := 0; first < len(x.ids); first += examBlock {
		n := min(examBlock, len(x.ids)-first)
		var data []float32
		for i := first; i < first+n; i++ {
			data = append(data, v.images[i]...)
			data = append(data, slices.Concat(v.views[i*viewsEach:][:viewsEach]...)...)
		}
		tensors = append(tensors, tensor.Tensor{Name: "vectors", Shape: []int{n, 1 + viewsEach, is.Dim}, Data: data})
	}
	return x.kept.store.SaveState(ctx, name, state, tensors)
}

// fingerprint tells pictures apart: their vectors are taken from an earlier exam only
// when no pixel has changed.
func fingerprint(m *rgb.Image) uint64 {
	sum := fnv.New64a()
	_ = binary.Write(sum, binary.LittleEndian, [2]int64{int64(m.Width), int64(m.Height)})
	_, _ = sum.Write(m.Pix)
	return sum.Sum64()
}
