package bench

import (
	"math"
	"math/rand/v2"

	"edgeclr/camera/synthetic/render"
)

// The table is 1.6 metres wide (x) and 0.8 metres deep (y). Its top lies at z = 0. The camera looks from the near side, the worker
// stands at the far side.
const (
	tableWide = 0.8 // half of it
	tableDeep = 0.8
)

// place builds what never moves.
func place(seed uint64, w, h int) render.Place {
	rng := rand.New(rand.NewPCG(seed, 0x62656e63))
	m := render.NewMesh()
	table(m, rng)
	room(m, rng)
	clutter(m, rng)
	lamps := lampsOf(m)
	return render.Place{
		Width: w, Height: h, Eye: vec{X: between(rng, -0.15, 0.15), Y: -0.62, Z: 1.22}, Target: vec{X: 0, Y: 0.42, Z: 0}, FieldOfView: 0.76,
		Solid: m, Lamps: lamps, Centre: vec{Y: 0.5, Z: 0.1}, Radius: 1.4,
	}
}

// table builds the top and the legs.
func table(m *render.Mesh, rng *rand.Rand) {
	woods := [3]vec{{X: 0.42, Y: 0.27, Z: 0.14}, {X: 0.3, Y: 0.17, Z: 0.08}, {X: 0.5, Y: 0.38, Z: 0.24}}
	m.Material = &render.Material{Colour: woods[rng.IntN(3)], Gloss: 0.12, Paint: planks}
	m.Box(vec{X: -tableWide, Y: 0, Z: -0.045}, vec{X: tableWide, Y: tableDeep, Z: 0})
	m.Material = &render.Material{Colour: [2]vec{{X: 0.02, Y: 0.13, Z: 0.08}, {X: 0.03, Y: 0.07, Z: 0.16}}[rng.IntN(2)], Paint: mat}
	m.Box(vec{X: -0.3, Y: 0.12, Z: 0}, vec{X: 0.3, Y: 0.54, Z: 0.003})
	m.Material = &render.Material{Colour: render.Grey(0.12), Gloss: 0.2}
	for _, x := range [2]float32{-0.74, 0.74} {
		m.Box(vec{X: x - 0.03, Y: 0.03, Z: -0.85}, vec{X: x + 0.03, Y: 0.09, Z: -0.045})
		m.Box(vec{X: x - 0.03, Y: 0.71, Z: -0.85}, vec{X: x + 0.03, Y: 0.77, Z: -0.045})
	}
}

// planks paints the top: boards, grain, scratches, rings of cups, burns.
func planks(p vec) vec {
	board := float32(math.Floor(float64(p.Y) / 0.133))
	tone := 1 + 0.18*render.Noise(vec{X: board * 7.7}) + 0.2*render.Cloudy(vec{X: 2.5 * p.X, Y: 55 * p.Y, Z: board}, 3)
	if math.Mod(float64(p.Y)+9.31, 0.133) < 0.0025 {
		tone *= 0.4
	}
	for i := range 14 {
		k := float32(i)
		c := vec{X: 0.75 * render.Noise(vec{X: 3.7 * k, Y: 0.5}) * 1.2, Y: 0.4 + 0.45*render.Noise(vec{X: 1.9 * k, Y: 7.5})}
		d := p.Sub(c)
		s, cs := render.Sin(k*2.4), render.Cos(k*2.4)
		along, across := d.X*cs+d.Y*s, d.Y*cs-d.X*s
		switch {
		case i < 9 && abs(along) < 0.06+0.01*k && abs(across) < 0.0012:
			tone *= 1.35
		case i >= 9 && i < 12 && abs(d.Len()-0.042) < 0.003:
			tone *= 0.75
		case i >= 12:
			tone *= 1 - 0.45*render.Smooth(0.035, 0.01, d.Len()+0.02*render.Noise(p.Scale(60)))
		}
	}
	return render.Grey(tone * (1 - 0.12*render.Cloudy(p.Scale(4), 3)))
}

// mat paints the lines of a cutting mat.
func mat(p vec) vec {
	x, y := math.Mod(float64(p.X)+9, 0.05), math.Mod(float64(p.Y)+9, 0.05)
	tone := 1 + 0.2*render.Cloudy(p.Scale(9), 3)
	if x < 0.0022 || y < 0.0022 {
		tone *= 2.6
	}
	return render.Grey(tone)
}

// room builds floor, back wall and a shelf.
func room(m *render.Mesh, rng *rand.Rand) {
	m.Material = &render.Material{Colour: vec{X: 0.24, Y: 0.235, Z: 0.22}.Scale(between(rng, 0.6, 1.3)), Gloss: 0.1, Paint: func(p vec) vec {
		return render.Grey(1 + 0.2*render.Cloudy(p.Scale(2.5), 4) + 0.12*render.Noise(p.Scale(70)))
	}}
	m.Grid(vec{X: -2.5, Y: -0.4, Z: -0.85}, vec{X: 5}, vec{Y: 3}, 8, 5)
	m.Material = &render.Material{Colour: vec{X: 0.55, Y: 0.54, Z: 0.5}}
	m.Grid(vec{X: -2.5, Y: 2.4, Z: -0.85}, vec{X: 5}, vec{Z: 3}, 4, 3)
	m.Material = &render.Material{Colour: vec{X: 0.2, Y: 0.21, Z: 0.23}, Gloss: 0.2}
	m.Box(vec{X: -1.9, Y: 1.95, Z: -0.85}, vec{X: -0.5, Y: 2.35, Z: -0.1})
	for i := range 6 {
		m.Material = plastic(rng)
		x := -1.85 + 0.22*float32(i)
		m.Box(vec{X: x, Y: 1.98, Z: -0.1}, vec{X: x + between(rng, 0.12, 0.19), Y: 2.2, Z: between(rng, 0, 0.15)})
	}
	m.Material = &render.Material{Colour: vec{X: 0.25, Y: 0.16, Z: 0.09}, Paint: grain}
	m.Box(vec{X: 1.0, Y: 1.5, Z: -0.85}, vec{X: 1.6, Y: 2.1, Z: -0.4})
}

