package probe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"edgeclr/search"
)

func TestMeasureEqualsBruteForce(t *testing.T) {
	for _, c := range []struct {
		n, views, dim, groups int
		noise                 float64
	}{
		{2, 1, 3, 1, 0.5}, {3, 2, 1, 2, 0.1}, {4, 1, 2, 2, 1}, {5, 3, 7, 2, 0.3}, {11, 1, 4, 3, 0.5},
		{12, 2, 33, 3, 0.5}, {21, 1, 8, 4, 1}, {22, 2, 8, 4, 0.2}, {37, 3, 20, 5, 0.6}, {60, 2, 64, 6, 0.7}, {60, 1, 5, 6, 0.4},
	} {
		t.Run(fmt.Sprintf("%dx%dx%d", c.n, c.views, c.dim), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(uint64(c.n), uint64(c.dim)))
			images, views := world(rng, c.n, c.views, c.dim, c.groups, c.noise)
			if c.n > 20 { // equal pictures, which tie
				images[3], images[8] = slices.Clone(images[1]), slices.Clone(images[2])
			}
			var pairs [][2]int
			for i := 0; i+1 < c.n; i += 4 {
				pairs = append(pairs, [2]int{i, i + 1}, [2]int{c.n - 1, i})
			}
			got, err := Measure(t.Context(), images, views, Options{Pairs: pairs})
			if err != nil {
				t.Fatal(err)
			}
			want := bruteForce(images, views, pairs)
			if got.Pictures != want.Pictures || got.Views != want.Views || got.Neighbours != want.Neighbours ||
				!near(got.ViewRetrieval, want.ViewRetrieval, 1e-12) || !near(got.NeighbourSurvival, want.NeighbourSurvival, 1e-12) ||
				!near(got.Spread, want.Spread, 1e-9*want.Spread) ||
				!near(got.Temporal, want.Temporal, 1e-12) || got.TemporalPictures != want.TemporalPictures {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
			if want := deviationOf(images); !near(got.Deviation, want, 1e-9) {
				t.Errorf("deviation %v, want %v", got.Deviation, want)
			}
			if want := rankMeOf(images); !near(got.RankMe, want, 1e-3) {
				t.Errorf("RankMe %v, want %v", got.RankMe, want)
			}
			checkMeans(t, got)
		})
	}
}

// checkMeans compares the scores with the outcomes of the pictures.
func checkMeans(t *testing.T, s Scores) {
	t.Helper()
	var retrieved, survived, spread, temporal float64
	for _, o := range s.Each {
		retrieved += o.Retrieved / float64(len(s.Each))
		survived += o.Survived / float64(len(s.Each))
		spread += o.Spread / float64(len(s.Each))
	}
	for _, hit := range s.TemporalEach {
		temporal += hit / float64(len(s.TemporalEach))
	}
	if len(s.Each) != s.Pictures || len(s.TemporalEach) != s.TemporalPictures || !near(retrieved, s.ViewRetrieval, 1e-9) ||
		!near(survived, s.NeighbourSurvival, 1e-9) || !near(spread, s.Spread, 1e-9*max(1, s.Spread)) || !near(temporal, s.Temporal, 1e-9) {
		t.Errorf("means of the outcomes: %v %v %v %v; scores %+v", retrieved, survived, spread, temporal, s)
	}
}

