package learn

import (
	"context"
	"errors"
	"maps"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"edgeclr/augment"
	"edgeclr/daemon/replay"
	"edgeclr/search"
)

// onCircle returns a function that gives a vector for each angle, in degrees, and none
// for a NaN.
func onCircle(angles map[uint64]float64) func(context.Context, []uint64) (vectorSets, error) {
	return func(_ context.Context, ids []uint64) (vectorSets, error) {
		set := make([][]float32, len(ids))
		for i, id := range ids {
			if a := angles[id] * math.Pi / 180; !math.IsNaN(a) {
				set[i] = []float32{float32(math.Cos(a)), float32(math.Sin(a))}
			}
		}
		return vectorSets{set}, nil
	}
}

// secondViews lists the neighbours of each picture in order.
func secondViews(n neighbours) map[uint64][]uint64 {
	sorted := map[uint64][]uint64{}
	for id, list := range n.second {
		sorted[id] = slices.Sorted(slices.Values(list))
	}
	return sorted
}

// of makes neighbours that are no negatives of each other.
func of(second map[uint64][]uint64) neighbours {
	n := neighbours{second: second, alike: map[[2]uint64]struct{}{}}
	for id, list := range second {
		for _, other := range list {
			n.alike[pairOf(id, other)] = struct{}{}
		}
	}
	return n
}