// clutter builds what always lies on the table: boxes with small parts, a vice, a power strip.
func clutter(m *render.Mesh, rng *rand.Rand) {
	for i := range 4 {
		y := 0.16 + 0.145*float32(i)
		m.Material = plastic(rng)
		m.Box(vec{X: -0.785, Y: y, Z: 0}, vec{X: -0.665, Y: y + 0.13, Z: 0.008})
		for _, wall := range [4][2]vec{{{X: -0.785, Y: y}, {X: -0.779, Y: y + 0.13}}, {{X: -0.671, Y: y}, {X: -0.665, Y: y + 0.13}},
			{{X: -0.785, Y: y}, {X: -0.665, Y: y + 0.006}}, {{X: -0.785, Y: y + 0.124}, {X: -0.665, Y: y + 0.13}}} {
			m.Box(wall[0], wall[1].Add(vec{Z: 0.045}))
		}
		m.Material = steel(rng)
		for range 26 {
			at := vec{X: between(rng, -0.77, -0.68), Y: y + between(rng, 0.015, 0.115), Z: between(rng, 0.01, 0.022)}
			m.Limb(at, at.Add(vec{X: between(rng, -0.012, 0.012), Y: between(rng, -0.012, 0.012)}), 0.0045, 0.003)
		}
	}
	vice := &render.Material{Colour: vec{X: 0.03, Y: 0.09, Z: 0.2}, Gloss: 0.35}
	m.Material = vice
	m.Box(vec{X: 0.6, Y: 0.1, Z: 0}, vec{X: 0.74, Y: 0.26, Z: 0.03})
	m.Box(vec{X: 0.61, Y: 0.2, Z: 0.03}, vec{X: 0.73, Y: 0.25, Z: 0.1})
	m.Box(vec{X: 0.61, Y: 0.08, Z: 0.03}, vec{X: 0.73, Y: 0.13, Z: 0.1})
	m.Material = steel(rng)
	m.Tube(vec{X: 0.67, Y: -0.06, Z: 0.06}, vec{X: 0.67, Y: 0.1, Z: 0.06}, 0.014, 0)
	m.Limb(vec{X: 0.6, Y: -0.05, Z: 0.03}, vec{X: 0.73, Y: -0.05, Z: 0.09}, 0.006, 0.006)
	m.Material = &render.Material{Colour: render.Grey(0.6), Gloss: 0.2}
	m.Box(vec{X: -0.3, Y: 0.7, Z: 0}, vec{X: 0.05, Y: 0.76, Z: 0.035})
	m.Material = &render.Material{Colour: render.Grey(0.03), Gloss: 0.2}
	last := vec{X: 0.05, Y: 0.73, Z: 0.01}
	for i := range 10 {
		next := vec{X: last.X + 0.06, Y: 0.73 + 0.03*render.Sin(float32(i)*1.1), Z: 0.006}
		m.Limb(last, next, 0.005, 0.005)
		last = next
	}
}

// lampsOf builds the lamp on the table. Another one hangs above the camera, and at the left there is a window.
func lampsOf(m *render.Mesh) []render.Lamp {
	m.Material = &render.Material{Colour: render.Grey(0.05), Gloss: 0.4}
	m.Tube(vec{X: 0.66, Y: 0.68, Z: 0}, vec{X: 0.66, Y: 0.68, Z: 0.02}, 0.08, 0)
	m.Limb(vec{X: 0.66, Y: 0.68, Z: 0.02}, vec{X: 0.74, Y: 0.72, Z: 0.3}, 0.008, 0.008)
	m.Limb(vec{X: 0.74, Y: 0.72, Z: 0.3}, vec{X: 0.5, Y: 0.66, Z: 0.46}, 0.008, 0.008)
	ahead := vec{X: -0.42, Y: -0.3, Z: -0.85}.Unit()
	head := vec{X: 0.5, Y: 0.66, Z: 0.46}
	m.Limb(head, head.Add(ahead.Scale(0.05)), 0.03, 0.06)
	m.Material = &render.Material{Colour: render.Grey(0.7), Glow: render.Grey(3)}
	m.Ball(head.Add(ahead.Scale(0.09)), vec{X: 0.03, Y: 0.03, Z: 0.03})
	return []render.Lamp{
		{At: vec{X: 0.35, Y: 0.1, Z: 1.75}, Ahead: vec{X: -0.1, Y: 0.1, Z: -1}.Unit(), Wide: 0.1, Shadows: true, Soft: 4},
		{At: head.Add(ahead.Scale(0.125)), Ahead: ahead, Wide: 0.35, Shadows: true, Soft: 2},
		{At: vec{X: -2.8, Y: 1.7, Z: 1.95}, Ahead: vec{X: 2.8, Y: -1.3, Z: -1.95}.Unit(), Wide: 0.6, Shadows: true, Soft: 9},
	}
}

func abs(x float32) float32 {
	if x < 0 {
		return -x
	}
	return x
}