// These are the cases of the table in the package's documentation, and encoders that
// know nothing.
func TestMeasureExtremes(t *testing.T) {
	const n, dim = 200, 32
	rng := rand.New(rand.NewPCG(4, 4))
	images, views := world(rng, n, 2, dim, 8, 0.1)
	one := gaussian(rng, dim)
	constant := func(vectors [][]float32, change func(v []float32) []float32) (out [][]float32) {
		for _, v := range vectors {
			out = append(out, change(v))
		}
		return out
	}
	random := func([]float32) []float32 { return gaussian(rng, dim) }
	offset := func(v []float32) []float32 {
		v = slices.Clone(v)
		v[0] += 1000
		return v
	}
	// One direction is left, on an arc, and the views agree in it.
	arc := func(v []float32) []float32 {
		sin, cos := math.Sincos(float64(v[0]) / 4)
		return append([]float32{float32(cos), float32(sin)}, make([]float32, dim-2)...)
	}
	pairs := [][2]int{{0, 1}, {2, 3}}
	between := func(s string, v, low, high float64) error {
		if v >= low && v <= high {
			return nil
		}
		return fmt.Errorf("%s is %v, not from %v to %v", s, v, low, high)
	}
	for _, c := range []struct {
		name          string
		images, views [][]float32
		want          func(s Scores) error
	}{
		{"every view is its image", images, slices.Concat(images)[:n], func(s Scores) error {
			return errors.Join(between("retrieval", s.ViewRetrieval, 1, 1), between("survival", s.NeighbourSurvival, 1, 1), between("spread", s.Spread, 0, 1e-12))
		}},
		{"collapsed to one vector", constant(images, func([]float32) []float32 { return one }), constant(views, func([]float32) []float32 { return one }), func(s Scores) error {
			return errors.Join(between("retrieval", s.ViewRetrieval, 0, 0), between("survival", s.NeighbourSurvival, 0, 0), between("spread", s.Spread, 1, 1),
				between("RankMe", s.RankMe, 1, 1+1e-6), between("deviation", s.Deviation, 0, 1e-6), between("temporal", s.Temporal, 0, 0))
		}},
		{"collapsed but for noise", constant(images, func([]float32) []float32 { return moved(rng, one, 1e-3) }), constant(views, func([]float32) []float32 { return moved(rng, one, 1e-3) }), func(s Scores) error {
			return errors.Join(between("retrieval", s.ViewRetrieval, 0, 0.03), between("survival", s.NeighbourSurvival, 0.02, 0.2), between("spread", s.Spread, 0.9, 1.1),
				between("RankMe", s.RankMe, 1, 2), between("deviation", s.Deviation, 0, 0.01))
		}},
		{"random vectors", constant(images, random), constant(views, random), func(s Scores) error {
			return errors.Join(between("retrieval", s.ViewRetrieval, 0, 0.03), between("survival", s.NeighbourSurvival, 0.03, 0.08), between("spread", s.Spread, 0.95, 1.05),
				between("RankMe", s.RankMe, 0.9*dim, dim), between("deviation", s.Deviation, 0.97, 1.01))
		}},
		{"one direction left", constant(images, arc), func() (out [][]float32) {
			for _, v := range images {
				out = append(out, arc(v), arc(v))
			}
			return out
		}(), func(s Scores) error {
			return errors.Join(between("retrieval", s.ViewRetrieval, 0.9, 1), between("survival", s.NeighbourSurvival, 0.95, 1), between("spread", s.Spread, 0, 1e-9),
				between("RankMe", s.RankMe, 1, 2))
		}},
		{"a constant outweighs", constant(images, offset), constant(views, offset), func(s Scores) error {
			return errors.Join(between("retrieval", s.ViewRetrieval, 0.99, 1), between("deviation", s.Deviation, 0, 0.01), between("RankMe", s.RankMe, 1, 2))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := Measure(t.Context(), c.images, c.views, Options{Pairs: pairs})
			if err == nil {
				err = c.want(s)
			}
			if err != nil {
				t.Error(err)
			}
			checkMeans(t, s)
		})
	}
}