func TestFindNeighbours(t *testing.T) {
	// 4 has 3 among its two nearest, but is not among the two nearest of 3.
	angles := map[uint64]float64{1: 0, 2: 1, 3: 2, 4: 5, 5: 90, 6: 91, 7: math.NaN()}
	for id := uint64(8); id < 48; id++ {
		angles[id] = 120 + 4*float64(id)
	}
	ids := slices.Sorted(maps.Keys(angles))
	find := func(ids []uint64, k int) map[uint64][]uint64 {
		t.Helper()
		found, err := neighbourSearch{IDs: ids, K: k, Dim: 2, Vectors: onCircle(angles)}.find(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return secondViews(found)
	}
	found := find(ids, 2)
	for id, want := range map[uint64][]uint64{1: {2, 3}, 2: {1, 3}, 3: {1, 2}, 4: nil, 5: {6}, 6: {5}, 7: nil} {
		if got := found[id]; !slices.Equal(got, want) {
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
	broken := func(context.Context, []uint64) (vectorSets, error) { return nil, search.ErrZero }
	if _, err := (neighbourSearch{IDs: ids, K: 2, Vectors: broken}).find(t.Context()); !errors.Is(err, search.ErrZero) {
		t.Errorf("no vectors: %v", err)
	}
}

// Pictures beyond the size of a group are compared within groups that the seed draws.
// Longer vectors make smaller groups.
func TestFindNeighboursInGroups(t *testing.T) {
	angles := map[uint64]float64{}
	var ids []uint64
	for id := range uint64(neighbourGroup + 100) {
		angles[id] = float64(id) * 360 / (neighbourGroup + 100)
		ids = append(ids, id)
	}
	before := slices.Clone(ids)
	find := func(seed uint64, dim int, want ...int) map[uint64][]uint64 {
		var sizes []int
		found, err := neighbourSearch{IDs: ids, K: 2, Seed: seed, Dim: dim, Vectors: func(ctx context.Context, group []uint64) (vectorSets, error) {
			sizes = append(sizes, len(group))
			return onCircle(angles)(ctx, group)
		}}.find(t.Context())
		if err != nil || !slices.Equal(sizes, want) {
			t.Fatalf("groups of %v, want %v, %v", sizes, want, err)
		}
		return secondViews(found)
	}
	one, again, other := find(1, 2, 2098, 2098), find(1, 2, 2098, 2098), find(2, 2, 2098, 2098)
	find(1, 8192, 1399, 1399, 1398)
	if !maps.EqualFunc(one, again, slices.Equal) || maps.EqualFunc(one, other, slices.Equal) {
		t.Error("the groups do not follow the seed")
	}
	if !slices.Equal(ids, before) {
		t.Error("the caller's order is changed")
	}
}

// The similarity of two pictures is the mean of their cosines by the encoders. A picture
// that an encoder does not know yet is compared by the others.
func TestNeighboursBySeveralEncoders(t *testing.T) {
	kinds, ids := map[uint64]int{}, []uint64{}
	rng := rand.New(rand.NewPCG(1, 2))
	around := func(axis int, spread float64) []float32 { // a vector of length 1 around an axis of 5
		v, sum := make([]float32, 5), 0.0
		for i := range v {
			v[i] = float32(spread * rng.NormFloat64())
		}
		v[axis]++
		for _, x := range v {
			sum += float64(x) * float64(x)
		}
		for i := range v {
			v[i] /= float32(math.Sqrt(sum))
		}
		return v
	}
	var blurred, sharp [][]float32
	for id := range uint64(160) {
		kinds[id], ids = int(id%4), append(ids, id)
		blurred = append(blurred, around(0, 0.2)) // tells no kinds apart
		sharp = append(sharp, around(1+kinds[id], 0.05))
	}
	half := slices.Clone(sharp)
	for i := range half {
		if i >= 80 {
			half[i] = nil
		}
	}
	for _, test := range []struct {
		name  string
		sets  vectorSets
		known int // the first pictures, which all encoders know
		least float64
		most  float64
	}{
		{"one that knows little", vectorSets{blurred}, 160, 0.1, 0.45},
		{"one that knows all", vectorSets{sharp}, 160, 1, 1},
		{"both", vectorSets{blurred, sharp}, 160, 1, 1},
		{"one and one without vectors", vectorSets{sharp, make([][]float32, 160)}, 160, 1, 1},
		{"both, half of one missing", vectorSets{blurred, half}, 80, 0.95, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			found, err := neighbourSearch{IDs: ids, K: 5, Vectors: func(context.Context, []uint64) (vectorSets, error) { return test.sets, nil }}.find(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			same, pairs, others := 0.0, 0.0, 0
			for id, list := range found.second {
				for _, other := range list {
					if int(id) >= test.known || int(other) >= test.known {
						others++
						continue
					}
					pairs++
					if kinds[id] == kinds[other] {
						same++
					}
				}
			}
			if purity := same / pairs; pairs < 100 || purity < test.least || purity > test.most {
				t.Errorf("%.2f of %v pairs are of one kind, want %v to %v", purity, pairs, test.least, test.most)
			}
			if test.known < len(ids) && others < 20 {
				t.Errorf("%d pairs with pictures that an encoder does not know", others)
			}
		})
	}
	if known, rows := (vectorSets{{nil, {1, 0}}, {nil, nil}}).join([]uint64{7, 8}); !slices.Equal(known, []uint64{8}) || !slices.Equal(rows[0], []float32{1, 0}) {
		t.Errorf("%v has %v", known, rows)
	}
	if known, rows := (vectorSets{}).join([]uint64{7}); known != nil || rows != nil {
		t.Errorf("without encoders: %v, %v", known, rows)
	}
}

// The neighbours of a live source's frames are of other moments. Frames of the same one
// that are as near are no negatives.
func TestNeighboursOfOtherMoments(t *testing.T) {
	// A camera shows 4 things for 10 frames each, one after the other, three times.
	m := moments{within: 5 * time.Second, entries: map[uint64]replay.Entry{}}
	angles, ids := map[uint64]float64{}, []uint64{}
	for i := range 120 {
		id, thing := uint64(i), i/10%4
		m.entries[id] = replay.Entry{ID: id, Source: "camera", Live: true, Time: time.Unix(0, int64(i)*int64(200*time.Millisecond))}
		angles[id], ids = float64(80*thing)+float64(i%10)+0.3*float64(i/40), append(ids, id)
	}
	find := func(m moments) neighbours {
		found, err := neighbourSearch{IDs: ids, K: 5, Moments: m, Dim: 2, Vectors: onCircle(angles)}.find(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	thing := func(id uint64) uint64 { return id / 10 % 4 }
	found, alike := find(m), 0
	for id, list := range found.second {
		for _, other := range list {
			if m.same(id, other) || thing(id) != thing(other) || !found.contain(id, other) || !slices.Contains(found.second[other], id) {
				t.Errorf("%d and %d are neighbours", id, other)
			}
		}
	}
	for pair := range found.alike {
		if thing(pair[0]) != thing(pair[1]) {
			t.Errorf("%v are no negatives", pair)
		}
		if m.same(pair[0], pair[1]) {
			alike++
		}
	}
	if len(found.second) != len(ids) || alike < 50 {
		t.Errorf("%d of %d have neighbours, %d pairs of one moment are no negatives", len(found.second), len(ids), alike)
	}

	// Without live sources the nearest are those of the same moment.
	files := moments{within: m.within, entries: map[uint64]replay.Entry{}}
	for id, e := range m.entries {
		e.Live = false
		files.entries[id] = e
	}
	nearby := 0
	for id, list := range find(files).second {
		for _, other := range list {
			if m.same(id, other) {
				nearby++
			}
		}
	}
	if nearby == 0 || !maps.Equal(find(files).alike, find(moments{}).alike) {
		t.Error("the time of files matters")
	}
	// A camera that has run for a moment has no others.
	m.within = time.Hour
	if none := find(m); len(none.second) != 0 || len(none.alike) != 0 {
		t.Errorf("%v", none)
	}
}

func TestMomentPairs(t *testing.T) {
	m := moments{within: 2 * time.Second, entries: map[uint64]replay.Entry{}}
	for _, e := range []replay.Entry{
		{ID: 1, Source: "a", Live: true, Time: time.Unix(10, 0)},
		{ID: 2, Source: "a", Live: true, Time: time.Unix(12, 0)},
		{ID: 3, Source: "b", Live: true, Time: time.Unix(11, 0)},
		{ID: 4, Source: "a", Live: true, Time: time.Unix(13, 0)},
		{ID: 5, Source: "a", Time: time.Unix(12, 0)},
		{ID: 6, Source: "b", Live: true, Time: time.Unix(9, 0)},
		{ID: 7, Source: "a", Live: true, Time: time.Unix(5, 0)}, // the clock was set back
	} {
		m.entries[e.ID] = e
	}
	ids := []uint64{7, 6, 5, 4, 3, 2, 1, 99}
	got := map[[2]uint64]bool{}
	err := m.pairs(t.Context(), ids, func(i, j int) { got[pairOf(ids[i], ids[j])] = true })
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range ids {
		for _, other := range ids {
			if one < other && m.same(one, other) != got[[2]uint64{one, other}] {
				t.Errorf("%d and %d: same moment %v, pair %v", one, other, m.same(one, other), got[[2]uint64{one, other}])
			}
		}
	}
	if want := map[[2]uint64]bool{{1, 2}: true, {2, 4}: true, {3, 6}: true}; !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestPairWithNeighbours(t *testing.T) {
	near := of(map[uint64][]uint64{1: {2, 3}, 2: {1}, 3: {1}, 5: {9}})
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
	near := of(map[uint64][]uint64{1: {2}, 2: {1}, 6: {7}, 7: {6}})
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
	if err != nil || len(near.second) < 10 {
		t.Fatalf("%d of %d pictures have neighbours, %v", len(near.second), s.corpus.buffer.Len(), err)
	}
	for id, list := range near.second {
		for _, other := range list {
			if !s.corpus.buffer.Contains(id) || !s.corpus.buffer.Contains(other) || !near.contain(other, id) || other == id {
				t.Errorf("%d and %d are neighbours", id, other)
			}
		}
	}
	// c9 has no vectors. The root has, and c1 is the root.
	if rooted, err := s.learner.neighbours(t.Context(), resumePoint{Serving: "c9"}, 5); err != nil || !reflect.DeepEqual(rooted, near) {
		t.Errorf("by the root alone %d pictures have neighbours, want the same %d: %v", len(rooted.second), len(near.second), err)
	}
}

// Neighbours are found once, before the first step that moves the encoder.
func TestNeighboursWhenMoving(t *testing.T) {
	asked := 0
	near := whenMoving(3, func() (neighbours, error) { asked++; return of(map[uint64][]uint64{1: {2}}), search.ErrZero })
	for step, want := range []int{0, 0, 0, 1, 1} {
		got, err := near(step)
		if asked != want || (len(got.second) == 1) != (step >= 3) || errors.Is(err, search.ErrZero) != (step >= 3) {
			t.Errorf("step %d: %v, %v, asked %d times", step, got, err, asked)
		}
	}
}
