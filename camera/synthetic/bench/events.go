package bench

import (
	"math"
	"math/rand/v2"

	"edgeclr/camera/synthetic/render"
	"edgeclr/camera/synthetic/script"
)

// window is how long the worker takes for one action, in seconds.
const window = 5.0

// Times within a window, in seconds.
const (
	reached = 1.5 // the hand is at its target
	let     = 2.0 // it has taken or let go of the thing
	back    = 3.4 // it is back
)

// spot is a place on the table where one thing may lie.
type spot struct {
	at    vec
	group string
}

// spotCount is the number of spots.
const spotCount = 6

// spots lists them.
func spots() [spotCount]spot {
	return [spotCount]spot{
		{vec{X: -0.47, Y: 0.22}, tool}, {vec{X: 0.45, Y: 0.4}, tool},
		{vec{X: -0.08, Y: 0.24}, part}, {vec{X: 0.16, Y: 0.46}, part},
		{vec{X: -0.44, Y: 0.55}, thing}, {vec{X: 0.4, Y: 0.14}, thing},
	}
}

// turns decides when things are brought and taken away.
func (b *Bench) turns() script.Turns {
	return script.Turns{Seed: b.seed ^ 0x7475726e, Window: window, Places: spotCount, Spare: 6}
}

// item is a thing at a moment.
type item struct {
	kind kind
	look uint64 // seeds its shape
	at   vec
	yaw  float32
}

// life is what becomes of the thing of one stay.
type life struct {
	item
	exists bool
	stay   script.Stay
	moves  []move
}

// move is an action that shifts a thing.
type move struct {
	begin float64
	to    vec
	yaw   float32
}

// lifeAt returns the thing that has its stay at a spot at a time.
func (b *Bench) lifeAt(k int, t float64) life {
	turns, s := b.turns(), spots()[k]
	l := life{stay: turns.At(k, t)}
	rng := script.Generator(b.seed, 0x6974656d+uint64(k), l.stay.N)
	some := kindsOf(s.group)
	l.kind, l.look, l.exists = some[rng.IntN(len(some))], rng.Uint64(), rng.IntN(10) < 7
	l.at, l.yaw = near(rng, s.at), between(rng, 0, 6.28)
	for _, begin := range turns.Spares(l.stay) {
		if what := b.spare(begin); what.moves == k && begin > l.stay.In && begin < l.stay.Out {
			l.moves = append(l.moves, move{begin, near(rng, s.at), l.yaw + between(rng, -1.5, 1.5)})
		}
	}
	return l
}

// near draws a point near a spot.
func near(rng *rand.Rand, at vec) vec {
	return at.Add(vec{X: between(rng, -0.09, 0.09), Y: between(rng, -0.06, 0.06)})
}

// spare says what the worker does in a spare window.
type spare struct {
	moves int // spot whose thing is moved, -1: none
	away  bool
	works bool
}

func (b *Bench) spare(begin float64) spare {
	rng := script.Generator(b.seed, 0x73706172, int64(math.Round(begin/window)))
	s := spare{moves: -1}
	switch x := rng.IntN(10); {
	case x < 4:
		s.away = true
	case x < 7:
		s.works = true
	default:
		s.moves = rng.IntN(spotCount)
	}
	return s
}

// itemAt returns the thing at a spot, also while a hand carries it; ok is false when there is none.
func (b *Bench) itemAt(k int, t float64) (item, bool) {
	l := b.lifeAt(k, t)
	in, out := float32(t-l.stay.In), float32(t-l.stay.Out)
	if !l.exists || in < 0 || out >= reached+let {
		return item{}, false
	}
	i := l.item
	if in < reached {
		i.at = carried(hand(l.at), l.at, in/reached, &i.kind)
		return i, true
	}
	for _, m := range l.moves {
		s := float32(t - m.begin)
		if s < 0 {
			break
		}
		if s < reached+let {
			u := render.Smooth(reached, reached+1.2, s)
			i.at, i.yaw = i.at.Mix(m.to, u), i.yaw+(m.yaw-i.yaw)*u
			return i, true
		}
		i.at, i.yaw = m.to, m.yaw
	}
	if out > let {
		i.at = carried(hand(i.at), i.at, 1-(out-let)/(back-let), &i.kind)
		if out > back {
			return item{}, false
		}
	}
	return i, true
}

// hand returns the resting place of the hand that reaches for a point.
func hand(p vec) vec {
	if p.X < 0 {
		return rest(-1)
	}
	return rest(1)
}

// carried returns where a thing is on the way of a hand from its rest to a target; s goes from 0 to 1.
func carried(from, to vec, s float32, k *kind) vec {
	p := path(from, to.Add(vec{Z: k.high}), s)
	return p.Sub(vec{Z: k.high})
}

// path is the way of a hand: an arc above the table. Behind the table's edge the worker holds what comes and goes.
func path(from, to vec, s float32) vec {
	s = render.Smooth(0, 1, s)
	p := from.Add(vec{Y: 0.25, Z: 0.1}).Mix(to, s)
	p.Z += 0.5 * s * (1 - s)
	return p
}