// Neither the length of the vectors nor a rotation of the space changes a score.
func TestMeasureIsOfDirections(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	images, views := world(rng, 30, 2, 6, 3, 0.4)
	want, err := Measure(t.Context(), images, views, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, vectors := range [][][]float32{images, views} {
		for i, v := range vectors {
			scale := float32(math.Exp2(float64(i%40 - 20)))
			v[0], v[1], v[4] = v[4], -v[0], v[1]
			for j := range v {
				v[j] *= scale
			}
		}
	}
	got, err := Measure(t.Context(), images, views, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got.ViewRetrieval != want.ViewRetrieval || got.NeighbourSurvival != want.NeighbourSurvival ||
		!near(got.Spread, want.Spread, 1e-9) || !near(got.RankMe, want.RankMe, 1e-9) || !near(got.Deviation, want.Deviation, 1e-9) {
		t.Errorf("%+v\nand %+v", got, want)
	}
}

func TestMeasureRefuses(t *testing.T) {
	one, other := []float32{1, 0}, []float32{0, 1}
	two := [][]float32{one, other}
	nan := float32(math.NaN())
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		name          string
		ctx           context.Context
		images, views [][]float32
		opt           Options
		want          error
	}{
		{"nothing", t.Context(), nil, nil, Options{}, ErrTooFew},
		{"one picture", t.Context(), two[:1], two, Options{}, ErrTooFew},
		{"no views", t.Context(), two, nil, Options{}, ErrShape},
		{"a view is missing", t.Context(), two, slices.Concat(two, two[:1]), Options{}, ErrShape},
		{"a class is missing", t.Context(), two, two, Options{Classes: []int{1}}, ErrShape},
		{"a pair with itself", t.Context(), two, two, Options{Pairs: [][2]int{{1, 1}}}, ErrShape},
		{"a pair outside", t.Context(), two, two, Options{Pairs: [][2]int{{0, 2}}}, ErrShape},
		{"a pair below 0", t.Context(), two, two, Options{Pairs: [][2]int{{-1, 0}}}, ErrShape},
		{"different lengths", t.Context(), [][]float32{one, {1}}, two, Options{}, search.ErrDimension},
		{"views of another length", t.Context(), two, [][]float32{{1}, {1}}, Options{}, search.ErrDimension},
		{"no values", t.Context(), [][]float32{{}, {}}, [][]float32{{}, {}}, Options{}, search.ErrZero},
		{"a zero picture", t.Context(), [][]float32{one, {0, 0}}, two, Options{}, search.ErrZero},
		{"a zero view", t.Context(), two, [][]float32{one, {0, 0}}, Options{}, search.ErrZero},
		{"not a number", t.Context(), [][]float32{one, {nan, 0}}, two, Options{}, search.ErrNotFinite},
		{"an infinite view", t.Context(), two, [][]float32{one, {0, float32(math.Inf(-1))}}, Options{}, search.ErrNotFinite},
		{"stopped", stopped, two, two, Options{}, context.Canceled},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := Measure(c.ctx, c.images, c.views, c.opt)
			if !errors.Is(err, c.want) || s.Pictures != 0 || s.Each != nil {
				t.Errorf("%+v, error %v, want %v", s, err, c.want)
			}
		})
	}
}

func TestScoresAsJSON(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 6))
	images, views := world(rng, 12, 1, 6, 3, 0.4)
	for _, c := range []struct {
		name   string
		opt    Options
		labels bool
	}{
		{"without labels", Options{}, false},
		{"with labels", Options{Classes: []int{0, 0, 1, 1, -1, -1, 2, 0, 0, 0, 0, 1}}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := Measure(t.Context(), images, views, c.opt)
			if err != nil {
				t.Fatal(err)
			}
			text, err := json.Marshal(s)
			if err != nil {
				t.Fatal(err)
			}
			for _, key := range []string{"pictures", "views", "view_retrieval", "neighbour_survival", "neighbours", "spread", "rankme", "deviation", "temporal"} {
				if !strings.Contains(string(text), `"`+key+`":`) {
					t.Errorf("%s is not in %s", key, text)
				}
			}
			if strings.Contains(string(text), `"labels":`) != c.labels {
				t.Errorf("labels in %s: want %v", text, c.labels)
			}
		})
	}
}
