package replay

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestDraw(t *testing.T) {
	b := newBuffer(t, Options{Capacity: 50, Seed: 3})
	for id := uint64(1); id <= 40; id++ {
		b.Add(entry(id))
	}
	var seen []uint64
	for step := range 10 {
		list := ids(b.Draw(step, 12, 4))
		if step < 3 { // the oldest four that no step has taken
			rest := slices.DeleteFunc(ids(b.Entries()), func(id uint64) bool { return slices.Contains(seen, id) })
			if !slices.Equal(list[:4], rest[:4]) {
				t.Errorf("step %d draws %v, fresh are %v", step, list[:4], rest)
			}
		}
		sorted := slices.Sorted(slices.Values(list))
		if len(slices.Compact(sorted)) != 12 {
			t.Errorf("step %d repeats a frame: %v", step, list)
		}
		seen = append(seen, list...)
	}
	slices.Sort(seen)
	if len(slices.Compact(seen)) != 40 {
		t.Error("after ten steps of four fresh frames some were never drawn")
	}
}

func TestDrawSizes(t *testing.T) {
	for _, tt := range []struct {
		name           string
		members        int
		n, fresh, want int
	}{
		{"more than there are", 5, 9, 3, 5}, {"all", 5, 5, 0, 5}, {"none", 5, 0, 3, 0}, {"negative", 5, -1, -1, 0},
		{"only fresh", 5, 3, 9, 3}, {"from nothing", 0, 3, 3, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBuffer(t, Options{})
			for id := range tt.members {
				b.Add(entry(uint64(id)))
			}
			got := b.Draw(1, tt.n, tt.fresh)
			if len(got) != tt.want {
				t.Errorf("%v, want %d", got, tt.want)
			}
			if list := ids(got); len(slices.Compact(slices.Sorted(slices.Values(list)))) != len(list) {
				t.Errorf("%v repeats", list)
			}
		})
	}
}

// After a restart, the process draws again the steps that it had not learned from.
func TestDrawAgain(t *testing.T) {
	b := newBuffer(t, Options{Seed: 8})
	for id := range uint64(30) {
		b.Add(entry(id))
	}
	var drawn [][]uint64
	for step := range 5 { // the loader is ahead
		drawn = append(drawn, ids(b.Draw(step, 6, 3)))
	}
	rng := rand.New(rand.NewPCG(1, 1))
	for step := range 2 {
		vectors := make([][]float32, 6)
		for i := range vectors {
			vectors[i] = direction(rng, 4)
		}
		observe(t, b, drawn[step], views(rng, vectors))
	}
	again := reopened(t, b)
	for step := 2; step < 5; step++ {
		if got := ids(again.Draw(step, 6, 3)); !slices.Equal(got, drawn[step]) {
			t.Errorf("step %d draws %v, before %v", step, got, drawn[step])
		}
	}
}

func TestPickIsUniform(t *testing.T) {
	const n, k, steps = 20, 6, 2000
	times := make([]int, n)
	for step := range steps {
		picked := pick(3, step, n, k)
		if !slices.Equal(picked, pick(3, step, n, k)) || len(slices.Compact(slices.Sorted(slices.Values(picked)))) != k {
			t.Fatalf("step %d: %v", step, picked)
		}
		for _, i := range picked {
			times[i]++
		}
	}
	for i, got := range times { // 600 expected; the deviation is 20
		if got < 500 || got > 700 {
			t.Errorf("%d was picked %d times", i, got)
		}
	}
}
