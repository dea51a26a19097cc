package probe

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"edgeclr/search"
)

func TestDistance(t *testing.T) {
	const n, dim = 80, 40
	rng := rand.New(rand.NewPCG(10, 10))
	images, _ := world(rng, n, 1, dim, 6, 0)
	changed := func(change func(v []float32) []float32) (out [][]float32) {
		for _, v := range images {
			out = append(out, change(v))
		}
		return out
	}
	one := gaussian(rng, 7)
	for _, c := range []struct {
		name                      string
		other                     [][]float32
		least, most, ckaLow, ckaH float64
	}{
		{"the same", images, 0, 0, 1 - 1e-9, 1 + 1e-9},
		{"mirrored and scaled", changed(func(v []float32) []float32 {
			v = slices.Clone(v)
			slices.Reverse(v)
			for i := range v {
				v[i] *= -2
			}
			return v
		}), 0, 0, 1 - 1e-6, 1 + 1e-6},
		{"a little noise", changed(func(v []float32) []float32 { return moved(rng, v, 0.1) }), 0.02, 0.4, 0.95, 1},
		{"unrelated", changed(func([]float32) []float32 { return gaussian(rng, 300) }), 0.8, 0.93, -0.1, 0.1},
		{"collapsed", changed(func([]float32) []float32 { return one }), 0.7, 1, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Distance(t.Context(), images, c.other)
			if err != nil || got.Neighbours < c.least || got.Neighbours > c.most || got.CKA < c.ckaLow || got.CKA > c.ckaH {
				t.Errorf("%+v, %v", got, err)
			}
			if c.name == "collapsed" { // ties, whose order is arbitrary
				return
			}
			back, err := Distance(t.Context(), c.other, images)
			if err != nil || !near(back.Neighbours, got.Neighbours, 1e-12) || !near(back.CKA, got.CKA, 1e-12) {
				t.Errorf("there %+v, back %+v, %v", got, back, err)
			}
		})
	}
}

// hsicOf is the estimate as a mean over all quadruples of different pictures (Song et
// al. 2012, theorem 2). The function hsic is its closed form.
func hsicOf(a, b [][]float64) float64 {
	n := len(a)
	var sum, count float64
	for i := range n {
		for j := range n {
			for q := range n {
				for r := range n {
					if i != j && i != q && i != r && j != q && j != r && q != r {
						sum += a[i][j] * (b[i][j] + b[q][r] - 2*b[i][q])
						count++
					}
				}
			}
		}
	}
	return sum / count
}

func TestDistanceEqualsDefinitions(t *testing.T) {
	for _, n := range []int{4, 5, 9, 12} {
		rng := rand.New(rand.NewPCG(uint64(n), 11))
		a, _ := world(rng, n, 1, 6, 3, 0)
		var b [][]float32
		for _, v := range a {
			b = append(b, moved(rng, v, 0.8)[:5])
		}
		var ga, gb [][]float64
		var changed float64
		k := neighbourCount(n)
		for i := range a {
			var ra, rb []float64
			for j := range a {
				ra, rb = append(ra, cosine(a[i], a[j])), append(rb, cosine(b[i], b[j]))
			}
			ga, gb = append(ga, ra), append(gb, rb)
			before := ranked(a[i], a, i, 1)[:k]
			for _, j := range ranked(b[i], b, i, 1)[:k] {
				if !slices.Contains(before, j) {
					changed += 1 / float64(n*k)
				}
			}
		}
		aa, bb, want := hsicOf(ga, ga), hsicOf(gb, gb), 0.0
		if aa > 0 && bb > 0 {
			want = hsicOf(ga, gb) / math.Sqrt(aa*bb)
		}
		got, err := Distance(t.Context(), a, b)
		if err != nil || !near(got.CKA, want, 1e-9) || !near(got.Neighbours, changed, 1e-9) {
			t.Errorf("%d pictures: %+v, %v; want %v and %v", n, got, err, changed, want)
		}
	}
}

func TestDistanceRefuses(t *testing.T) {
	two := [][]float32{{1, 0}, {0, 1}}
	for _, c := range []struct {
		name string
		a, b [][]float32
		want error
	}{
		{"nothing", nil, nil, ErrTooFew},
		{"one picture", two[:1], two[:1], ErrTooFew},
		{"different numbers", two, two[:1], ErrShape},
		{"different lengths in one", two, [][]float32{{1}, {1, 2}}, search.ErrDimension},
		{"zero", two, [][]float32{{1}, {0}}, search.ErrZero},
		{"not a number", [][]float32{{1}, {float32(math.NaN())}}, two, search.ErrNotFinite},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, err := Distance(t.Context(), c.a, c.b); !errors.Is(err, c.want) || got != (Travel{}) {
				t.Errorf("%+v, error %v, want %v", got, err, c.want)
			}
		})
	}
	if got, err := Distance(t.Context(), two, two); err != nil || got != (Travel{}) {
		t.Errorf("two pictures: %+v, %v", got, err)
	}
}
