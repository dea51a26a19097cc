package yard

import (
	"math"
	"math/rand/v2"

	"edgeclr/camera/synthetic/render"
	"edgeclr/camera/synthetic/script"
)

const (
	window  = 14.0 // seconds in which one vehicle uses the lane before the bays
	laneY   = 21.0 // that lane, on which vehicles go to the left
	farY    = 17.9 // the other one, on which they go to the right
	turn    = 4.0  // radius of the curve into a bay, metres
	parkedY = 26.3 // middle of a parked vehicle
	edgeX   = 27.0 // beyond what the camera sees
)

// berth is where a vehicle may stand: the bays and the dock.
func berths() [4]float32 {
	b := bays()
	return [4]float32{b[0], b[1], b[2], dockX}
}

// parking decides when vehicles come and go.
func (y *Yard) parking() script.Turns {
	return script.Turns{Seed: y.seed ^ 0x7061726b, Window: window, Places: len(berths()), Spare: 3}
}

// guest is a vehicle that parks, or none.
type guest struct {
	vehicle
	present bool
	stay    script.Stay
	x, y    float32 // where it stands
}

// guestAt returns the vehicle of a berth at a time.
func (y *Yard) guestAt(berth int, t float64) guest {
	g := guest{stay: y.parking().At(berth, t), x: berths()[berth], y: parkedY}
	rng := script.Generator(y.seed, 0x67756573+uint64(berth), g.stay.N)
	kind := car
	if x := rng.IntN(10); berth == 3 && x < 5 {
		kind = truck
	} else if berth == 3 || x < 2 {
		kind = van
	}
	g.vehicle = newVehicle(rng, kind)
	g.present = rng.IntN(10) < 7 // else nobody uses this stay
	g.x += between(rng, -0.2, 0.2)
	g.y += between(rng, -0.3, 0.3)
	if berth == 3 {
		g.y = front - 0.6 - g.long - between(rng, 0, 0.25) // the end of a truck must not stand on the lane
	}
	return g
}

// drive is where a vehicle is, and what it does.
type drive struct {
	x, y, yaw float32
	rolled    float32 // metres
	moving    bool
	braking   bool
}

// at returns where a guest is; ok is false when it is not there.
func (g *guest) at(t float64) (d drive, ok bool) {
	in, out := float32(t-g.stay.In), float32(t-g.stay.Out)
	if !g.present || in < 0 || out >= window {
		return d, false
	}
	// The way in: straight to the left, a curve, straight into the berth.
	straight := edgeX - g.x - turn
	curve := float32(turn * math.Pi / 2)
	last := g.y - laneY - turn
	whole := straight + curve + last
	const arrive = 11.5 // seconds
	switch {
	case in < arrive:
		s := in / arrive
		way := whole * (1 - (1-s)*(1-s)*(0.55+0.45*(1-s))) // slower and slower
		d = g.along(way, straight, curve)
		d.moving, d.braking = true, s > 0.35
	case out < 0:
		d = drive{x: g.x, y: g.y, yaw: math.Pi / 2, rolled: whole}
	case out < 5: // backwards out of the berth and round the curve
		back := last + curve + 0.5
		d = g.along(whole-back*render.Smooth(0, 5, out), straight, curve)
		d.moving, d.braking = true, out > 4
	default:
		start := g.along(straight-0.5, straight, curve)
		s := out - 5
		way := 0.55 * s * s
		if s > 6 {
			way = 0.55*36 + 6.6*(s-6)
		}
		d = drive{x: start.x - way, y: laneY, yaw: math.Pi, rolled: way, moving: true}
	}
	return d, true
}

// along returns the place on the way into a berth.
func (g *guest) along(way, straight, curve float32) drive {
	switch {
	case way < straight:
		return drive{x: edgeX - way, y: laneY, yaw: math.Pi, rolled: way}
	case way < straight+curve:
		a := (way - straight) / turn
		return drive{x: g.x + turn - turn*render.Sin(a), y: laneY + turn - turn*render.Cos(a), yaw: math.Pi - a, rolled: way}
	default:
		return drive{x: g.x, y: laneY + turn + way - straight - curve, yaw: math.Pi / 2, rolled: way}
	}
}

// passer returns a vehicle that only passes.
func passer(rng *rand.Rand, since, y, towards float32) (v vehicle, d drive, ok bool) {
	kinds := [8]string{car, car, car, van, truck, truck, bicycle, bicycle}
	v = newVehicle(rng, kinds[rng.IntN(len(kinds))])
	speed := between(rng, 5, 8)
	if v.kind == bicycle {
		speed = between(rng, 3.6, 5)
	}
	way := speed * since
	if way > 2*edgeX+8 {
		return v, d, false
	}
	d = drive{x: -towards * (edgeX + 4 - way), y: y + between(rng, -0.3, 0.3), rolled: way, moving: true}
	if towards < 0 {
		d.yaw = math.Pi
	}
	return v, d, true
}

// addVehicles adds all vehicles of a moment.
func (c *cast) addVehicles(y *Yard, t float64) {
	for b := range berths() {
		g := y.guestAt(b, t)
		if d, ok := g.at(t); ok {
			c.addVehicle(&g.vehicle, d, nil)
		}
	}
	turns := y.parking()
	if n, since, ok := turns.SpareAt(t); ok {
		rng := script.Generator(y.seed, 0x73706172, n)
		if rng.Float32() < y.busy(t-since) {
			c.addPasser(rng, float32(since), laneY, -1)
		}
	}
	_, rng, since := script.Lane{Seed: y.seed, ID: 0x66617279, Period: 17}.At(t)
	if rng.Float32() < 0.75*y.busy(t-since) {
		c.addPasser(rng, float32(since)-between(rng, 0, 4), farY, 1)
	}
}

// addPasser adds a vehicle that passes, and the rider of a bicycle.
func (c *cast) addPasser(rng *rand.Rand, since, y, towards float32) {
	v, d, ok := passer(rng, since, y, towards)
	if !ok || since < 0 {
		return
	}
	var rider *figure
	if v.kind == bicycle {
		g := newFigure(rng)
		rider = &g
	}
	c.addVehicle(&v, d, rider)
}
