package bench

import (
	"math/rand/v2"
	"testing"

	"edgeclr/camera/synthetic/render"
)

// TestThingsAreCarried checks for a quarter of an hour that no thing jumps, that each lies on the table, and that a hand is at it whenever it
// moves.
func TestThingsAreCarried(t *testing.T) {
	const step = 0.1
	for seed := range uint64(2) {
		b := &Bench{seed: seed}
		before := map[int]item{}
		moved := 0
		for at := 0.0; at < 900; at += step {
			now := map[int]item{}
			for k := range spotCount {
				i, ok := b.itemAt(k, at)
				if !ok {
					continue
				}
				now[k] = i
				if i.at.Y < 0.03 || i.at.X < -tableWide || i.at.X > tableWide || i.at.Z < -0.02 {
					t.Fatalf("seed %d, second %.1f: a %s at %v", seed, at, i.kind.name, i.at)
				}
				last, known := before[k]
				if !known {
					if at > 0 && i.at.Y < tableDeep {
						t.Fatalf("seed %d, second %.1f: a %s appears at %v", seed, at, i.kind.name, i.at)
					}
					continue
				}
				far := i.at.Sub(last.at).Len()
				if far > 0.25 || last.look != i.look {
					t.Fatalf("seed %d, second %.1f: a %s jumps from %v to %v", seed, at, i.kind.name, last.at, i.at)
				}
				if far > 0.005 {
					moved++
					if d := toHand(b.doing(at), i); d > 0.12 {
						t.Fatalf("seed %d, second %.1f: a %s moves at %v, %.2f m away from a hand", seed, at, i.kind.name, i.at, d)
					}
				}
			}
			for k, last := range before {
				if _, still := now[k]; !still && last.at.Y < tableDeep {
					t.Fatalf("seed %d, second %.1f: a %s disappears at %v", seed, at, last.kind.name, last.at)
				}
			}
			before = now
		}
		if moved < 500 {
			t.Errorf("seed %d: things move in %d of 9000 moments", seed, moved)
		}
	}
}

// toHand returns the distance from where a thing is held to the closer hand.
func toHand(d doing, i item) float32 {
	held := i.at.Add(vec{Z: i.kind.high})
	return min(d.hands[0].Sub(held).Len(), d.hands[1].Sub(held).Len())
}

// TestHandsMoveSteadily checks that no hand jumps.
func TestHandsMoveSteadily(t *testing.T) {
	const step = 0.1
	b := &Bench{seed: 9}
	last := b.doing(0)
	for at := step; at < 600; at += step {
		d := b.doing(at)
		for i := range d.hands {
			if far := d.hands[i].Sub(last.hands[i]).Len(); far > 0.3 {
				t.Errorf("second %.1f: hand %d from %v to %v", at, i, last.hands[i], d.hands[i])
			}
		}
		if abs(d.away-last.away) > 0.15 {
			t.Errorf("second %.1f: away from %v to %v", at, last.away, d.away)
		}
		last = d
	}
}

// TestSomeLightIsOn checks that the worker never works in the dark.
func TestSomeLightIsOn(t *testing.T) {
	switches := 0
	var last light
	for at := 0.0; at < 3600; at++ {
		l := lightAt(5, at)
		if l.day+l.ceiling+l.desk < 0.3 {
			t.Errorf("second %v: %+v", at, l)
		}
		if abs(l.ceiling-last.ceiling) > 0.5 || abs(l.desk-last.desk) > 0.5 {
			switches++
		}
		last = l
	}
	if switches < 20 {
		t.Errorf("%d switches in an hour", switches)
	}
}

// TestKindsHaveShapes checks that each thing lies on the table, within its footprint.
func TestKindsHaveShapes(t *testing.T) {
	for _, k := range kinds() {
		m := render.NewMesh()
		k.build(m, steadily())
		if len(m.Triangles) < 10 {
			t.Errorf("%s: %d triangles", k.name, len(m.Triangles))
		}
		for _, tr := range m.Triangles {
			for _, p := range tr.At {
				if abs(p.X) > k.long*1.4+0.01 || abs(p.Y) > k.wide*1.9+0.02 || p.Z < -0.006 || p.Z > 0.25 {
					t.Errorf("%s reaches to %v", k.name, p)
				}
			}
		}
	}
}

func steadily() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }
