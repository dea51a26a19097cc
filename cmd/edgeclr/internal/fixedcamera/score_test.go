package fixedcamera

import (
	"errors"
	"math"
	"slices"
	"testing"
	"time"
)

// seconds are the times of n frames, so many a second.
func seconds(n, rate int) (times []time.Duration) {
	for i := range n {
		times = append(times, time.Duration(i)*time.Second/time.Duration(rate))
	}
	return times
}

func TestNearest(t *testing.T) {
	const n = 60
	m := moments{seconds(n, 5), 2 * time.Second}
	// The nearer in time, the more alike; 40 and 41 are equally alike to all.
	s, err := similarityOf(t.Context(), n, func(i, j int) float32 {
		if i == 40 || j == 40 || i == 41 || j == 41 {
			return 0.5
		}
		return -float32(max(i, j) - min(i, j))
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := s.nearest(m, 0), []int{40, 41, 10, 11, 12, 13, 14, 15, 16, 17}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	for i := range n {
		for _, j := range s.nearest(m, i) {
			if d := m.times[i] - m.times[j]; d.Abs() < m.apart {
				t.Errorf("%d and %d are of one moment", i, j)
			}
		}
	}
}

func TestTooShort(t *testing.T) {
	if err := (moments{seconds(30, 5), 2 * time.Second}).check(); err != nil {
		t.Error(err)
	}
	// The frame in the middle has 20 - 9 - 10 = 1 others.
	if err := (moments{seconds(20, 5), 2 * time.Second}).check(); !errors.Is(err, ErrTooShort) {
		t.Errorf("%v", err)
	}
}

// An encoder that sees the truth is best, one that sees nothing guesses.
func TestScore(t *testing.T) {
	const n = 80
	truth := &Truth{Columns: []Column{{Name: "people"}}, given: 1}
	m := moments{seconds(n, 5), 2 * time.Second}
	for i := range n {
		kind := i % 4
		truth.Grids = append(truth.Grids, *filled(1, 10*kind, 10*kind+1))
		truth.Columns[0].Values = append(truth.Columns[0].Values, float64(kind))
	}
	seeing, err := similarityOf(t.Context(), n, func(i, j int) float32 {
		if i%4 == j%4 {
			return 1
		}
		return 0
	})
	if err != nil {
		t.Fatal(err)
	}
	e, err := truth.score(t.Context(), m, seeing)
	if err != nil {
		t.Fatal(err)
	}
	best, err := truth.best(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{ErrorOverlap, ErrorArea, "people"} {
		if got := e.means()[name]; got > 1e-9 || best.means()[name] > 1e-9 {
			t.Errorf("%s: %v and %v, want 0", name, got, best.means()[name])
		}
	}
	guess := truth.guess(m).means()
	if want := 0.75 * (1 - 0.5/4.5); math.Abs(guess[ErrorOverlap]-want) > 0.02 || guess[ErrorArea] > 1e-9 || guess["people"] < 0.5 {
		t.Errorf("guess: %v, want an overlap of %v", guess, want)
	}
	if names := truth.errorNames(); !slices.Equal(names, []string{"people", ErrorOverlap, ErrorArea}) {
		t.Errorf("%q", names)
	}
}

func TestMixed(t *testing.T) {
	a, b := similarity{2, []float32{1, 0, 0, 1}}, similarity{2, []float32{1, 1, 1, 1}}
	if got := mixed(a, b, 0.75); got.at(0, 1) != 0.75 || got.at(0, 0) != 1 {
		t.Errorf("%v", got)
	}
}

func TestDot(t *testing.T) {
	for n := range 10 {
		a, want := make([]float32, n), float32(0)
		for i := range a {
			a[i] = float32(i + 1)
			want += a[i] * a[i]
		}
		if got := dot(a, a); got != want {
			t.Errorf("%d values: %v, want %v", n, got, want)
		}
	}
}
