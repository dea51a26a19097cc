package yard

import (
	"math/rand/v2"

	"edgeclr/camera/synthetic/render"
)

// Kinds of things that come and go, as they are counted.
const (
	person  = "person"
	car     = "car"
	van     = "van"
	truck   = "truck"
	bicycle = "bicycle"
)

// vehicle is one vehicle. Its shape is built along the x axis, on wheels at z = 0.
type vehicle struct {
	kind       string
	long, wide float32 // half sides, metres
	paint      vec
	style      int
	cargo      vec
}

// lacquers are colours of vehicles, with the most frequent ones twice.
func lacquers() [12]vec {
	return [12]vec{{X: 0.02, Y: 0.02, Z: 0.022}, {X: 0.02, Y: 0.02, Z: 0.022}, {X: 0.09, Y: 0.095, Z: 0.1}, {X: 0.09, Y: 0.095, Z: 0.1},
		{X: 0.4, Y: 0.41, Z: 0.42}, {X: 0.4, Y: 0.41, Z: 0.42}, {X: 0.72, Y: 0.72, Z: 0.7}, {X: 0.72, Y: 0.72, Z: 0.7},
		{X: 0.38, Y: 0.02, Z: 0.02}, {X: 0.02, Y: 0.06, Z: 0.25}, {X: 0.03, Y: 0.12, Z: 0.07}, {X: 0.45, Y: 0.3, Z: 0.05}}
}

// newVehicle draws a vehicle of a kind.
func newVehicle(rng *rand.Rand, kind string) vehicle {
	all := lacquers()
	v := vehicle{kind: kind, paint: all[rng.IntN(len(all))].Scale(between(rng, 0.8, 1.15)), style: rng.IntN(3), cargo: all[4+rng.IntN(8)]}
	switch kind {
	case car:
		v.long, v.wide = 2.15, 0.88
	case van:
		v.long, v.wide = 2.7, 0.99
		if rng.IntN(2) == 0 {
			v.paint = vec{X: 0.7, Y: 0.7, Z: 0.68}
		}
	case truck:
		v.long, v.wide = 3.6, 1.18
	case bicycle:
		v.long, v.wide = 0.9, 0.25
	}
	return v
}

// lights of a vehicle.
type lights struct {
	on      bool // headlights and tail lights
	braking bool
}

// draw adds the vehicle to the mesh in the coordinates of its pose. rolled is how far it has moved, in metres.
func (v *vehicle) draw(m *render.Mesh, rolled float32, l lights) {
	switch v.kind {
	case car:
		v.drawCar(m)
	case van:
		v.drawVan(m)
	case truck:
		v.drawTruck(m)
	case bicycle:
		v.drawBicycle(m, rolled)
		return
	}
	v.drawLights(m, l)
}

func (v *vehicle) lacquer() *render.Material { return &render.Material{Colour: v.paint, Gloss: 0.75} }

func glass() *render.Material { return &render.Material{Colour: render.Grey(0.025), Gloss: 1} }

func matt(f float32) *render.Material { return &render.Material{Colour: render.Grey(f), Gloss: 0.1} }

// drawCar builds a saloon, a hatchback or an estate.
func (v *vehicle) drawCar(m *render.Mesh) {
	m.Material = v.lacquer()
	m.Loft([]render.Section{{X: -2.15, Low: 0.35, High: 0.72, Bottom: 0.72, Top: 0.7}, {X: -2.05, Low: 0.27, High: 0.92, Bottom: 0.84, Top: 0.78},
		{X: -1.2, Low: 0.24, High: 0.96, Bottom: 0.88, Top: 0.82}, {X: 0.6, Low: 0.24, High: 0.93, Bottom: 0.88, Top: 0.82},
		{X: 1.5, Low: 0.26, High: 0.82, Bottom: 0.87, Top: 0.78}, {X: 2.0, Low: 0.3, High: 0.7, Bottom: 0.8, Top: 0.7}, {X: 2.15, Low: 0.36, High: 0.58, Bottom: 0.66, Top: 0.62}})
	back, roof := float32(-2.0), float32(-1.75)
	switch v.style {
	case 0: // a saloon has a boot
		back, roof = -1.55, -0.85
	case 1:
		back, roof = -2.0, -1.4
	}
	m.Material = glass()
	m.Loft([]render.Section{{X: back, Low: 0.88, High: 0.95, Bottom: 0.76, Top: 0.74}, {X: roof, Low: 0.88, High: 1.4, Bottom: 0.78, Top: 0.6},
		{X: 0.2, Low: 0.88, High: 1.42, Bottom: 0.78, Top: 0.6}, {X: 1.05, Low: 0.84, High: 0.92, Bottom: 0.74, Top: 0.7}})
	m.Material = v.lacquer()
	m.Loft([]render.Section{{X: roof - 0.05, Low: 1.36, High: 1.42, Bottom: 0.57, Top: 0.56}, {X: -0.6, Low: 1.38, High: 1.47, Bottom: 0.6, Top: 0.58}, {X: 0.25, Low: 1.36, High: 1.43, Bottom: 0.58, Top: 0.56}})
	for _, side := range [2]float32{-1, 1} {
		m.Limb(vec{X: 0.2, Y: 0.6 * side, Z: 1.4}, vec{X: 0.98, Y: 0.74 * side, Z: 0.92}, 0.04, 0.05)
		m.Limb(vec{X: -0.55, Y: 0.63 * side, Z: 1.4}, vec{X: -0.55, Y: 0.79 * side, Z: 0.92}, 0.045, 0.05)
		m.Limb(vec{X: roof, Y: 0.6 * side, Z: 1.38}, vec{X: back, Y: 0.77 * side, Z: 0.93}, 0.06, 0.08)
		m.Ball(vec{X: 0.72, Y: 0.94 * side, Z: 0.98}, vec{X: 0.07, Y: 0.1, Z: 0.07})
	}
	m.Material = matt(0.03)
	m.Box(vec{X: 2.02, Y: -0.5, Z: 0.36}, vec{X: 2.17, Y: 0.5, Z: 0.5})
	v.wheels(m, 0.32, -1.3, 1.35)
}

// drawVan builds a delivery van.
func (v *vehicle) drawVan(m *render.Mesh) {
	m.Material = v.lacquer()
	m.Loft([]render.Section{{X: -2.7, Low: 0.36, High: 2.1, Bottom: 0.94, Top: 0.84}, {X: -2.6, Low: 0.3, High: 2.22, Bottom: 0.98, Top: 0.88},
		{X: 0.9, Low: 0.3, High: 2.24, Bottom: 0.99, Top: 0.88}, {X: 1.35, Low: 0.3, High: 2.05, Bottom: 0.98, Top: 0.84},
		{X: 2.0, Low: 0.3, High: 1.3, Bottom: 0.96, Top: 0.84}, {X: 2.6, Low: 0.34, High: 1.05, Bottom: 0.9, Top: 0.8}, {X: 2.7, Low: 0.42, High: 0.8, Bottom: 0.8, Top: 0.74}})
	m.Material = glass()
	m.Quad(vec{X: 2.02, Y: -0.8, Z: 1.36}, vec{X: 2.02, Y: 0.8, Z: 1.36}, vec{X: 1.42, Y: 0.74, Z: 2.04}, vec{X: 1.42, Y: -0.74, Z: 2.04})
	for _, side := range [2]float32{-1, 1} {
		m.Quad(vec{X: 0.75, Y: 0.985 * side, Z: 1.3}, vec{X: 1.75, Y: 0.985 * side, Z: 1.3}, vec{X: 1.35, Y: 0.93 * side, Z: 1.9}, vec{X: 0.75, Y: 0.93 * side, Z: 1.92})
		if v.style == 0 {
			m.Quad(vec{X: -2.3, Y: 0.985 * side, Z: 1.3}, vec{X: 0.5, Y: 0.985 * side, Z: 1.3}, vec{X: 0.5, Y: 0.935 * side, Z: 1.9}, vec{X: -2.3, Y: 0.935 * side, Z: 1.9})
		}
	}
	if v.style == 1 { // a sign on the side
		m.Material = &render.Material{Colour: v.cargo, Gloss: 0.4}
		for _, side := range [2]float32{-1, 1} {
			m.Quad(vec{X: -1.9, Y: 1.0 * side, Z: 1.0}, vec{X: 0.2, Y: 1.0 * side, Z: 1.0}, vec{X: 0.2, Y: 0.965 * side, Z: 1.5}, vec{X: -1.9, Y: 0.965 * side, Z: 1.5})
		}
	}
	m.Material = matt(0.03)
	m.Box(vec{X: -2.76, Y: -0.9, Z: 0.36}, vec{X: -2.6, Y: 0.9, Z: 0.56})
	m.Quad(vec{X: -2.72, Y: -0.75, Z: 1.35}, vec{X: -2.72, Y: 0.75, Z: 1.35}, vec{X: -2.7, Y: 0.72, Z: 1.9}, vec{X: -2.7, Y: -0.72, Z: 1.9})
	v.wheels(m, 0.35, -1.75, 1.7)
}

