package bench

import (
	"math"
	"math/rand/v2"

	"edgeclr/camera/synthetic/render"
)

type vec = render.Vec

// kind is a kind of thing that may lie on the bench. It lies along the x axis at z = 0.
type kind struct {
	name       string
	group      string
	long, wide float32 // half sides of its footprint, metres
	high       float32 // where a hand holds it
	build      func(m *render.Mesh, rng *rand.Rand)
}

const (
	tool  = "tool"
	part  = "part"
	thing = "thing"
)

// kinds lists all kinds, one line each.
func kinds() []kind {
	return []kind{
		{"hammer", tool, 0.16, 0.05, 0.03, hammer},
		{"knife", tool, 0.09, 0.015, 0.015, knife},
		{"pliers", tool, 0.1, 0.03, 0.015, pliers},
		{"screwdriver", tool, 0.12, 0.018, 0.02, screwdriver},
		{"wrench", tool, 0.11, 0.025, 0.01, wrench},
		{"board", part, 0.08, 0.055, 0.015, board},
		{"bolts", part, 0.06, 0.05, 0.015, bolts},
		{"gear", part, 0.06, 0.06, 0.025, gear},
		{"pipe", part, 0.14, 0.03, 0.04, pipe},
		{"bottle", thing, 0.035, 0.035, 0.12, bottle},
		{"carton", thing, 0.1, 0.075, 0.08, carton},
		{"cup", thing, 0.045, 0.045, 0.07, cup},
		{"tape", thing, 0.05, 0.05, 0.03, tape},
	}
}

// kindsOf returns the kinds of a group.
func kindsOf(group string) (some []kind) {
	for _, k := range kinds() {
		if k.group == group {
			some = append(some, k)
		}
	}
	return some
}

func between(rng *rand.Rand, low, high float32) float32 { return low + (high-low)*rng.Float32() }

func steel(rng *rand.Rand) *render.Material {
	return &render.Material{Colour: vec{X: 0.5, Y: 0.51, Z: 0.53}.Scale(between(rng, 0.6, 1)), Gloss: 0.6, Metal: true}
}

// plastic draws the colour of a handle.
func plastic(rng *rand.Rand) *render.Material {
	all := [6]vec{{X: 0.6, Y: 0.04, Z: 0.03}, {X: 0.03, Y: 0.08, Z: 0.4}, {X: 0.7, Y: 0.45, Z: 0.03}, {X: 0.02, Y: 0.02, Z: 0.02}, {X: 0.05, Y: 0.3, Z: 0.1}, {X: 0.7, Y: 0.2, Z: 0.03}}
	return &render.Material{Colour: all[rng.IntN(len(all))].Scale(between(rng, 0.7, 1.1)), Gloss: 0.35}
}

// grain paints wood along the x axis.
func grain(p vec) vec {
	return render.Grey(1 + 0.25*render.Cloudy(vec{X: 3 * p.X, Y: 60 * p.Y, Z: 60 * p.Z}, 2))
}

func hammer(m *render.Mesh, rng *rand.Rand) {
	m.Material = &render.Material{Colour: vec{X: 0.45, Y: 0.27, Z: 0.12}.Scale(between(rng, 0.6, 1.1)), Gloss: 0.15, Paint: grain}
	m.Limb(vec{X: -0.16, Z: 0.016}, vec{X: 0.1, Z: 0.02}, 0.016, 0.011)
	m.Material = steel(rng)
	m.Tube(vec{X: 0.11, Y: -0.055, Z: 0.022}, vec{X: 0.11, Y: 0.02, Z: 0.022}, 0.02, 0)
	m.Slab([]vec{{X: 0.095, Y: 0.02}, {X: 0.125, Y: 0.02}, {X: 0.115, Y: 0.06}, {X: 0.105, Y: 0.06}}, 0.008, 0.036, 0.002)
}

func knife(m *render.Mesh, rng *rand.Rand) {
	m.Material = plastic(rng)
	m.Limb(vec{X: -0.08, Z: 0.011}, vec{X: 0.03, Z: 0.011}, 0.012, 0.011)
	m.Material = steel(rng)
	m.Slab([]vec{{X: 0.03, Y: -0.009}, {X: 0.075, Y: -0.009}, {X: 0.09, Y: 0.009}, {X: 0.03, Y: 0.009}}, 0.008, 0.011, 0)
}

