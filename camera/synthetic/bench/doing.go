package bench

import (
	"math"

	"edgeclr/camera/synthetic/render"
)

// doing is what the worker does at a moment.
type doing struct {
	hands [2]vec
	grip  [2]float32
	away  float32 // 0 at the bench, 1 gone
	side  float32 // to which side the worker leaves
}

// doing returns what the worker does at a time.
func (b *Bench) doing(t float64) doing {
	d := doing{side: 1}
	for i, side := range [2]float32{-1, 1} {
		sway := vec{X: 0.02 * render.Cloudy(vec{X: float32(math.Mod(t/2, 4096)), Y: side}, 2), Y: 0.02 * render.Cloudy(vec{X: float32(math.Mod(t/2, 4096)), Y: 4 + side}, 2)}
		d.hands[i], d.grip[i] = rest(side).Add(sway), 0.3
	}
	if n, since, ok := b.turns().SpareAt(t); ok {
		b.spareTime(&d, n, since, t)
		return d
	}
	for k := range spotCount {
		l := b.lifeAt(k, t)
		for _, begin := range [2]float64{l.stay.In, l.stay.Out} {
			s := float32(t - begin)
			if s < 0 || s >= window || !l.exists {
				continue
			}
			at := l.at
			if begin == l.stay.Out && len(l.moves) > 0 {
				at = l.moves[len(l.moves)-1].to
			}
			d.reach(at.Add(vec{Z: l.kind.high}), s, begin == l.stay.In)
		}
	}
	return d
}

// reach moves one hand to a target and back, s seconds after it began. It holds something on the way there, or on the way back.
func (d *doing) reach(to vec, s float32, brings bool) {
	i := 0
	if to.X >= 0 {
		i = 1
	}
	above := to.Add(vec{Z: 0.035})
	from := hand(to)
	switch {
	case s < reached:
		d.hands[i] = path(from, above, s/reached)
	case s < let:
		d.hands[i] = above
	case s < back:
		d.hands[i] = path(from, above, 1-(s-let)/(back-let))
	default:
		d.hands[i] = from.Add(vec{Y: 0.25, Z: 0.1}).Mix(d.hands[i], render.Smooth(back, back+0.8, s))
	}
	d.grip[i] = 0.4
	if brings == (s < let) {
		d.grip[i] = 0.9
	}
}

// spareTime is what happens in a window that belongs to no spot: the worker is away, works with both hands, or moves a thing.
func (b *Bench) spareTime(d *doing, n int64, since, t float64) {
	begin := float64(n) * window
	what := b.spare(begin)
	s := float32(since)
	switch {
	case what.away:
		d.away = min(render.Smooth(0, 1.4, s), 1-render.Smooth(window-1.4, window, s))
		if n&1 == 0 {
			d.side = -1
		}
	case what.works:
		up := render.Smooth(0, 1, s) * (1 - render.Smooth(window-1, window, s))
		for i, side := range [2]float32{-1, 1} {
			x := float32(math.Mod(t, 4096))
			to := vec{X: 0.06*side + 0.03*render.Sin(2.3*x), Y: 0.42 + 0.03*render.Cos(3.1*x+side), Z: 0.08 + 0.02*render.Sin(4.7*x*side)}
			d.hands[i], d.grip[i] = d.hands[i].Mix(to, up), 0.8
		}
	case what.moves >= 0:
		l := b.lifeAt(what.moves, t)
		at := l.at
		for _, m := range l.moves {
			if m.begin == begin && l.exists {
				d.push(at, m.to, l.kind.high, s)
			}
			at = m.to
		}
	}
}

// push moves one hand to a thing, with it to another place, and back.
func (d *doing) push(from, to vec, high, s float32) {
	d.reach(from.Add(vec{Z: high}), min(s, reached), false)
	i := 0
	if from.X >= 0 {
		i = 1
	}
	lift := vec{Z: high + 0.035}
	switch {
	case s < reached:
		return
	case s < reached+1.3:
		d.hands[i], d.grip[i] = from.Mix(to, render.Smooth(reached, reached+1.2, s)).Add(lift), 0.9
	default:
		d.hands[i] = to.Add(lift).Mix(hand(from), render.Smooth(reached+1.3, window-0.2, s))
		d.hands[i].Z += 0.1 * render.Smooth(reached+1.3, reached+2, s) * render.Smooth(window, window-1, s)
	}
}
