package probe

import (
	"math"
	"math/rand/v2"
	"testing"
)

// seen are pictures with views as an encoder sees them: a background that all share, a
// signal in some directions, and noise in all.
type seen struct {
	background float64 // length of what all vectors have in common
	directions int     // with signal
	signal     float64 // standard deviation between pictures, in each of these
	noise      float64 // standard deviation between views, in each dimension
}

const seenDim = 48

func (s seen) vectors(seed uint64, n, views int) Vectors {
	rng := rand.New(rand.NewPCG(seed, 31))
	var v Vectors
	for range n {
		at := make([]float32, seenDim)
		for i := range s.directions {
			at[i] = float32(s.signal * rng.NormFloat64())
		}
		at[seenDim-1] += float32(s.background)
		v.Images = append(v.Images, moved(rng, at, s.noise))
		for range views {
			v.Views = append(v.Views, moved(rng, at, s.noise))
		}
	}
	return v
}

func (v Vectors) information(t *testing.T) float64 {
	t.Helper()
	s, err := Measure(t.Context(), v.Images, v.Views, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s.Information
}

// Information follows its definition: with signal in k directions it is about
// k/2 log(1 + signal/noise). It ignores the background, and sees every collapse.
func TestInformation(t *testing.T) {
	good := seen{background: 20, directions: 12, signal: 1, noise: 0.5}
	capacity := func(s seen) float64 {
		ratio := s.signal / s.noise
		return float64(s.directions) / 2 * math.Log1p(ratio*ratio)
	}
	for _, c := range []struct {
		name  string
		s     seen
		views int
		want  float64
		error float64
	}{
		{"a fixed background", good, 2, capacity(good), 3},
		{"another background", seen{background: 80, directions: 12, signal: 1, noise: 0.5}, 2, capacity(good), 3},
		{"the same by smaller differences", seen{background: 200, directions: 12, signal: 0.01, noise: 0.005}, 2, capacity(good), 3},
		{"more views", good, 4, capacity(good), 3},
		{"a single view", good, 1, capacity(good), 4},
		{"two directions left", seen{background: 20, directions: 2, signal: 1, noise: 0.5}, 2, capacity(seen{directions: 2, signal: 1, noise: 0.5}), 1},
		{"only noise", seen{background: 20, noise: 0.5}, 2, 0, 1},
		{"all equal", seen{background: 20}, 2, 0, 0},
	} {
		if got := c.s.vectors(1, 200, c.views).information(t); math.Abs(got-c.want) > c.error {
			t.Errorf("%s: %.2f nats, want %.2f", c.name, got, c.want)
		}
	}
	if loud, quiet := (seen{20, 12, 1, 1}).vectors(1, 200, 2).information(t), good.vectors(1, 200, 2).information(t); loud > 0.6*quiet {
		t.Errorf("with twice the noise %.1f nats, else %.1f", loud, quiet)
	}
}

// Many pictures are compared by a part of them.
func TestInformationOfMany(t *testing.T) {
	s := seen{background: 20, directions: 12, signal: 1, noise: 0.5}
	few, many := s.vectors(2, mostCompared, 2).information(t), s.vectors(2, 2*mostCompared+7, 2).information(t)
	if math.Abs(few-many) > 2 {
		t.Errorf("%.1f and %.1f nats", few, many)
	}
}

func TestCompared(t *testing.T) {
	for _, c := range []struct{ n, most, first, last, count int }{{5, 10, 0, 4, 5}, {10, 10, 0, 9, 10}, {100, 10, 0, 90, 10}, {11, 10, 0, 9, 10}} {
		got := compared(c.n, c.most)
		if len(got) != c.count || got[0] != c.first || got[len(got)-1] != c.last {
			t.Errorf("%d of %d: %v", c.most, c.n, got)
		}
	}
}