// drawTruck builds a truck with a box.
func (v *vehicle) drawTruck(m *render.Mesh) {
	m.Material = v.lacquer()
	m.Loft([]render.Section{{X: 1.75, Low: 0.5, High: 2.35, Bottom: 1.08, Top: 0.98}, {X: 3.0, Low: 0.45, High: 2.4, Bottom: 1.1, Top: 0.98},
		{X: 3.5, Low: 0.45, High: 1.6, Bottom: 1.1, Top: 1.0}, {X: 3.6, Low: 0.5, High: 1.3, Bottom: 1.02, Top: 0.96}})
	m.Material = glass()
	m.Quad(vec{X: 3.5, Y: -0.95, Z: 1.62}, vec{X: 3.5, Y: 0.95, Z: 1.62}, vec{X: 3.08, Y: 0.9, Z: 2.3}, vec{X: 3.08, Y: -0.9, Z: 2.3})
	for _, side := range [2]float32{-1, 1} {
		m.Quad(vec{X: 2.1, Y: 1.1 * side, Z: 1.5}, vec{X: 3.25, Y: 1.1 * side, Z: 1.5}, vec{X: 2.95, Y: 1.03 * side, Z: 2.15}, vec{X: 2.1, Y: 1.03 * side, Z: 2.15})
	}
	m.Material = &render.Material{Colour: v.cargo.Mix(render.Grey(0.7), 0.5), Gloss: 0.2, Paint: sheet}
	m.Box(vec{X: -3.6, Y: -1.18, Z: 0.95}, vec{X: 1.65, Y: 1.18, Z: 3.2})
	m.Material = matt(0.05)
	m.Box(vec{X: -3.5, Y: -0.8, Z: 0.55}, vec{X: 2.2, Y: 0.8, Z: 0.95})
	m.Box(vec{X: -3.65, Y: -1.1, Z: 0.5}, vec{X: -3.5, Y: 1.1, Z: 0.62})
	v.wheels(m, 0.45, -2.3, 2.6)
}

// wheels adds two axles.
func (v *vehicle) wheels(m *render.Mesh, r, back, ahead float32) {
	for _, x := range [2]float32{back, ahead} {
		for _, side := range [2]float32{-1, 1} {
			in, out := (v.wide-0.22)*side, (v.wide+0.005)*side
			m.Material = matt(0.015)
			m.Tube(vec{X: x, Y: in, Z: r}, vec{X: x, Y: out, Z: r}, r, 0)
			m.Material = &render.Material{Colour: render.Grey(0.3), Gloss: 0.4}
			m.Tube(vec{X: x, Y: out - 0.02*side, Z: r}, vec{X: x, Y: out + 0.012*side, Z: r}, 0.58*r, 0)
		}
	}
}

// drawLights adds the lamps of a vehicle.
func (v *vehicle) drawLights(m *render.Mesh, l lights) {
	white := &render.Material{Colour: render.Grey(0.6), Gloss: 0.8}
	red := &render.Material{Colour: vec{X: 0.3, Y: 0.01, Z: 0.01}, Gloss: 0.6}
	if l.on {
		white.Glow, red.Glow = vec{X: 3, Y: 2.9, Z: 2.6}, vec{X: 0.25, Y: 0.01, Z: 0.008}
	}
	if l.braking {
		red.Glow = vec{X: 1.2, Y: 0.05, Z: 0.03}
	}
	low := float32(0.62)
	if v.kind != car {
		low = 0.75
	}
	for _, side := range [2]float32{-1, 1} {
		a, b := side*(v.wide-0.12), side*(v.wide-0.42)
		m.Material = white
		m.Box(vec{X: v.long - 0.28, Y: min(a, b), Z: low - 0.05}, vec{X: v.long - 0.02, Y: max(a, b), Z: low + 0.1})
		m.Material = red
		m.Box(vec{X: -v.long - 0.02, Y: min(a, b) + 0.05, Z: low + 0.02}, vec{X: -v.long + 0.12, Y: max(a, b) - 0.05, Z: low + 0.18})
	}
}

// drawBicycle builds a bicycle. Its rider is a person.
func (v *vehicle) drawBicycle(m *render.Mesh, rolled float32) {
	m.Material = matt(0.03)
	for _, x := range [2]float32{-0.52, 0.52} {
		m.Tube(vec{X: x, Y: -0.02, Z: 0.34}, vec{X: x, Y: 0.02, Z: 0.34}, 0.34, 0.3)
		m.Material = matt(0.3)
		for k := range 4 {
			s, c := render.Sin(rolled/0.34+float32(k)*0.785), render.Cos(rolled/0.34+float32(k)*0.785)
			m.Limb(vec{X: x - 0.3*c, Z: 0.34 - 0.3*s}, vec{X: x + 0.3*c, Z: 0.34 + 0.3*s}, 0.005, 0.005)
		}
		m.Material = matt(0.03)
	}
	m.Material = v.lacquer()
	hub, saddle, head, pedal := vec{X: -0.52, Z: 0.34}, vec{X: -0.25, Z: 0.88}, vec{X: 0.36, Z: 0.86}, vec{X: -0.08, Z: 0.3}
	for _, bar := range [6][2]vec{{hub, saddle}, {hub, pedal}, {pedal, saddle}, {saddle, head}, {pedal, head}, {head, {X: 0.52, Z: 0.34}}} {
		m.Limb(bar[0], bar[1], 0.022, 0.022)
	}
	m.Material = matt(0.04)
	m.Limb(vec{X: 0.34, Y: -0.26, Z: 1.0}, vec{X: 0.34, Y: 0.26, Z: 1.0}, 0.018, 0.018)
	m.Ball(vec{X: -0.26, Z: 0.93}, vec{X: 0.13, Y: 0.07, Z: 0.04})
}
