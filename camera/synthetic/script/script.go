// Package script decides what happens when in a scene. Everything follows from a seed and the time, so any moment can be asked for
// without those before it.
package script

import (
	"math"
	"math/rand/v2"
)

// Lane is a sequence of visits, one in each period.
type Lane struct {
	Seed   uint64
	ID     uint64  // differs from lane to lane
	Period float64 // seconds
	Offset float64 // seconds
}

// At returns the visit at a time: its number, a generator that is the same at every moment of the visit, and the seconds since its
// period began.
func (l Lane) At(t float64) (n int64, rng *rand.Rand, since float64) {
	k := math.Floor((t + l.Offset) / l.Period)
	return int64(k), Generator(l.Seed, l.ID, int64(k)), t + l.Offset - k*l.Period
}

// Generator returns a generator for the n-th thing of a kind.
func Generator(seed, kind uint64, n int64) *rand.Rand {
	return rand.New(rand.NewPCG(seed^kind*0x9e3779b97f4a7c15, uint64(n)))
}

// Between draws a number from low to high.
func Between(rng *rand.Rand, low, high float32) float32 { return low + (high-low)*rng.Float32() }

// Turns fills and empties places, one at a time: time is cut into windows, and each window belongs to one place. So two cars never
// use the same road at once, and one hand does one thing. In each group of Places+Spare windows every place has one window, in
// random order. Even places are filled in even groups and emptied in odd ones, and odd places the other way round, so that about
// half of the places are filled at any time.
type Turns struct {
	Seed          uint64
	Window        float64 // seconds
	Places, Spare int
}

// Stay is what happens at one place from when it is empty until it is empty again.
type Stay struct {
	N       int64   // differs from stay to stay at one place
	In, Out float64 // when the windows begin in which the place is filled and emptied
}

// At returns the stay of a place at a time. Before In, and from a window after Out on, the place is empty.
func (u Turns) At(place int, t float64) Stay {
	group := u.group(t)
	if (group+int64(place))&1 != 0 {
		group--
	}
	return Stay{group, u.window(group, place), u.window(group+1, place)}
}

// SpareAt returns the number of the window at a time if it belongs to no place, and the seconds since it began.
func (u Turns) SpareAt(t float64) (n int64, since float64, ok bool) {
	w := math.Floor(t / u.Window)
	group := u.group(t)
	within := int64(w) - group*int64(u.Places+u.Spare)
	return int64(w), t - w*u.Window, u.order(group)[within] >= u.Places
}

// Spares returns when the spare windows of a stay's groups begin.
func (u Turns) Spares(s Stay) (begin []float64) {
	for g := s.N; g <= s.N+1; g++ {
		for i, place := range u.order(g) {
			if place >= u.Places {
				begin = append(begin, (float64(g)*float64(u.Places+u.Spare)+float64(i))*u.Window)
			}
		}
	}
	return begin
}

func (u Turns) group(t float64) int64 {
	return int64(math.Floor(t / u.Window / float64(u.Places+u.Spare)))
}

func (u Turns) order(group int64) []int {
	return Generator(u.Seed, 0x7475726e, group).Perm(u.Places + u.Spare)
}

func (u Turns) window(group int64, place int) float64 {
	for i, p := range u.order(group) {
		if p == place {
			return (float64(group)*float64(u.Places+u.Spare) + float64(i)) * u.Window
		}
	}
	panic("script: there is no such place")
}
