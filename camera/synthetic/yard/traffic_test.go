package yard

import (
	"math"
	"testing"
)

// scene is a yard without a stage: its events need no picture.
func scene(seed uint64) *Yard { return &Yard{seed: seed} }

// TestVehiclesMoveSteadily checks for three quarters of an hour that no vehicle that parks jumps, turns on the spot, or drives into another one.
func TestVehiclesMoveSteadily(t *testing.T) {
	const step = 0.2
	for seed := range uint64(3) {
		y := scene(seed)
		type visit struct{ berth, stay int }
		before := map[visit]drive{}
		for at := 0.0; at < 2700; at += step {
			now, guests := map[visit]drive{}, map[visit]guest{}
			for b := range berths() {
				g := y.guestAt(b, at)
				if d, ok := g.at(at); ok {
					v := visit{b, int(g.stay.N)}
					now[v], guests[v] = d, g
				}
			}
			for v, d := range now {
				last, known := before[v]
				if !known {
					if at > 0 && abs(d.x) < edgeX-2 {
						t.Fatalf("seed %d, second %.1f: a vehicle appears at x = %.1f", seed, at, d.x)
					}
					continue
				}
				if moved := math.Hypot(float64(d.x-last.x), float64(d.y-last.y)); moved > 12*step || abs(d.yaw-last.yaw) > 0.5 {
					t.Fatalf("seed %d, second %.1f: from %+v to %+v", seed, at, last, d)
				}
			}
			for v, last := range before {
				if _, still := now[v]; !still && abs(last.x) < edgeX-6 {
					t.Fatalf("seed %d, second %.1f: a vehicle disappears at x = %.1f", seed, at, last.x)
				}
			}
			for a := range now {
				for b := range now {
					if a.berth < b.berth && overlap(guests[a], now[a], guests[b], now[b]) {
						t.Fatalf("seed %d, second %.1f: %+v and %+v collide", seed, at, now[a], now[b])
					}
				}
			}
			before = now
		}
	}
}

// overlap reports whether the middle lines of two vehicles come closer than half a metre.
func overlap(a guest, da drive, b guest, db drive) bool {
	for i := -4; i <= 4; i++ {
		for j := -4; j <= 4; j++ {
			s, u := float64(i)/4*float64(a.long), float64(j)/4*float64(b.long)
			dx := float64(da.x-db.x) + s*math.Cos(float64(da.yaw)) - u*math.Cos(float64(db.yaw))
			dy := float64(da.y-db.y) + s*math.Sin(float64(da.yaw)) - u*math.Sin(float64(db.yaw))
			if math.Hypot(dx, dy) < 0.5 {
				return true
			}
		}
	}
	return false
}

// TestWalkersWalk checks that the way of a person has no gap and ends at a door.
func TestWalkersWalk(t *testing.T) {
	for _, w := range []walk{
		{corners: []vec{{X: 1}, {X: 4, Y: 4}, {X: -3, Y: 9}}, speed: 1.4, halt: 1, pause: 6},
		{corners: []vec{{}, {X: 5}}, speed: 2},
	} {
		var last vec
		for s := float32(0); s < w.lasts()-0.01; s += 0.1 {
			p, _, _, _, ok := w.at(s)
			if !ok || s > 0 && p.Sub(last).Len() > 0.1*w.speed+0.01 {
				t.Fatalf("%v seconds: %v after %v", s, p, last)
			}
			last = p
		}
		if end := w.corners[len(w.corners)-1]; last.Sub(end).Len() > 0.5 {
			t.Errorf("ends at %v, not %v", last, end)
		}
		for _, s := range []float32{-0.1, w.lasts() + 0.1} {
			if _, _, _, _, ok := w.at(s); ok {
				t.Errorf("somebody walks at %v", s)
			}
		}
	}
}

// TestLightOfADay checks that two hours have days, nights and all weathers, and that nothing jumps.
func TestLightOfADay(t *testing.T) {
	var day, night, rain, fog, snow int
	for at := 0.0; at < 7200; at++ {
		l := lightAt(2, at)
		for _, v := range []float32{l.cover, l.rain, l.fall, l.haze, l.wet, l.snow, l.day, l.lamps} {
			if !(v >= 0 && v <= 1) {
				t.Fatalf("second %v: %+v", at, l)
			}
		}
		next := lightAt(2, at+0.2)
		if abs(l.day-next.day) > 0.05 || abs(l.haze-next.haze) > 0.05 || abs(l.lamps-next.lamps) > 0.2 {
			t.Fatalf("the light jumps in second %v: %+v, %+v", at, l, next)
		}
		count := func(n *int, yes bool) {
			if yes {
				*n++
			}
		}
		count(&day, l.day > 0.8)
		count(&night, l.day < 0.1)
		count(&rain, l.rain > 0.3)
		count(&fog, l.haze > 0.9)
		count(&snow, l.snow > 0.5)
	}
	if min(day, night) < 1800 || min(rain, fog, snow) < 100 {
		t.Errorf("of 7200 seconds: day %d, night %d, rain %d, fog %d, snow %d", day, night, rain, fog, snow)
	}
}
