package yard

import (
	"math/rand/v2"

	"edgeclr/camera/synthetic/render"
)

const (
	front = 30    // y of the front of the building, in metres
	dockX = -10.5 // middle of the gate for vans and trucks
	doorX = -4.2  // middle of the door for people
)

// bays returns the middles of the parking bays.
func bays() [3]float32 { return [3]float32{0.4, 3.4, 6.4} }

// place builds what never moves.
func place(seed uint64, w, h int) render.Place {
	rng := rand.New(rand.NewPCG(seed, 0x79617264))
	solid := render.NewMesh()
	ground(solid, rng)
	building(solid, rng)
	surroundings(solid, rng)
	lamps := posts(solid)
	foliage := render.NewMesh()
	for _, at := range [4]vec{{X: 13, Y: 33.5}, {X: 19.5, Y: 35}, {X: 8.2, Y: 14.6}, {X: 27, Y: 38}} {
		tree(solid, foliage, rng, at.Add(vec{X: between(rng, -0.6, 0.6)}), between(rng, 5.4, 7.5))
	}
	hedge(foliage, rng)
	return render.Place{
		Width: w, Height: h, Eye: vec{X: 0.5, Y: 0, Z: 6.4}, Target: vec{X: -0.3, Y: 20, Z: between(rng, -0.3, 0.3)}, FieldOfView: 0.84,
		Solid: solid, Foliage: foliage, Lamps: lamps, Centre: vec{Y: 22, Z: 2}, Radius: 25,
	}
}

func between(rng *rand.Rand, low, high float32) float32 { return low + (high-low)*rng.Float32() }

// ground lays asphalt, pavement and lawn.
func ground(m *render.Mesh, rng *rand.Rand) {
	m.Material = &render.Material{Colour: vec{X: 0.105, Y: 0.105, Z: 0.11}.Scale(between(rng, 0.8, 1.3)), Paint: asphalt}
	m.Grid(vec{X: -45, Y: 2}, vec{X: 90}, vec{Y: 28}, 45, 14)
	m.Material = &render.Material{Colour: vec{X: 0.3, Y: 0.29, Z: 0.27}, Paint: slabs}
	m.Box(vec{X: -45, Y: 2, Z: 0}, vec{X: -14.5, Y: 15, Z: 0.12}) // a pavement on the left
	m.Grid(vec{X: -14.5, Y: 7.6, Z: 0.12}, vec{X: 60}, vec{Y: 2.6}, 40, 2)
	m.Box(vec{X: -14.5, Y: 10.1, Z: 0}, vec{X: 45, Y: 10.2, Z: 0.12})
	m.Material = &render.Material{Colour: vec{X: 0.08, Y: 0.12, Z: 0.035}, Paint: grass}
	m.Grid(vec{X: -14.5, Y: 2, Z: 0.12}, vec{X: 60}, vec{Y: 5.6}, 40, 4)
	m.Grid(vec{X: 8.4, Y: 24, Z: 0.08}, vec{X: 40}, vec{Y: 6}, 20, 3)
	m.Grid(vec{X: -90, Y: 30, Z: -0.02}, vec{X: 180}, vec{Y: 90}, 30, 15)
	m.Material = &render.Material{Colour: vec{X: 0.33, Y: 0.32, Z: 0.3}, Paint: slabs}
	m.Box(vec{X: 8.2, Y: 23.5, Z: 0}, vec{X: 45, Y: 24, Z: 0.14})
	m.Grid(vec{X: -8, Y: 28.6, Z: 0.04}, vec{X: 16.4}, vec{Y: 1.5}, 12, 1)
}