func pliers(m *render.Mesh, rng *rand.Rand) {
	m.Material = plastic(rng)
	for _, side := range [2]float32{-1, 1} {
		m.Limb(vec{X: 0.02, Y: 0.006 * side, Z: 0.012}, vec{X: -0.05, Y: 0.027 * side, Z: 0.012}, 0.009, 0.01)
		m.Limb(vec{X: -0.05, Y: 0.027 * side, Z: 0.012}, vec{X: -0.11, Y: 0.022 * side, Z: 0.012}, 0.01, 0.008)
	}
	m.Material = steel(rng)
	m.Tube(vec{X: 0.025, Z: 0.002}, vec{X: 0.025, Z: 0.024}, 0.016, 0)
	for _, side := range [2]float32{-1, 1} {
		m.Limb(vec{X: 0.03, Y: 0.008 * side, Z: 0.012}, vec{X: 0.09, Y: 0.004 * side, Z: 0.012}, 0.009, 0.004)
	}
}

func screwdriver(m *render.Mesh, rng *rand.Rand) {
	m.Material = plastic(rng)
	m.Limb(vec{X: -0.11, Z: 0.017}, vec{X: -0.03, Z: 0.017}, 0.013, 0.017)
	m.Limb(vec{X: -0.03, Z: 0.017}, vec{X: -0.01, Z: 0.017}, 0.017, 0.008)
	m.Material = steel(rng)
	m.Limb(vec{X: -0.01, Z: 0.016}, vec{X: 0.12, Z: 0.006}, 0.0045, 0.004)
}

func wrench(m *render.Mesh, rng *rand.Rand) {
	m.Material = steel(rng)
	m.Slab([]vec{{X: -0.09, Y: -0.009}, {X: 0.09, Y: -0.009}, {X: 0.09, Y: 0.009}, {X: -0.09, Y: 0.009}}, 0, 0.008, 0.002)
	m.Tube(vec{X: -0.1, Z: 0}, vec{X: -0.1, Z: 0.011}, 0.02, 0.011)
	for _, side := range [2]float32{-1, 1} {
		m.Limb(vec{X: 0.09, Y: 0.006 * side, Z: 0.006}, vec{X: 0.105, Y: 0.02 * side, Z: 0.006}, 0.006, 0.007)
		m.Limb(vec{X: 0.105, Y: 0.02 * side, Z: 0.006}, vec{X: 0.125, Y: 0.013 * side, Z: 0.006}, 0.007, 0.005)
	}
}

func board(m *render.Mesh, rng *rand.Rand) {
	m.Material = &render.Material{Colour: [3]vec{{X: 0.02, Y: 0.13, Z: 0.05}, {X: 0.02, Y: 0.05, Z: 0.16}, {X: 0.16, Y: 0.02, Z: 0.02}}[rng.IntN(3)], Gloss: 0.3}
	m.Box(vec{X: -0.08, Y: -0.055, Z: 0.004}, vec{X: 0.08, Y: 0.055, Z: 0.008})
	for range 9 {
		x, y, a, b := between(rng, -0.065, 0.055), between(rng, -0.045, 0.035), between(rng, 0.008, 0.03), between(rng, 0.006, 0.02)
		m.Material = &render.Material{Colour: render.Grey(between(rng, 0.01, 0.05)), Gloss: 0.2}
		if rng.IntN(4) == 0 {
			m.Material = steel(rng)
		}
		m.Box(vec{X: x, Y: y, Z: 0.008}, vec{X: min(x+a, 0.078), Y: min(y+b, 0.053), Z: 0.008 + between(rng, 0.003, 0.012)})
	}
	m.Material = plastic(rng)
	m.Box(vec{X: -0.085, Y: -0.03, Z: 0.008}, vec{X: -0.07, Y: 0.03, Z: 0.02})
}

func bolts(m *render.Mesh, rng *rand.Rand) {
	m.Material = steel(rng)
	pose := m.Pose
	for range 4 + rng.IntN(4) {
		at := vec{X: between(rng, -0.05, 0.05), Y: between(rng, -0.04, 0.04)}
		m.Pose = within(pose, render.Stand(at, between(rng, 0, 6.28)))
		m.Limb(vec{X: -0.02, Z: 0.006}, vec{X: 0.022, Z: 0.006}, 0.005, 0.005)
		m.Tube(vec{X: -0.026, Z: 0.009}, vec{X: -0.018, Z: 0.009}, 0.0095, 0)
	}
	m.Pose = pose
}

// within returns a pose that is given in the coordinates of another one.
func within(outer, inner render.Pose) render.Pose {
	return render.Pose{X: outer.Dir(inner.X), Y: outer.Dir(inner.Y), Z: outer.Dir(inner.Z), At: outer.Point(inner.At)}
}

