package replay

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"
	"testing"
)

// A buffer that is closed and opened again and again does exactly the same as one
// that never stopped.
func TestRestart(t *testing.T) {
	const dim, batch, ahead = 8, 8, 3
	for _, policy := range policyNames() {
		t.Run(policy, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(11, 11))
			opt := Options{Capacity: 60, Policy: policy, Seed: 42}
			whole, broken := newBuffer(t, opt), newBuffer(t, opt)
			scenes := [][]float32{direction(rng, dim), direction(rng, dim), direction(rng, dim), direction(rng, dim)}
			var loaded [][]uint64 // batches drawn and not yet learned from
			restarts := 0
			for id, step := uint64(1), 0; id < 1500; id++ {
				gone, again := whole.Add(entry(id)), broken.Add(entry(id))
				if !slices.Equal(gone, again) {
					t.Fatalf("for frame %d leave %v, after a restart %v", id, gone, again)
				}
				if id%17 == 0 {
					old := whole.Entries()[0].ID
					whole.Remove(old)
					broken.Remove(old)
				}
				if id%3 == 0 {
					a, b := ids(whole.Draw(step, batch, batch/2)), ids(broken.Draw(step, batch, batch/2))
					if !slices.Equal(a, b) {
						t.Fatalf("step %d draws %v, after a restart %v", step, a, b)
					}
					loaded = append(loaded, a)
					step++
				}
				if len(loaded) > ahead {
					vectors := make([][]float32, len(loaded[0]))
					for i, one := range loaded[0] {
						vectors[i] = near(rng, scenes[one/20%4], 0.3)
					}
					rows := views(rng, vectors)
					observe(t, whole, loaded[0], rows)
					observe(t, broken, loaded[0], rows)
					loaded = loaded[1:]
				}
				if rng.IntN(40) == 0 {
					broken = reopened(t, broken)
					restarts++
				}
			}
			a, features := whole.Snapshot()
			b, others := broken.Snapshot()
			if !reflect.DeepEqual(a, b) || !slices.Equal(features, others) || !reflect.DeepEqual(whole.Entries(), broken.Entries()) {
				t.Errorf("states differ:\n%+v\n%+v", a, b)
			}
			if restarts < 20 || a.Arrived != 1499 {
				t.Errorf("%d restarts, %d arrived", restarts, a.Arrived)
			}
		})
	}
}

// learned is a buffer with 6 members, of which 1, 2, 3 were seen and 4 drawn.
func learned(t testing.TB, opt Options) *Buffer {
	b := newBuffer(t, opt)
	for id := uint64(1); id <= 6; id++ {
		b.Add(entry(id))
	}
	b.Draw(0, 4, 4)
	observe(t, b, []uint64{1, 2, 3}, slices.Repeat([]float32{1, 0, 0, 1, 0, -1}, 2))
	return b
}

func TestRestoreOtherMembers(t *testing.T) {
	meta, features := learned(t, Options{}).Snapshot()
	b := newBuffer(t, Options{Capacity: 4, Policy: "fifo"})
	// 1 and 4 have left. 7, 8 and 9 came after the last save.
	if err := b.Restore([]Entry{entry(9), entry(2), entry(3), entry(5), entry(6), entry(7), entry(8), entry(8)}, meta, features); err != nil {
		t.Fatal(err)
	}
	got, rows := b.Snapshot()
	want := Meta{Policy: "fifo", Arrived: 7, Dim: 2, Seen: []uint64{2, 3}, Uses: []int{1, 1}}
	if !reflect.DeepEqual(got, want) || !slices.Equal(rows, []float32{0, 1, 0, -1}) {
		t.Errorf("%+v %v, want %+v", got, rows, want)
	}
	if fresh := ids(b.Draw(0, 7, 5)); !slices.Equal(fresh[:5], []uint64{5, 6, 7, 8, 9}) {
		t.Errorf("fresh %v", fresh)
	}
	if gone := b.Trim(); !slices.Equal(gone, []uint64{2, 3, 5}) || b.Len() != 4 {
		t.Errorf("%v leave, %d stay", gone, b.Len())
	}
}

