package probe

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// A set that is saved and restored at any moment goes on as if nothing had happened.
func TestRestoreSetContinues(t *testing.T) {
	for _, o := range []SetOptions{{Seed: 1, Capacity: 16, Every: 3}, {Seed: 1<<64 - 1, Capacity: 7, Every: 2}, {}} {
		rng := rand.New(rand.NewPCG(o.Seed, 30))
		whole, broken := newTestSet(t, o), newTestSet(t, o)
		for id := uint64(1); id < 3000; id += 1 + rng.Uint64N(3) {
			if rng.IntN(5) == 0 {
				data, err := json.Marshal(broken)
				if err != nil {
					t.Fatal(err)
				}
				if broken, err = RestoreSet(data); err != nil {
					t.Fatalf("%v: %s", err, data)
				}
			}
			if whole.Offer(id) != broken.Offer(id) {
				t.Fatalf("%+v: frame %d is held by one only", o, id)
			}
			if gone := rng.Uint64N(2 * id); rng.IntN(3) == 0 {
				whole.Remove(gone, gone/2)
				broken.Remove(gone, gone/2)
			}
			if !slices.Equal(whole.IDs(), broken.IDs()) {
				t.Fatalf("%+v: after frame %d: %v and %v", o, id, whole.IDs(), broken.IDs())
			}
		}
	}
}

func TestRestoreSetRefuses(t *testing.T) {
	const good = `{"version":1,"seed":3,"capacity":4,"every":5,"arrivals":40,"last":90,"stride":20,"held":[[7,10],[25,60]]}`
	if s, err := RestoreSet([]byte(good)); err != nil || !slices.Equal(s.IDs(), []uint64{10, 60}) {
		t.Fatalf("%v", err)
	}
	for _, c := range []struct{ name, from, to string }{
		{"a newer version", `"version":1`, `"version":2`},
		{"no version", `"version":1,`, ``},
		{"an unknown key", `"seed"`, `"sed"`},
		{"no capacity", `"capacity":4`, `"capacity":0`},
		{"a capacity below 4", `"capacity":4`, `"capacity":3`},
		{"no every", `"every":5`, `"every":0`},
		{"a stride of 0", `"stride":20`, `"stride":0`},
		{"a stride of 15", `"stride":20`, `"stride":15`},
		{"a stride below every", `"every":5`, `"every":40`},
		{"a huge stride", `"stride":20`, `"stride":11529215046068469760`},
		{"too many arrivals", `"arrivals":40`, `"arrivals":9223372036854775807`},
		{"more arrivals than ids", `"last":90`, `"last":38`},
		{"no arrivals, but a last", `"arrivals":40`, `"arrivals":0`},
		{"an arrival to come", `[25,60]`, `[40,60]`},
		{"an id to come", `[25,60]`, `[25,91]`},
		{"two in a stratum", `[25,60]`, `[8,60]`},
		{"the order of arrivals", `[7,10],[25,60]`, `[25,10],[7,60]`},
		{"the order of ids", `[7,10],[25,60]`, `[7,60],[25,10]`},
		{"more than the capacity", `"arrivals":40,"last":90,"stride":20,"held":[`, `"arrivals":200,"last":900,"stride":20,"held":[[41,92],[61,93],[81,94],[101,95],[121,96],`},
		{"a negative id", `[7,10]`, `[7,-10]`},
		{"something after it", `[25,60]]}`, `[25,60]]} {}`},
		{"cut off", `[25,60]]}`, ``},
		{"null", good, `null`},
		{"nothing", good, ``},
	} {
		t.Run(c.name, func(t *testing.T) {
			damaged := strings.Replace(good, c.from, c.to, 1)
			if damaged == good {
				t.Fatal("nothing was changed")
			}
			if s, err := RestoreSet([]byte(damaged)); !errors.Is(err, ErrState) || s != nil {
				t.Errorf("%s: %v", damaged, err)
			}
		})
	}
}

// A restored set is like any other: bounded, in order, and saved as it was.
func FuzzRestoreSet(f *testing.F) {
	s := newTestSet(f, SetOptions{Seed: 1, Capacity: 6, Every: 2})
	for id := range uint64(60) {
		if id%20 == 0 {
			data, err := json.Marshal(s)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
		s.Offer(2 * id)
	}
	f.Add([]byte(`{"version":1,"seed":3,"capacity":4,"every":5,"arrivals":40,"last":18446744073709551615,"stride":20,"held":[[7,10],[25,60]]}`))
	f.Add([]byte(`{"version":1,"capacity":4,"every":2,"arrivals":4611686018427387903,"last":4611686018427387903,"stride":4611686018427387904}`))
	f.Add([]byte(`{"version":1,"held":[[]]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := RestoreSet(data)
		if err != nil {
			if !errors.Is(err, ErrState) {
				t.Fatal(err)
			}
			return
		}
		saved, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		again, err := RestoreSet(saved)
		if err != nil {
			t.Fatalf("%v: %s", err, saved)
		}
		for i := range uint64(50) {
			id := s.last + 1 + i
			if held := s.Offer(id); held != again.Offer(id) || held != s.Contains(id) {
				t.Fatalf("frame %d: %v", id, held)
			}
		}
		if ids := s.IDs(); len(ids) > s.options.Capacity || !slices.IsSorted(ids) || !slices.Equal(ids, again.IDs()) {
			t.Fatalf("%v", ids)
		}
	})
}
