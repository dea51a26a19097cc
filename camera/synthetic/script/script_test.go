package script

import (
	"math"
	"testing"
)

// TestTurnsAreExclusive checks that each window belongs to one place or to none, and that every place is filled and emptied in turn.
func TestTurnsAreExclusive(t *testing.T) {
	u := Turns{Seed: 3, Window: 5, Places: 4, Spare: 3}
	uses := map[float64]int{}
	for place := range u.Places {
		var last Stay
		for at := 0.0; at < 4000; at += u.Window / 2 {
			s := u.At(place, at)
			if s != last {
				uses[s.In]++
				uses[s.Out]++
				if s.Out < s.In+u.Window || last != (Stay{}) && s.In < last.Out+u.Window {
					t.Fatalf("place %d: %+v after %+v", place, s, last)
				}
				last = s
			}
			if s.In > at+2*u.Window*7 || s.Out < at-2*u.Window*7 {
				t.Fatalf("place %d at %v: %+v is far away", place, at, s)
			}
		}
	}
	spare := 0
	for at := 0.0; at < 3500; at += u.Window {
		n, since, ok := u.SpareAt(at + 1)
		if float64(n)*u.Window != at || math.Abs(since-1) > 1e-9 {
			t.Fatalf("at %v: window %d, %v s ago", at, n, since)
		}
		if ok {
			spare++
		}
		if used := uses[at]; ok && used != 0 || !ok && used != 1 {
			t.Errorf("the window at %v: spare %v, used %d times", at, ok, used)
		}
	}
	if spare != 300 {
		t.Errorf("%d of 700 windows are spare", spare)
	}
}

func TestSparesLieInTheStay(t *testing.T) {
	u := Turns{Seed: 5, Window: 2, Places: 3, Spare: 2}
	for at := 0.0; at < 500; at += 10 {
		begin := u.Spares(u.At(1, at))
		if len(begin) != 4 {
			t.Fatalf("at %v: %v", at, begin)
		}
		for _, b := range begin {
			if _, _, ok := u.SpareAt(b + 0.1); !ok {
				t.Errorf("the window at %v is not spare", b)
			}
		}
	}
}

// TestLane checks that the visits follow one another, each with numbers of its own that stay the same.
func TestLane(t *testing.T) {
	l := Lane{Seed: 1, ID: 2, Period: 10, Offset: 3}
	draws := map[uint64]bool{}
	for k := range 50 {
		from := 10*float64(k) - 3
		n, rng, since := l.At(from + 0.25)
		m, again, later := l.At(from + 9.75)
		a, b := rng.Uint64(), again.Uint64()
		if n != int64(k) || m != n || a != b || math.Abs(since-0.25) > 1e-6 || math.Abs(later-9.75) > 1e-6 {
			t.Errorf("visit %d: %d and %d, %d and %d, %v and %v", k, n, m, a, b, since, later)
		}
		if draws[a] {
			t.Errorf("visit %d repeats another one", k)
		}
		draws[a] = true
	}
	// At the moments that eval asks for, the time is still exact.
	const late = 3.7e10
	if _, _, since := l.At(late + 0.2); math.Abs(since-3.2) > 1e-4 {
		t.Errorf("%v seconds", since)
	}
}