// An Add to a buffer that holds too many removes all that are too many.
func TestRestoreTooMany(t *testing.T) {
	for _, policy := range policyNames() {
		t.Run(policy, func(t *testing.T) {
			old := learned(t, Options{})
			meta, features := old.Snapshot()
			b := newBuffer(t, Options{Capacity: 3, Policy: policy})
			if err := b.Restore(old.Entries(), meta, features); err != nil {
				t.Fatal(err)
			}
			if gone := b.Add(entry(7)); len(gone) != 4 || b.Len() != 3 {
				t.Errorf("%v leave, %d stay", gone, b.Len())
			}
		})
	}
}

func TestRestoreMalformed(t *testing.T) {
	for _, tt := range []struct {
		name  string
		spoil func(*Meta, []float32) []float32
	}{
		{"policy", func(m *Meta, f []float32) []float32 { m.Policy = "lru"; return f }},
		{"no dimension", func(m *Meta, f []float32) []float32 { m.Dim = 0; return f }},
		{"negative dimension", func(m *Meta, f []float32) []float32 { m.Dim = -2; return f }},
		{"huge dimension", func(m *Meta, f []float32) []float32 { m.Dim = 1 << 62; return f }},
		{"too few features", func(_ *Meta, f []float32) []float32 { return f[2:] }},
		{"half a feature", func(_ *Meta, f []float32) []float32 { return f[1:] }},
		{"no features", func(*Meta, []float32) []float32 { return nil }},
		{"too few counts", func(m *Meta, f []float32) []float32 { m.Uses = m.Uses[1:]; return f }},
		{"too few steps", func(m *Meta, f []float32) []float32 { m.Steps = nil; return f }},
		{"never used", func(m *Meta, f []float32) []float32 { m.Uses[1] = 0; return f }},
		{"negative step", func(m *Meta, f []float32) []float32 { m.Steps[0] = -1; return f }},
		{"twice", func(m *Meta, f []float32) []float32 { m.Seen[1] = m.Seen[0]; return f }},
		{"descending", func(m *Meta, f []float32) []float32 { slices.Reverse(m.Seen); return f }},
		{"seen and drawn", func(m *Meta, f []float32) []float32 { m.Drawn[0] = m.Seen[0]; return f }},
		{"longer", func(_ *Meta, f []float32) []float32 { f[0] *= 2; return f }},
		{"not a number", func(_ *Meta, f []float32) []float32 { f[0] /= f[1]; f[0] -= f[0]; return f }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := learned(t, Options{})
			meta, features := b.Snapshot()
			if err := b.Restore(b.Entries(), meta, features); err != nil {
				t.Fatal(err)
			}
			features = tt.spoil(&meta, features)
			if err := b.Restore(b.Entries(), meta, features); err == nil {
				t.Error("no error")
			}
			if got, rows := b.Snapshot(); len(got.Seen)+len(got.Drawn)+len(rows) != 0 || b.Len() != 6 {
				t.Errorf("%d members, not all fresh: %+v", b.Len(), got)
			}
		})
	}
}

// Camera, learner, retention and status work at once. Run it with -race.
func TestConcurrentUse(t *testing.T) {
	b := newBuffer(t, Options{Capacity: 30})
	var wg sync.WaitGroup
	work := func(fn func(i int)) { wg.Go(func() { each(200, fn) }) }
	work(func(i int) { b.Add(entry(uint64(i))) })
	work(func(i int) { b.Remove(uint64(i / 2)) })
	work(func(i int) {
		list := ids(b.Draw(i, 8, 4))
		rows := slices.Repeat(direction(rand.New(rand.NewPCG(1, uint64(i))), 4), 2*len(list))
		if err := b.Observe(list, rows); err != nil {
			t.Error(err)
		}
	})
	work(func(int) {
		meta, features := b.Snapshot()
		if err := meta.validate(features); err != nil {
			t.Error(err)
		}
		b.Contains(uint64(b.Len()))
	})
	wg.Wait()
}

func each(n int, fn func(i int)) {
	for i := range n {
		fn(i)
	}
}
