package probe

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
)

func newTestSet(t testing.TB, o SetOptions) *Set {
	t.Helper()
	s, err := NewSet(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// At every moment the set is bounded, spread over all of the past, and holds nothing
// that was not held at its arrival.
func TestSetHolds(t *testing.T) {
	for _, o := range []SetOptions{{}, {Seed: 1, Capacity: 4, Every: 2}, {Seed: 2, Capacity: 5, Every: 3}, {Seed: 3, Capacity: 64, Every: 10}, {Seed: 4, Capacity: 100, Every: 7}} {
		t.Run(fmt.Sprintf("%+v", o), func(t *testing.T) {
			s := newTestSet(t, o)
			accepted := map[uint64]bool{}
			const arrivals = 6000
			for i := range uint64(arrivals) {
				id := 3*i + 1
				was := s.Offer(id)
				accepted[id] = was
				if was != s.Contains(id) || was != s.Offer(id) || s.Contains(id+1) {
					t.Fatalf("frame %d: offered %v, contained %v", id, was, s.Contains(id))
				}
				if n := s.Len(); n > s.options.Capacity || n < min(s.options.Capacity/2-1, int(i)/s.options.Every) {
					t.Fatalf("%d are held of %d", n, i+1)
				}
			}
			ids := s.IDs()
			if len(ids) != s.Len() || !slices.IsSorted(ids) {
				t.Fatalf("%d held: %v", s.Len(), ids)
			}
			// One of each stratum: no gap in time is longer than two.
			at := uint64(0)
			for _, id := range append(ids, 3*arrivals+1) {
				if id <= 3*arrivals && !accepted[id] {
					t.Errorf("frame %d entered later", id)
				}
				if arrival := id / 3; arrival-at > 2*s.stride {
					t.Errorf("none from %d to %d are held, strata are of %d", at, arrival, s.stride)
				}
				at = id / 3
			}
		})
	}
}

// Each arrival is held with the same chance. The test is chi-square over many seeds,
// by arrival and by the place in the stratum. The second would show when merging two
// strata preferred one of them.
func TestSetIsUniform(t *testing.T) {
	const (
		sets, arrivals, stride = 400, 1600, 40 // after three mergers
		// Chi-square exceeds these once in a thousand, with 39 degrees of freedom and
		// with 1560 by the normal approximation. (The sum of the 40 counts of each
		// stratum is known.)
		limitPlace, limitArrival = 72.055, 1560 + 3.09*55.9
	)
	var byArrival [arrivals]float64
	var byPlace [stride]float64
	for seed := range uint64(sets) {
		s := newTestSet(t, SetOptions{Seed: seed, Capacity: 64, Every: 5})
		for id := range uint64(arrivals) {
			s.Offer(id)
		}
		if s.stride != stride || s.Len() != arrivals/stride {
			t.Fatalf("%d are held, one in %d", s.Len(), s.stride)
		}
		for _, id := range s.IDs() {
			byArrival[id]++
			byPlace[id%stride]++
		}
	}
	chiSquare := func(counts []float64) (sum float64) {
		expected := sets * float64(arrivals/stride) / float64(len(counts))
		for _, n := range counts {
			sum += (n - expected) * (n - expected) / expected
		}
		return sum
	}
	arrival, place := chiSquare(byArrival[:]), chiSquare(byPlace[:])
	t.Logf("chi-square: %.0f by arrival, %.1f by place", arrival, place)
	if arrival > limitArrival || place > limitPlace {
		t.Errorf("chi-square is %.0f by arrival, more than %.0f, or %.1f by place, more than %.1f", arrival, limitArrival, place, limitPlace)
	}
}

// When a store deletes old frames, the set still holds enough of the newer ones.
func TestSetAmongDeleted(t *testing.T) {
	const kept = 3000
	s := newTestSet(t, SetOptions{Seed: 5, Capacity: 120, Every: 5})
	held := map[uint64]bool{}
	for id := range uint64(60_000) {
		held[id] = s.Offer(id)
		if id >= kept {
			s.Remove(id-kept, id-kept) // the second finds nothing
		}
		n := s.Len()
		if n > 120 || id > 1000 && n < 120/4 {
			t.Fatalf("%d are held after %d", n, id)
		}
	}
	var recent int
	for _, id := range s.IDs() {
		if id <= 60_000-1-kept || !held[id] {
			t.Errorf("frame %d is held", id)
		}
		if id >= 60_000-kept/2 {
			recent++
		}
	}
	if n := s.Len(); recent < n/4 || recent > 3*n/4 {
		t.Errorf("%d of %d are from the newer half", recent, n)
	}
	// All are deleted at once, as when a store is cleared.
	s.Remove(s.IDs()...)
	for id := range uint64(3000) {
		s.Offer(60_000 + id)
	}
	if n := s.Len(); n < 40 || n > 120 {
		t.Errorf("%d are held of the 3000 frames after that", n)
	}
}

func TestSetDependsOnSeedAndOrder(t *testing.T) {
	offered := func(seed uint64, every uint64) []uint64 {
		s := newTestSet(t, SetOptions{Seed: seed, Capacity: 40})
		for i := range uint64(2000) {
			s.Offer(i * every)
		}
		return s.IDs()
	}
	one := offered(1, 1)
	if !slices.Equal(one, offered(1, 1)) {
		t.Error("the same seed holds other frames")
	}
	if slices.Equal(one, offered(2, 1)) {
		t.Error("two seeds hold the same frames")
	}
	spaced := offered(1, 9) // the numbers themselves do not matter
	for i := range spaced {
		spaced[i] /= 9
	}
	if !slices.Equal(one, spaced) {
		t.Error("what is held depends on the ids")
	}
}

func TestSetRefuses(t *testing.T) {
	for _, o := range []SetOptions{{Capacity: 3}, {Capacity: -1}, {Every: 1}, {Every: -5}} {
		if s, err := NewSet(o); !errors.Is(err, ErrOptions) || s != nil {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

func TestSetIsSafe(t *testing.T) {
	s := newTestSet(t, SetOptions{Capacity: 20, Every: 2})
	var wait sync.WaitGroup
	for range 3 {
		wait.Go(func() {
			rng := rand.New(rand.NewPCG(1, 2))
			for id := range uint64(500) {
				s.Offer(id)
				s.Contains(id)
				s.Remove(rng.Uint64N(500))
				if _, err := json.Marshal(s); err != nil {
					t.Error(err)
				}
				s.IDs()
			}
		})
	}
	wait.Wait()
}