// building builds a hall with a gate, a door and windows.
func building(m *render.Mesh, rng *rand.Rand) {
	m.Material = &render.Material{Colour: vec{X: 0.36, Y: 0.15, Z: 0.1}.Scale(between(rng, 0.8, 1.2)), Paint: bricks}
	m.Box(vec{X: -8, Y: front, Z: 0}, vec{X: 9, Y: 42, Z: 5.2})
	tints := [4]vec{{X: 0.42, Y: 0.45, Z: 0.47}, {X: 0.2, Y: 0.28, Z: 0.4}, {X: 0.5, Y: 0.47, Z: 0.38}, {X: 0.24, Y: 0.34, Z: 0.28}}
	m.Material = &render.Material{Colour: tints[rng.IntN(len(tints))], Paint: sheet}
	m.Box(vec{X: -30, Y: front - 0.4, Z: 0}, vec{X: -8, Y: 46, Z: 7.4})
	m.Material = &render.Material{Colour: render.Grey(0.2)}
	m.Box(vec{X: -30.3, Y: front - 0.7, Z: 7.4}, vec{X: -7.7, Y: 46, Z: 7.7})
	m.Box(vec{X: -8, Y: front - 0.15, Z: 5.2}, vec{X: 9.2, Y: 42, Z: 5.45})
	m.Box(vec{X: doorX - 1.2, Y: front - 1.3, Z: 2.6}, vec{X: doorX + 1.2, Y: front, Z: 2.72}) // a roof over the door
	// The gate of the dock, of slats.
	m.Material = &render.Material{Colour: vec{X: 0.5, Y: 0.51, Z: 0.52}, Gloss: 0.1, Paint: func(p vec) vec {
		return render.Grey(1 - 0.35*render.Smooth(0.06, 0, abs(p.Z-0.4*float32(int(p.Z/0.4)))))
	}}
	m.Box(vec{X: dockX - 1.9, Y: front - 0.5, Z: 0}, vec{X: dockX + 1.9, Y: front - 0.39, Z: 3.9})
	m.Material = &render.Material{Colour: vec{X: 0.5, Y: 0.38, Z: 0.03}}
	m.Box(vec{X: dockX - 2.2, Y: front - 0.6, Z: 0}, vec{X: dockX - 1.95, Y: front - 0.39, Z: 1.1})
	m.Box(vec{X: dockX + 1.95, Y: front - 0.6, Z: 0}, vec{X: dockX + 2.2, Y: front - 0.39, Z: 1.1})
	m.Material = &render.Material{Colour: vec{X: 0.06, Y: 0.1, Z: 0.09}, Gloss: 0.4}
	m.Box(vec{X: doorX - 0.55, Y: front - 0.05, Z: 0.04}, vec{X: doorX + 0.55, Y: front, Z: 2.15})
	frame := &render.Material{Colour: render.Grey(0.55)}
	for i, x := range [5]float32{-7, -1.4, 1.2, 3.8, 6.4} {
		for k, z := range [2]float32{1.2, 3.5} {
			m.Material = frame
			m.Box(vec{X: x - 0.08, Y: front - 0.06, Z: z - 0.08}, vec{X: x + 1.58, Y: front, Z: z + 1.38})
			m.Material = &render.Material{Colour: render.Grey(0.03), Gloss: 0.9}
			if (i+2*k+int(rng.Uint32()&1))%3 == 0 {
				m.Material.Glow = vec{X: 0.16, Y: 0.12, Z: 0.06}
			}
			m.Box(vec{X: x, Y: front - 0.08, Z: z}, vec{X: x + 1.5, Y: front - 0.06, Z: z + 1.3})
		}
	}
}