func gear(m *render.Mesh, rng *rand.Rand) {
	m.Material = steel(rng)
	if rng.IntN(3) == 0 {
		m.Material = &render.Material{Colour: vec{X: 0.5, Y: 0.35, Z: 0.1}, Gloss: 0.6, Metal: true}
	}
	r, high := between(rng, 0.035, 0.055), between(rng, 0.012, 0.03)
	m.Tube(vec{}, vec{Z: high}, r, r*between(rng, 0.25, 0.5))
	teeth := 12 + rng.IntN(8)
	pose := m.Pose
	for i := range teeth {
		m.Pose = within(pose, render.Stand(vec{}, 2*math.Pi*float32(i)/float32(teeth)))
		w := r * 2.2 / float32(teeth)
		m.Slab([]vec{{X: r * 0.97, Y: -w}, {X: r * 1.17, Y: -w * 0.6}, {X: r * 1.17, Y: w * 0.6}, {X: r * 0.97, Y: w}}, 0, high, 0)
	}
	m.Pose = pose
}

func pipe(m *render.Mesh, rng *rand.Rand) {
	m.Material = &render.Material{Colour: vec{X: 0.5, Y: 0.22, Z: 0.12}.Scale(between(rng, 0.7, 1)), Gloss: 0.5, Metal: true}
	m.Tube(vec{X: -0.14, Z: 0.02}, vec{X: 0.1, Z: 0.02}, 0.02, 0.016)
	m.Material = steel(rng)
	m.Tube(vec{X: 0.09, Z: 0.027}, vec{X: 0.13, Z: 0.027}, 0.027, 0.017)
}

func bottle(m *render.Mesh, rng *rand.Rand) {
	m.Material = plastic(rng)
	h := between(rng, 0.13, 0.19)
	m.Tube(vec{}, vec{Z: h}, 0.034, 0)
	m.Limb(vec{Z: h}, vec{Z: h + 0.015}, 0.033, 0.016)
	m.Material = &render.Material{Colour: render.Grey(between(rng, 0.02, 0.7)), Gloss: 0.3}
	m.Tube(vec{Z: h + 0.025}, vec{Z: h + 0.05}, 0.014, 0)
	m.Material = &render.Material{Colour: render.Grey(0.7), Gloss: 0.1}
	m.Tube(vec{Z: 0.35 * h}, vec{Z: 0.75 * h}, 0.0347, 0)
}

func carton(m *render.Mesh, rng *rand.Rand) {
	m.Material = &render.Material{Colour: vec{X: 0.4, Y: 0.26, Z: 0.14}.Scale(between(rng, 0.8, 1.2)), Paint: func(p vec) vec { return render.Grey(1 + 0.15*render.Cloudy(p.Scale(40), 2)) }}
	h := between(rng, 0.05, 0.12)
	m.Box(vec{X: -0.1, Y: -0.075}, vec{X: 0.1, Y: 0.075, Z: h})
	m.Material = &render.Material{Colour: vec{X: 0.55, Y: 0.42, Z: 0.25}, Gloss: 0.4}
	m.Box(vec{X: -0.101, Y: -0.02}, vec{X: 0.101, Y: 0.02, Z: h + 0.001})
	m.Material = &render.Material{Colour: render.Grey(0.75)}
	m.Box(vec{X: 0.02, Y: 0.03, Z: h}, vec{X: 0.08, Y: 0.065, Z: h + 0.0015})
}

func cup(m *render.Mesh, rng *rand.Rand) {
	m.Material = &render.Material{Colour: [4]vec{{X: 0.75, Y: 0.74, Z: 0.7}, {X: 0.1, Y: 0.2, Z: 0.4}, {X: 0.4, Y: 0.05, Z: 0.04}, {X: 0.03, Y: 0.03, Z: 0.03}}[rng.IntN(4)], Gloss: 0.5}
	m.Tube(vec{}, vec{Z: 0.09}, 0.04, 0.035)
	for i := range 5 {
		a, b := float32(i)*0.628-1.57, float32(i+1)*0.628-1.57
		m.Limb(vec{X: 0.04 + 0.025*render.Cos(a), Z: 0.047 + 0.028*render.Sin(a)}, vec{X: 0.04 + 0.025*render.Cos(b), Z: 0.047 + 0.028*render.Sin(b)}, 0.006, 0.006)
	}
	m.Material = &render.Material{Colour: vec{X: 0.04, Y: 0.02, Z: 0.01}, Gloss: 0.8}
	m.Tube(vec{Z: 0.01}, vec{Z: 0.07}, 0.036, 0)
}

func tape(m *render.Mesh, rng *rand.Rand) {
	m.Material = plastic(rng)
	m.Tube(vec{}, vec{Z: 0.035}, 0.05, 0.033)
	m.Material = &render.Material{Colour: vec{X: 0.4, Y: 0.3, Z: 0.2}}
	m.Tube(vec{Z: 0.001}, vec{Z: 0.034}, 0.034, 0.03)
}
