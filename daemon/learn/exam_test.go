package learn

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"

	"edgeclr/camera/rgb"
	"edgeclr/config"
	"edgeclr/daemon/blend"
	"edgeclr/model"
	"edgeclr/storage"
)

// thumbnails is an encoder without a network: its vector of a picture is a thumbnail.
type thumbnails struct{ side, size int }

func (e thumbnails) Embed(_ context.Context, pictures []*rgb.Image) ([][]float32, error) {
	rows := make([][]float32, len(pictures))
	for i, m := range pictures {
		for _, p := range m.Resize(e.side, e.side).Pix {
			rows[i] = append(rows[i], float32(p)+1)
		}
	}
	return rows, nil
}

func (e thumbnails) Dim() int     { return 3 * e.side * e.side }
func (e thumbnails) Size() int    { return e.size }
func (e thumbnails) Close() error { return nil }

// thumbnailNetwork is a network of that name. It counts how often it is opened.
func thumbnailNetwork(name string, side, size int, opened map[string]int) network {
	e := thumbnails{side, size}
	return network{is: storage.Encoder{Weights: name, Size: size, Precision: storage.PrecisionFloat, Accelerator: storage.AcceleratorCPU, Dim: e.Dim()},
		open: func(context.Context) (blend.Encoder, error) { opened[name]++; return e, nil }}
}

func emptyStore(t *testing.T) *storage.Store {
	t.Helper()
	st, err := storage.Open(t.Context(), t.TempDir(), storage.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if r, err := st.Check(context.Background()); err != nil || !r.OK() {
			t.Errorf("%+v, %v", r, err)
		}
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	return st
}

// sceneSet holds n pictures back.
func sceneSet(n int) *evalSet {
	set := &evalSet{seed: 1, load: func(_ context.Context, id uint64) (*rgb.Image, error) { return scene(int(id)), nil }}
	for id := range uint64(n) {
		set.ids = append(set.ids, id)
	}
	return set
}

// Each exam computes only what no exam before has computed, with the same result.
func TestExamComputesWhatIsNew(t *testing.T) {
	const n, each = 20, 1 + viewsEach
	opened := map[string]int{}
	root, serving, candidate := thumbnailNetwork("root", 4, 32, opened), thumbnailNetwork("serving", 5, 32, opened), thumbnailNetwork("candidate", 6, 32, opened)
	next := thumbnailNetwork("next", 3, 32, opened)
	st := emptyStore(t)
	kept := &examStore{store: st}
	set := sceneSet(n)
	var replaced uint64 // its picture is another than before
	load := set.load
	set.load = func(ctx context.Context, id uint64) (*rgb.Image, error) {
		if id == replaced && id != 0 {
			return load(ctx, 1000)
		}
		return load(ctx, id)
	}
	steps := []struct {
		name     string
		change   func()
		networks []network
		runs     int
		opened   []string
		keep     storage.Encoder // serves afterwards
	}{
		{"the first", nil, []network{root, serving, root, candidate, root}, 3 * n * each, []string{"root", "serving", "candidate"}, serving.is},
		{"a dropped candidate", nil, []network{root, serving, root, next}, n * each, []string{"next"}, serving.is},
		{"a candidate that serves", nil, []network{root, serving, root, candidate}, n * each, []string{"candidate"}, candidate.is},
		{"after it was promoted", nil, []network{root, candidate, root, next}, n * each, []string{"next"}, candidate.is},
		{"nothing new", nil, []network{root, candidate}, 0, nil, candidate.is},
		{"more pictures", func() { set.ids = append(set.ids, n, n+1) }, []network{root, candidate}, 2 * 2 * each, []string{"root", "candidate"}, candidate.is},
		{"fewer pictures", func() { set.ids = slices.Delete(set.ids, 3, 9) }, []network{root, candidate}, 0, nil, candidate.is},
		{"another picture", func() { replaced = 12 }, []network{root, candidate}, 2 * each, []string{"root", "candidate"}, candidate.is},
		{"another seed", func() { set.seed = 2 }, []network{root, candidate}, 2 * (n + 2 - 6) * each, []string{"root", "candidate"}, candidate.is},
		{"the root serves again", nil, []network{root, next}, (n + 2 - 6) * each, []string{"next"}, root.is},
		{"what served is forgotten", nil, []network{root, candidate}, (n + 2 - 6) * each, []string{"candidate"}, root.is},
	}
	for _, tt := range steps {
		t.Run(tt.name, func(t *testing.T) {
			if tt.change != nil {
				tt.change()
			}
			clear(opened)
			x, err := hold(t.Context(), set, kept, tt.networks...)
			if err != nil {
				t.Fatal(err)
			}
			slices.Sort(tt.opened)
			if got := slices.Sorted(maps.Keys(opened)); x.runs != tt.runs || !slices.Equal(got, tt.opened) {
				t.Errorf("%d runs, opened %v; want %d, %v", x.runs, got, tt.runs, tt.opened)
			}
			if err := x.save(t.Context(), root.is, tt.keep); err != nil {
				t.Fatal(err)
			}
			fresh, err := hold(t.Context(), set, nil, tt.networks...)
			if err != nil || !slices.Equal(x.ids, fresh.ids) || !reflect.DeepEqual(x.vectors, fresh.vectors) {
				t.Errorf("the vectors are others than without an earlier exam, %v", err)
			}
		})
	}
}

// Networks of other sizes see squares of their own. A picture that cannot be read is left
// out. The stored vectors of named frames are taken from the store.
func TestExamOfSizesAndNames(t *testing.T) {
	opened := map[string]int{}
	small, large := thumbnailNetwork("small", 4, 32, opened), thumbnailNetwork("large", 4, 64, opened)
	set := sceneSet(6)
	load := set.load
	set.load = func(ctx context.Context, id uint64) (*rgb.Image, error) {
		if id == 2 {
			return nil, errors.New("gone")
		}
		return load(ctx, id)
	}
	for id := range storage.FrameID(3) {
		set.labelled = append(set.labelled, labelledFrame{id: id, class: int(id), load: func(_ context.Context, id storage.FrameID) (*rgb.Image, error) {
			if id == 1 {
				return nil, errors.New("gone")
			}
			return scene(int(id)), nil
		}})
	}
	stored := slices.Repeat([]float32{7}, 48)
	set.vectorOf = func(e storage.Encoder, id storage.FrameID) ([]float32, error) {
		if e == small.is && id == 2 {
			return stored, nil
		}
		return nil, storage.ErrNotFound
	}
	x, err := hold(t.Context(), set, nil, small, large)
	if err != nil {
		t.Fatal(err)
	}
	if want := []uint64{0, 1, 3, 4, 5}; !slices.Equal(x.ids, want) || !slices.Equal(x.classes, []int{0, 2}) {
		t.Errorf("pictures %v, classes %v", x.ids, x.classes)
	}
	if x.runs != 2*5*3+1+2 {
		t.Errorf("%d runs", x.runs)
	}
	first, second := x.vectors[small.is], x.vectors[large.is]
	if len(first.images) != 5 || len(first.views) != 10 || reflect.DeepEqual(first.images, second.images) {
		t.Errorf("%d vectors, %d of views", len(first.images), len(first.views))
	}
	if !slices.Equal(first.labelled[1], stored) || slices.Equal(second.labelled[1], stored) {
		t.Error("the stored vector of a named frame")
	}
}

// An exam fails when a network cannot be opened, and closes the others.
func TestExamThatFails(t *testing.T) {
	opened := map[string]int{}
	broken := thumbnailNetwork("broken", 4, 32, opened)
	broken.open = func(context.Context) (blend.Encoder, error) { return nil, errors.New("no weights") }
	if _, err := hold(t.Context(), sceneSet(3), nil, thumbnailNetwork("root", 4, 32, opened), broken); err == nil {
		t.Error("no error")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := hold(ctx, sceneSet(3), &examStore{store: emptyStore(t)}, thumbnailNetwork("root", 4, 32, opened)); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// A state that does not fit gives no vectors.
func TestExamStateThatDoesNotFit(t *testing.T) {
	opened := map[string]int{}
	root := thumbnailNetwork("root", 4, 32, opened)
	for name, spoil := range map[string]func(s *examState){
		"fewer ids":          func(s *examState) { s.IDs = s.IDs[:3] },
		"fewer fingerprints": func(s *examState) { s.Pictures = s.Pictures[:3] },
		"more ids":           func(s *examState) { s.IDs = append(s.IDs, 7); s.Pictures = append(s.Pictures, 7) },
		"other views":        func(s *examState) { s.Views = 5 },
		"negative views":     func(s *examState) { s.Views = -3 },
		"another encoder":    func(s *examState) { s.Encoder.Size++ },
	} {
		t.Run(name, func(t *testing.T) {
			kept, set := &examStore{store: emptyStore(t)}, sceneSet(11)
			x, err := hold(t.Context(), set, kept, root)
			if err == nil {
				err = x.save(t.Context(), root.is, root.is)
			}
			var state examState
			tensors, loadErr := kept.store.LoadState(t.Context(), examRoot, &state)
			if err = errors.Join(err, loadErr); err != nil || len(tensors) != 2 {
				t.Fatal(len(tensors), err)
			}
			spoil(&state)
			if err := kept.store.SaveState(t.Context(), examRoot, state, tensors); err != nil {
				t.Fatal(err)
			}
			if x, err = hold(t.Context(), set, kept, root); err != nil || x.runs != 11*3 {
				t.Errorf("%d runs, %v", x.runs, err)
			}
		})
	}
}

// Real encoders: a verdict does not depend on what earlier exams kept.
func TestVerdictsOfKeptVectors(t *testing.T) {
	for _, how := range []string{config.BlendNone, config.BlendAverage, config.BlendJoin} {
		t.Run(how, func(t *testing.T) {
			s := open(t, smallConfig(t))
			set, kept := sceneSet(34), &examStore{s.store, s.learner.opt.Log}
			served, first := adapt(t, s, "c1", how, 0.02)
			if _, err := s.versions.Promote(t.Context(), string(served.ID), "by hand", nil); err != nil {
				t.Fatal(err)
			}
			_, second := adapt(t, s, "c1", how, 0.05)
			for _, state := range []model.State{first, second, first} {
				with, err := s.learner.compare(t.Context(), set, kept, served, state)
				without, err2 := s.learner.compare(t.Context(), set, nil, served, state)
				if err = errors.Join(err, err2); err != nil || fmt.Sprint(with) != fmt.Sprint(without) {
					t.Errorf("%v and %v, %v", with.Reason, without.Reason, err)
				}
			}
		})
	}
}