// surroundings build a wall, a fence, houses further away, and things that stand about.
func surroundings(m *render.Mesh, rng *rand.Rand) {
	m.Material = &render.Material{Colour: vec{X: 0.34, Y: 0.31, Z: 0.27}, Paint: slabs}
	m.Box(vec{X: 9, Y: 30.4, Z: 0}, vec{X: 45, Y: 30.7, Z: 1.7})
	for i, x := range [6]float32{-40, -18, 4, 17, 30, 44} {
		y, high := 62+between(rng, 0, 14), between(rng, 5, 9)
		m.Material = &render.Material{Colour: vec{X: between(rng, 0.3, 0.55), Y: between(rng, 0.3, 0.5), Z: between(rng, 0.25, 0.45)}}
		m.Box(vec{X: x, Y: y, Z: 0}, vec{X: x + 11, Y: y + 9, Z: high})
		m.Material = &render.Material{Colour: vec{X: 0.2, Y: 0.09, Z: 0.07}.Scale(between(rng, 0.7, 1.5))}
		ridge := high + between(rng, 2, 3.4)
		m.Quad(vec{X: x - 0.4, Y: y - 0.4, Z: high}, vec{X: x + 11.4, Y: y - 0.4, Z: high}, vec{X: x + 11.4, Y: y + 4.5, Z: ridge}, vec{X: x - 0.4, Y: y + 4.5, Z: ridge})
		m.Triangle([3]vec{{X: x, Y: y, Z: high}, {X: x, Y: y + 9, Z: high}, {X: x, Y: y + 4.5, Z: ridge}}, [3]vec{{X: -1}, {X: -1}, {X: -1}})
		m.Material = &render.Material{Colour: render.Grey(0.05), Gloss: 0.5}
		if i%2 == 0 {
			m.Material.Glow = vec{X: 0.2, Y: 0.14, Z: 0.06}
		}
		for k := range 3 {
			m.Box(vec{X: x + 1.2 + 3.2*float32(k), Y: y - 0.05, Z: 2}, vec{X: x + 2.6 + 3.2*float32(k), Y: y, Z: 3.6})
		}
	}
	// Two waste containers, a pile of pallets, bollards.
	for i, c := range [2]vec{{X: 0.05, Y: 0.13, Z: 0.06}, {X: 0.06, Y: 0.09, Z: 0.22}} {
		m.Material = &render.Material{Colour: c, Gloss: 0.25}
		x := -18.2 + 1.7*float32(i)
		m.Box(vec{X: x, Y: 27.8, Z: 0.15}, vec{X: x + 1.35, Y: 28.8, Z: 1.2})
		m.Material = &render.Material{Colour: c.Scale(0.6), Gloss: 0.25}
		m.Box(vec{X: x - 0.04, Y: 27.75, Z: 1.2}, vec{X: x + 1.39, Y: 28.85, Z: 1.28})
	}
	m.Material = &render.Material{Colour: vec{X: 0.42, Y: 0.29, Z: 0.16}, Paint: bark}
	for k := range 6 {
		z := 0.16 * float32(k)
		m.Box(vec{X: -14.9, Y: 27.6, Z: z + 0.04}, vec{X: -13.7, Y: 28.5, Z: z + 0.13})
	}
	for k := range 4 {
		x := -7.4 + 0.05*float32(k%2) + 1.9*float32(k)
		if k > 1 {
			x += 2
		}
		m.Material = &render.Material{Colour: render.Grey(0.5)}
		m.Tube(vec{X: x, Y: 28.4}, vec{X: x, Y: 28.4, Z: 0.75}, 0.07, 0)
		m.Material = &render.Material{Colour: vec{X: 0.5, Y: 0.03, Z: 0.02}}
		m.Tube(vec{X: x, Y: 28.4, Z: 0.75}, vec{X: x, Y: 28.4, Z: 0.95}, 0.07, 0)
	}
}

// posts build the lamps.
func posts(m *render.Mesh) []render.Lamp {
	down := func(y float32) vec { return vec{Y: y, Z: -1}.Unit() }
	post := &render.Material{Colour: render.Grey(0.16), Gloss: 0.3}
	bulb := &render.Material{Colour: render.Grey(0.6), Glow: vec{X: 6, Y: 4, Z: 2}}
	for _, at := range [2]vec{{X: 8.7, Y: 24.6}, {X: -13.6, Y: 13.4}} {
		m.Material = post
		m.Limb(at, at.Add(vec{Z: 6.4}), 0.09, 0.06)
		m.Limb(at.Add(vec{Z: 6.4}), at.Add(vec{X: -0.9, Y: -0.4, Z: 6.6}), 0.05, 0.05)
		m.Box(at.Add(vec{X: -1.3, Y: -0.6, Z: 6.56}), at.Add(vec{X: -0.8, Y: -0.2, Z: 6.68}))
		m.Material = bulb
		m.Box(at.Add(vec{X: -1.26, Y: -0.56, Z: 6.53}), at.Add(vec{X: -0.84, Y: -0.24, Z: 6.56}))
	}
	m.Material = &render.Material{Colour: render.Grey(0.6), Glow: vec{X: 5, Y: 5.5, Z: 6}}
	m.Box(vec{X: dockX - 0.3, Y: front - 0.7, Z: 4.3}, vec{X: dockX + 0.3, Y: front - 0.4, Z: 4.5})
	return []render.Lamp{
		{At: vec{X: 7.6, Y: 24.1, Z: 6.4}, Ahead: down(-0.1), Wide: 0.2, Shadows: true, Soft: 1},
		{At: vec{X: dockX, Y: front - 1.3, Z: 4.4}, Ahead: down(-0.35), Wide: 0.1},
		{At: vec{X: -14.6, Y: 12.9, Z: 6.4}, Ahead: down(0), Wide: 0.2},
	}
}
