package learn

import (
	"context"
	"errors"
	"maps"
	"math"
	"slices"
	"testing"

	"edgeclr/augment"
	"edgeclr/search"
)

// onCircle returns a function that gives a vector for each angle, in degrees, and none
// for a NaN.
func onCircle(angles map[uint64]float64) func(context.Context, []uint64) (map[uint64][]float32, error) {
	return func(_ context.Context, ids []uint64) (map[uint64][]float32, error) {
		known := map[uint64][]float32{}
		for _, id := range ids {
			if a := angles[id] * math.Pi / 180; !math.IsNaN(a) {
				known[id] = []float32{float32(math.Cos(a)), float32(math.Sin(a))}
			}
		}
		return known, nil
	}
}

func TestFindNeighbours(t *testing.T) {
	// 4 has 3 among its two nearest, but is not among the two nearest of 3.
	angles := map[uint64]float64{1: 0, 2: 1, 3: 2, 4: 5, 5: 90, 6: 91, 7: math.NaN()}
	for id := uint64(8); id < 48; id++ {
		angles[id] = 120 + 4*float64(id)
	}
	ids := slices.Sorted(maps.Keys(angles))
	find := func(ids []uint64, k int) neighbours {
		t.Helper()
		found, err := findNeighbours(t.Context(), ids, k, 0, onCircle(angles))
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	found := find(ids, 2)
	for id, want := range map[uint64][]uint64{1: {2, 3}, 2: {1, 3}, 3: {1, 2}, 4: nil, 5: {6}, 6: {5}, 7: nil} {
		if got := slices.Sorted(slices.Values(found[id])); !slices.Equal(got, want) {
			t.Errorf("neighbours of %d are %v, want %v", id, got, want)
		}
	}
	if of47 := find(ids, 10); !maps.EqualFunc(of47, found, slices.Equal) {
		t.Errorf("46 pictures have other neighbours than 2 of each: %v", of47)
	}
	if off := find(ids, 0); len(off) != 0 {
		t.Errorf("off: %v", off)
	}
	for _, few := range [][]uint64{nil, {1}, {1, 7}, ids[:20]} {
		if got := find(few, 2); len(got) != 0 {
			t.Errorf("of %v: %v", few, got)
		}
	}
	broken := func(context.Context, []uint64) (map[uint64][]float32, error) { return nil, search.ErrZero }
	if _, err := findNeighbours(t.Context(), ids, 2, 0, broken); !errors.Is(err, search.ErrZero) {
		t.Errorf("no vectors: %v", err)
	}
}

// Pictures beyond the size of a group are compared within groups that the seed draws.
func TestFindNeighboursInGroups(t *testing.T) {
	angles := map[uint64]float64{}
	var ids []uint64
	for id := range uint64(neighbourGroup + 100) {
		angles[id] = float64(id) * 360 / (neighbourGroup + 100)
		ids = append(ids, id)
	}
	before := slices.Clone(ids)
	of := func(seed uint64) neighbours {
		var sizes []int
		found, err := findNeighbours(t.Context(), ids, 2, seed, func(ctx context.Context, group []uint64) (map[uint64][]float32, error) {
			sizes = append(sizes, len(group))
			return onCircle(angles)(ctx, group)
		})
		if err != nil || !slices.Equal(sizes, []int{neighbourGroup, 100}) {
			t.Fatalf("groups of %v, %v", sizes, err)
		}
		return found
	}
	one, again, other := of(1), of(1), of(2)
	if !maps.EqualFunc(one, again, slices.Equal) || maps.EqualFunc(one, other, slices.Equal) {
		t.Error("the groups do not follow the seed")
	}
	if !slices.Equal(ids, before) {
		t.Error("the caller's order is changed")
	}
}

func TestPairWithNeighbours(t *testing.T) {
	near := neighbours{1: {2, 3}, 2: {1}, 3: {1}, 5: {9}}
	usable := func(id uint64) bool { return id != 9 }
	seconds := map[uint64]bool{}
	for step := range 40 {
		picks := augment.Same([]uint64{1, 2, 4, 5})
		picks[1].Second = 8 // another moment of 2
		again := slices.Clone(picks)
		near.pair(6, step, picks, usable)
		near.pair(6, step, again, usable)
		if !slices.Equal(picks, again) {
			t.Fatalf("step %d gives %v and %v", step, picks, again)
		}
		want := []augment.Pick{{First: 1, Second: picks[0].Second}, {First: 2, Second: 8}, {First: 4, Second: 4}, {First: 5, Second: 5}}
		if !slices.Equal(picks, want) {
			t.Fatalf("step %d gives %v, want %v", step, picks, want)
		}
		seconds[picks[0].Second] = true
	}
	if got := slices.Sorted(maps.Keys(seconds)); !slices.Equal(got, []uint64{2, 3}) {
		t.Errorf("1 is paired with %v", got)
	}
}

// Two pairs are no negatives of each other when they share a picture or have
// neighbours, crosswise too.
func TestNotNegativesWithNeighbours(t *testing.T) {
	near := neighbours{1: {2}, 2: {1}, 6: {7}, 7: {6}}
	picks := []augment.Pick{{First: 1, Second: 1}, {First: 2, Second: 3}, {First: 3, Second: 4}, {First: 5, Second: 6}, {First: 8, Second: 7}, {First: 9, Second: 9}}
	want := map[[2]int]bool{{0, 1}: true, {1, 2}: true, {3, 4}: true}
	got := notNegatives(picks, near.contain)
	for i := range picks {
		for j := range picks {
			if got[i*len(picks)+j] != want[[2]int{min(i, j), max(i, j)}] {
				t.Errorf("pairs %d and %d: %v", i, j, got[i*len(picks)+j])
			}
		}
	}
	if got := notNegatives(picks[:1], near.contain); got != nil {
		t.Errorf("alone: %v", got)
	}
}

// The learner compares the frames that it may learn from, by the stored vectors of the
// encoder that serves when a round begins.
func TestLearnerNeighbours(t *testing.T) {
	s := open(t, smallConfig(t))
	embed(t, s, 100, true)
	near, err := s.learner.neighbours(t.Context(), resumePoint{Serving: "c1"}, 5)
	if err != nil || len(near) < 10 {
		t.Fatalf("%d of %d pictures have neighbours, %v", len(near), s.corpus.buffer.Len(), err)
	}
	for id, list := range near {
		for _, other := range list {
			if !s.corpus.buffer.Contains(id) || !s.corpus.buffer.Contains(other) || !near.contain(other, id) || other == id {
				t.Errorf("%d and %d are neighbours", id, other)
			}
		}
	}
	if none, err := s.learner.neighbours(t.Context(), resumePoint{Serving: "c9"}, 5); err != nil || len(none) != 0 {
		t.Errorf("without vectors: %v, %v", none, err)
	}
}

// Neighbours are found once, before the first step that moves the encoder.
func TestNeighboursWhenMoving(t *testing.T) {
	asked := 0
	near := whenMoving(3, func() (neighbours, error) { asked++; return neighbours{1: {2}}, search.ErrZero })
	for step, want := range []int{0, 0, 0, 1, 1} {
		got, err := near(step)
		if asked != want || (len(got) == 1) != (step >= 3) || errors.Is(err, search.ErrZero) != (step >= 3) {
			t.Errorf("step %d: %v, %v, asked %d times", step, got, err, asked)
		}
	}
}
