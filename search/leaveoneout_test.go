package search

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"sort"
	"strings"
	"testing"
)

// golden is the result of search_leave_one_out.py, computed with numpy.
type golden struct {
	Name    string
	Vectors [][]float32
	Classes []int
	Order   [][]uint64 // nearest of the first vectors, without themselves
	Scores  Scores
}

func readGolden(t *testing.T) []golden {
	t.Helper()
	text, err := os.ReadFile("../testdata/golden/search_leave_one_out.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []golden
	if err := json.Unmarshal(text, &cases); err != nil || len(cases) == 0 {
		t.Fatalf("%d cases: %v", len(cases), err)
	}
	return cases
}

func TestLeaveOneOutEqualsNumpy(t *testing.T) {
	for _, g := range readGolden(t) {
		t.Run(g.Name, func(t *testing.T) {
			got, err := LeaveOneOut(t.Context(), g.Vectors, g.Classes, 2)
			if err != nil || got != g.Scores {
				t.Errorf("got %+v, %v\nwant %+v", got, err, g.Scores)
			}
		})
	}
}

// An Index orders by float32 similarity. The order equals numpy's unless two
// similarities are nearly equal.
func TestSearchEqualsNumpy(t *testing.T) {
	for _, g := range readGolden(t) {
		if !strings.HasPrefix(g.Name, "clusters") {
			continue
		}
		x := New(len(g.Vectors[0]))
		for id, v := range g.Vectors {
			if err := x.Add(uint64(id), v); err != nil {
				t.Fatal(err)
			}
		}
		for i, want := range g.Order {
			hits, err := x.Search(g.Vectors[i], len(want)+1)
			if err != nil || hits[0].ID != uint64(i) {
				t.Fatalf("%s: vector %d is not its own nearest: %v, %v", g.Name, i, hits, err)
			}
			for rank, h := range hits[1:] {
				if h.ID != want[rank] {
					t.Errorf("%s: neighbour %d of %d is %d, want %d", g.Name, rank, i, h.ID, want[rank])
				}
			}
		}
	}
}

// bruteForce defines the result: all pairs in float64, without bounds and tiles.
func bruteForce(vectors [][]float32, classes []int) Scores {
	s := Scores{Images: len(vectors)}
	distinct := map[int]bool{}
	var top1, top5, ten, votes int
	for i, v := range vectors {
		distinct[classes[i]] = true
		var similarity []float64
		var order []int
		for j, w := range vectors {
			var dot, vv, ww float64
			for d := range v {
				dot += float64(v[d]) * float64(w[d])
				vv += float64(v[d]) * float64(v[d])
				ww += float64(w[d]) * float64(w[d])
			}
			similarity = append(similarity, dot/(math.Sqrt(vv)*math.Sqrt(ww)))
			if j != i {
				order = append(order, j)
			}
		}
		sort.SliceStable(order, func(a, b int) bool { return similarity[order[a]] > similarity[order[b]] })
		right := func(k int) (n int) {
			for _, j := range order[:min(k, len(order))] {
				if classes[j] == classes[i] {
					n++
				}
			}
			return n
		}
		top1 += right(1)
		top5 += min(right(5), 1)
		ten += right(10)
		weight := map[int]float64{}
		for _, j := range order[:min(20, len(order))] {
			weight[classes[j]] += math.Exp(similarity[j] / 0.07)
		}
		best := math.MinInt
		for c, w := range weight {
			if best == math.MinInt || w > weight[best] || w == weight[best] && c < best {
				best = c
			}
		}
		if best == classes[i] {
			votes++
		}
	}
	n := float64(len(vectors))
	s.Classes, s.Top1, s.Top5, s.KNN20 = len(distinct), float64(top1)/n, float64(top5)/n, float64(votes)/n
	s.P10 = float64(ten) / float64(len(vectors)*min(10, len(vectors)-1))
	return s
}

func TestLeaveOneOutEqualsBruteForce(t *testing.T) {
	for _, data := range datasets() {
		for _, size := range []struct{ n, dim int }{{2, 1}, {3, 5}, {11, 2}, {21, 32}, {22, 33}, {300, 20}} {
			rng := rand.New(rand.NewPCG(uint64(size.n), 9))
			vectors, classes := make([][]float32, size.n), make([]int, size.n)
			for i := range vectors {
				vectors[i], classes[i] = data.draw(rng, size.dim), rng.IntN(4)-2
			}
			// Equal vectors of different classes.
			for i := range size.n / 4 {
				vectors[size.n-1-i] = slices.Clone(vectors[i])
			}
			want := bruteForce(vectors, classes)
			for _, workers := range []int{0, 1, 3} {
				got, err := LeaveOneOut(t.Context(), vectors, classes, workers)
				if err != nil || got != want {
					t.Errorf("%s, %dx%d, %d workers:\n got %+v, %v\nwant %+v", data.name, size.n, size.dim, workers, got, err, want)
				}
			}
		}
	}
}

func TestLeaveOneOutRefuses(t *testing.T) {
	one := []float32{1, 0}
	for _, c := range []struct {
		name    string
		vectors [][]float32
		classes []int
		want    error
	}{
		{"none", nil, nil, ErrTooFew},
		{"one", [][]float32{one}, []int{1}, ErrTooFew},
		{"a class is missing", [][]float32{one, one}, []int{1}, ErrClasses},
		{"different lengths", [][]float32{one, {1}}, []int{1, 1}, ErrDimension},
		{"zero", [][]float32{one, {0, 0}}, []int{1, 1}, ErrZero},
		{"no values", [][]float32{{}, {}}, []int{1, 1}, ErrZero},
		{"not finite", [][]float32{one, {0, float32(math.Inf(1))}}, []int{1, 1}, ErrNotFinite},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, err := LeaveOneOut(t.Context(), c.vectors, c.classes, 1); !errors.Is(err, c.want) || got != (Scores{}) {
				t.Errorf("%+v, error %v, want %v", got, err, c.want)
			}
		})
	}
}

func TestLeaveOneOutStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	vectors := [][]float32{{1, 0}, {0, 1}, {1, 1}}
	if _, err := LeaveOneOut(ctx, vectors, []int{1, 2, 1}, 2); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// The scores by class add up to those of all images.
func TestLeaveOneOutByClass(t *testing.T) {
	for _, g := range readGolden(t) {
		t.Run(g.Name, func(t *testing.T) {
			all, byClass, err := LeaveOneOutByClass(t.Context(), g.Vectors, g.Classes, 3)
			if err != nil || all != g.Scores || len(byClass) != all.Classes {
				t.Fatalf("got %+v of %d classes, %v\nwant %+v", all, len(byClass), err, g.Scores)
			}
			var images int
			var top1, top5, p10, vote float64
			for class, s := range byClass {
				n := 0
				for _, c := range g.Classes {
					if c == class {
						n++
					}
				}
				if s.Images != n || s.Classes != 1 {
					t.Errorf("class %d: %+v, want %d images", class, s, n)
				}
				images += n
				top1, top5 = top1+s.Top1*float64(n), top5+s.Top5*float64(n)
				p10, vote = p10+s.P10*float64(n), vote+s.KNN20*float64(n)
			}
			for name, pair := range map[string][2]float64{
				"top-1": {top1, all.Top1}, "top-5": {top5, all.Top5}, "precision@10": {p10, all.P10}, "kNN-20": {vote, all.KNN20},
			} {
				if got := pair[0] / float64(images); math.Abs(got-pair[1]) > 1e-12 {
					t.Errorf("the mean of the classes' %s is %v, want %v", name, got, pair[1])
				}
			}
		})
	}
}

func TestLeaveOneOutByClassTellsClassesApart(t *testing.T) {
	vectors := [][]float32{{1, 0}, {1, 0.1}, {0, 1}, {1, 0.05}}
	classes := []int{7, 7, 7, -1} // the fourth, alone in its class, is nearest to the first two
	_, byClass, err := LeaveOneOutByClass(t.Context(), vectors, classes, 1)
	if err != nil {
		t.Fatal(err)
	}
	if got := byClass[7]; got.Images != 3 || math.Abs(got.Top1-1./3) > 1e-12 || got.Top5 != 1 {
		t.Errorf("class 7: %+v", got)
	}
	if got := byClass[-1]; got.Images != 1 || got.Top1 != 0 || got.P10 != 0 {
		t.Errorf("class -1: %+v", got)
	}
}

// The scores of single vectors have as their means the scores of all.
func TestLeaveOneOutEach(t *testing.T) {
	for _, g := range readGolden(t) {
		t.Run(g.Name, func(t *testing.T) {
			all, each, err := LeaveOneOutEach(t.Context(), g.Vectors, g.Classes, 2)
			if err != nil || all != g.Scores || len(each) != len(g.Vectors) {
				t.Fatalf("got %+v of %d vectors, %v\nwant %+v", all, len(each), err, g.Scores)
			}
			var mean Scores
			for i, s := range each {
				if s.Images != 1 || s.Classes != 1 || s.Top1 > s.Top5 || s.Top1 != 0 && s.Top1 != 1 {
					t.Errorf("vector %d: %+v", i, s)
				}
				n := float64(len(each))
				mean.Top1, mean.Top5, mean.P10, mean.KNN20 = mean.Top1+s.Top1/n, mean.Top5+s.Top5/n, mean.P10+s.P10/n, mean.KNN20+s.KNN20/n
			}
			for _, pair := range [][2]float64{{mean.Top1, all.Top1}, {mean.Top5, all.Top5}, {mean.P10, all.P10}, {mean.KNN20, all.KNN20}} {
				if math.Abs(pair[0]-pair[1]) > 1e-12 {
					t.Errorf("means %+v, want %+v", mean, all)
				}
			}
		})
	}
}

func TestLeaveOneOutEachKeepsTheOrder(t *testing.T) {
	vectors := [][]float32{{1, 0}, {1, 0.1}, {0, 1}, {1, 0.05}}
	_, each, err := LeaveOneOutEach(t.Context(), vectors, []int{7, 7, 7, -1}, 1)
	if err != nil {
		t.Fatal(err)
	}
	// The fourth is nearest to the first two. The nearest of the third is the second.
	for i, want := range []float64{0, 0, 1, 0} {
		if each[i].Top1 != want {
			t.Errorf("vector %d: %+v, want a top-1 of %v", i, each[i], want)
		}
	}
}
