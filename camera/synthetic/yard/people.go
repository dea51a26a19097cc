package yard

import (
	"math"
	"math/rand/v2"

	"edgeclr/camera/synthetic/render"
	"edgeclr/camera/synthetic/script"
)

// walkers is the number of people that may cross the yard at the same time, apart from drivers.
const walkers = 5

// doors are where people come from and go to.
func doors() [7]vec {
	return [7]vec{{X: doorX, Y: front + 0.2}, {X: -22, Y: 14}, {X: 24, Y: 9}, {X: -13, Y: 8.8}, {X: 25, Y: 15.5}, {X: dockX + 2.8, Y: front - 0.8}, {X: -24, Y: 23.5}}
}

// walk is the way of a person: straight from corner to corner, with a halt at one of them.
type walk struct {
	corners []vec
	speed   float32 // metres a second
	halt    int     // index of the corner at which the person stands for a while
	pause   float32 // seconds
}

// newWalk draws a way through the yard.
func newWalk(rng *rand.Rand) walk {
	all := doors()
	from := rng.IntN(len(all))
	to := (from + 1 + rng.IntN(len(all)-1)) % len(all)
	middle := vec{X: between(rng, -10, 9), Y: between(rng, 9, 23)}
	w := walk{corners: []vec{all[from], middle, all[to]}, speed: between(rng, 1.1, 1.7), halt: 1}
	if rng.IntN(2) == 0 {
		w.pause = between(rng, 3, 14)
	}
	if rng.IntN(9) == 0 {
		w.speed *= 2 // late
	}
	return w
}

// at returns where the person is: the place, the direction, how far it has walked, and whether it stands. ok is false before and
// after.
func (w *walk) at(t float32) (p vec, yaw, way float32, stands, ok bool) {
	if t < 0 {
		return
	}
	for i := 0; i+1 < len(w.corners); i++ {
		leg := w.corners[i+1].Sub(w.corners[i])
		long := leg.Len()
		yaw = angle(leg)
		if i == w.halt && i > 0 {
			if t < w.pause {
				return w.corners[i], yaw, way, true, true
			}
			t -= w.pause
		}
		if t < long/w.speed {
			return w.corners[i].Add(leg.Scale(t * w.speed / long)), yaw, way + t*w.speed, false, true
		}
		t -= long / w.speed
		way += long
	}
	return p, 0, 0, false, false
}

// lasts returns how long the way takes, in seconds.
func (w *walk) lasts() float32 {
	long := w.pause
	for i := 0; i+1 < len(w.corners); i++ {
		long += w.corners[i+1].Sub(w.corners[i]).Len() / w.speed
	}
	return long
}

// addPeople adds all people of a moment: those who cross the yard, and the drivers of parked vehicles.
func (c *cast) addPeople(y *Yard, t float64) {
	for k := range uint64(walkers) {
		_, rng, since := script.Lane{Seed: y.seed, ID: 0x77616c6b + k, Period: 43, Offset: 9.7 * float64(k)}.At(t)
		if rng.Float32() < 0.62*y.busy(t-since) {
			w := newWalk(rng)
			c.addWalker(rng, &w, float32(since)-between(rng, 0, 10))
			if rng.IntN(5) == 0 { // two walk together
				for i := range w.corners {
					w.corners[i].X += 0.35
					w.corners[i].Y += 0.55
				}
				c.addWalker(rng, &w, float32(since)-between(rng, 0, 10))
			}
		}
	}
	for b := range berths() {
		g := y.guestAt(b, t)
		if !g.present {
			continue
		}
		rng := script.Generator(y.seed, 0x64726976+uint64(b), g.stay.N)
		seat := vec{X: g.x - g.wide - 0.5, Y: g.y + 0.4}
		door := vec{X: doorX, Y: front + 0.2}
		aside := vec{X: seat.X - 0.1, Y: g.y - g.long - 0.6}
		out := walk{corners: []vec{seat, aside, {X: (door.X + seat.X) / 2, Y: 28.2}, door}, speed: 1.35}
		back := walk{corners: []vec{door, {X: (door.X + seat.X) / 2, Y: 28.2}, aside, seat}, speed: 1.35}
		who := rng.Uint64()
		driver := func() *rand.Rand { return rand.New(rand.NewPCG(who, 0)) }
		c.addWalker(driver(), &out, float32(t-g.stay.In)-window)
		c.addWalker(driver(), &back, float32(t-g.stay.Out)+back.lasts()+1)
	}
}

// angle is that of a direction on the ground.
func angle(d vec) float32 { return float32(math.Atan2(float64(d.Y), float64(d.X))) }

// addWalker adds a person who began to walk some seconds ago.
func (c *cast) addWalker(rng *rand.Rand, w *walk, since float32) {
	g := newFigure(rng)
	phone, look, carries := rng.IntN(3) == 0, between(rng, -0.8, 0.8), rng.IntN(3) > 0
	p, yaw, way, stands, ok := w.at(since)
	if !ok {
		return
	}
	pose := posture{step: way * 4.2, stride: 1, umbrella: c.rain > 0.5 && carries && !g.helmet}
	if stands {
		pose = posture{step: 0.3, stride: 0.12, phone: phone && !pose.umbrella, look: look, umbrella: pose.umbrella}
		yaw += look
	}
	if p.X < -14.5 && p.Y < 15 || p.Y < 10.2 {
		p.Z = 0.12 // on the pavement
	}
	c.addPerson(&g, p, yaw, pose)
}

// addPerson adds a person at a place.
func (c *cast) addPerson(g *figure, at vec, yaw float32, p posture) {
	c.own(person)
	c.frame.Moving.Pose = render.Stand(at, yaw)
	g.draw(c.frame.Moving, p)
	c.frame.Blots = append(c.frame.Blots, render.Blot{At: at, Yaw: yaw, Long: 0.08, Wide: 0.08, Reach: 0.5, Dark: 0.55, HighestAbove: 0.2})
}
