package learn

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"sync"

	"edgeclr/augment"
	"edgeclr/search"
)

// neighbours are the pictures that show much the same. Two pictures are neighbours when
// each is among the k nearest of the other, by the vectors of several encoders, and they
// are of different [moments].
//
// A neighbour becomes the second view, and is no negative (Dwibedi et al. 2021,
// "With a Little Help from My Friends", section 3; Huynh et al. 2022, "Boosting
// Contrastive Self-Supervised Learning with False Negative Cancellation"). A
// camera sees a few kinds of things again and again. A pretrained encoder has the
// pictures of a kind close together. If only the views of one picture were positives,
// training would push them apart.
//
// Both must be near to each other because of hubs: in many dimensions some pictures are
// among the nearest of very many others, which are not alike (Radovanovic et al. 2010,
// "Hubs in Space").
type neighbours struct {
	second map[uint64][]uint64    // the neighbours of a picture
	alike  map[[2]uint64]struct{} // pairs that are no negatives, the smaller id first: neighbours, and pictures of one moment that are as near
}

// neighbourShare bounds k: a picture has at most one neighbour for every 20 pictures
// of its group. The nearest of a few pictures show different things, and without the
// bound there might be no negatives.
const neighbourShare = 20

// Pictures are compared with each other in groups, whose vectors are in memory at a time.
const (
	neighbourGroup  = 4096     // most pictures of a group
	neighbourValues = 12 << 20 // most values of their vectors: 48 MB, and as much again while they are compared
)

// neighbourSearch says among which pictures neighbours are looked for, and how.
type neighbourSearch struct {
	IDs     []uint64
	K       int    // a neighbour is among so many nearest; 0: there are none
	Seed    uint64 // divides the pictures into groups when there are too many for one
	Moments moments
	Dim     int // values that a picture's vectors have together
	// Vectors returns the vectors of a group.
	Vectors func(ctx context.Context, ids []uint64) (vectorSets, error)
}

// find finds the neighbours of each picture. A picture without a vector has none.
func (s neighbourSearch) find(ctx context.Context) (neighbours, error) {
	found := neighbours{second: map[uint64][]uint64{}, alike: map[[2]uint64]struct{}{}}
	if s.K == 0 || len(s.IDs) == 0 {
		return found, nil
	}
	most := min(neighbourGroup, max(neighbourValues/max(s.Dim, 1), 1))
	groups := (len(s.IDs) + most - 1) / most
	ids := slices.Clone(s.IDs)
	if groups > 1 {
		rand.New(rand.NewPCG(s.Seed^neighbourDraws, 0)).Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	}
	for group := range slices.Chunk(ids, (len(ids)+groups-1)/groups) {
		sets, err := s.Vectors(ctx, group)
		if err != nil {
			return neighbours{}, err
		}
		known, rows := sets.join(group)
		if err := s.compare(ctx, known, rows, found); err != nil {
			return neighbours{}, err
		}
	}
	return found, nil
}

// compare adds the neighbours within a group of pictures to found. The dot product of two
// rows is their similarity.
func (s neighbourSearch) compare(ctx context.Context, ids []uint64, rows [][]float32, found neighbours) error {
	k := min(s.K, len(ids)/neighbourShare)
	if k == 0 {
		return nil
	}
	nearest, err := search.Nearest(ctx, rows, search.Nearby{K: k, Dot: true,
		Apart: func(i, j int) bool { return s.Moments.same(ids[i], ids[j]) }})
	if err != nil {
		return err
	}
	for i, list := range nearest {
		for _, n := range list {
			if slices.ContainsFunc(nearest[n.Index], func(back search.Neighbour) bool { return back.Index == i }) {
				found.second[ids[i]] = append(found.second[ids[i]], ids[n.Index])
				found.alike[pairOf(ids[i], ids[n.Index])] = struct{}{}
			}
		}
	}
	// A picture of the same moment may be as near as a neighbour. It shows the same, and
	// must not be pushed away.
	return s.Moments.pairs(ctx, ids, func(i, j int) {
		if a, b := nearest[i], nearest[j]; len(a) > 0 && len(b) > 0 &&
			dot(rows[i], rows[j]) >= max(a[len(a)-1].Similarity, b[len(b)-1].Similarity) {
			found.alike[pairOf(ids[i], ids[j])] = struct{}{}
		}
	})
}

func pairOf(one, other uint64) [2]uint64 { return [2]uint64{min(one, other), max(one, other)} }

// contain tells whether two pictures must not be negatives of each other, since they
// are neighbours or as near as neighbours.
func (n neighbours) contain(one, other uint64) bool {
	_, yes := n.alike[pairOf(one, other)]
	return yes
}

// vectorSets are the vectors of pictures by several encoders, each of length 1:
// [encoder][picture][value]. A nil vector is missing.
type vectorSets [][][]float32

// join makes one row of the vectors of each picture. The dot product of two rows is the
// mean of the cosines by the encoders. Where a picture lacks a vector, as one has that the
// teacher did not embed yet, it gets the mean vector of the others: its cosine to each
// other is then the mean cosine, and the encoders that know it decide. It leaves out the
// pictures without any vector, and the encoders without any.
func (sets vectorSets) join(ids []uint64) (known []uint64, rows [][]float32) {
	used := slices.DeleteFunc(slices.Clone(sets), func(set [][]float32) bool {
		return !slices.ContainsFunc(set, func(v []float32) bool { return v != nil })
	})
	dim := 0
	means := make([][]float32, len(used))
	for e, set := range used {
		means[e] = meanVector(set)
		dim += len(means[e])
	}
	scale := 1 / math.Sqrt(float64(max(len(used), 1)))
	for i, id := range ids {
		if !slices.ContainsFunc(used, func(set [][]float32) bool { return set[i] != nil }) {
			continue
		}
		row := make([]float32, 0, dim)
		for e, set := range used {
			v := set[i]
			if v == nil {
				v = means[e]
			}
			for _, x := range v {
				row = append(row, float32(scale*float64(x)))
			}
		}
		known, rows = append(known, id), append(rows, row)
	}
	return known, rows
}

// meanVector is the mean of the vectors of a set. At least one is not nil.
func meanVector(set [][]float32) []float32 {
	var sum []float64
	n := 0.0
	for _, v := range set {
		if v == nil {
			continue
		}
		if n++; sum == nil {
			sum = make([]float64, len(v))
		}
		for i, x := range v {
			sum[i] += float64(x)
		}
	}
	mean := make([]float32, len(sum))
	for i, x := range sum {
		mean[i] = float32(x / n)
	}
	return mean
}

// whenMoving returns a function that gives the neighbours for a step. It calls find
// once, before the first step that moves the encoder. In the headSteps before, while
// only the head learns, there are none: finding them would delay the first step.
func whenMoving(headSteps int, find func() (neighbours, error)) func(step int) (neighbours, error) {
	once := sync.OnceValues(find)
	return func(step int) (neighbours, error) {
		if step < headSteps {
			return neighbours{}, nil
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
		list := n.second[p.First]
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
