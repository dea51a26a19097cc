package yard

import (
	"math"
	"math/rand/v2"

	"edgeclr/camera/synthetic/render"
)

// figure is a person with clothes. It looks along the x axis and stands at z = 0.
type figure struct {
	tall                             float32 // metres
	stout                            float32 // factor
	skin, hair, top, trousers, shoes vec
	vest, helmet, pack, coat         bool
	cap                              vec
}

// newFigure draws a person.
func newFigure(rng *rand.Rand) figure {
	cloth := [10]vec{{X: 0.02, Y: 0.02, Z: 0.025}, {X: 0.03, Y: 0.04, Z: 0.09}, {X: 0.12, Y: 0.12, Z: 0.13}, {X: 0.35, Y: 0.34, Z: 0.32}, {X: 0.3, Y: 0.03, Z: 0.03},
		{X: 0.04, Y: 0.1, Z: 0.3}, {X: 0.06, Y: 0.12, Z: 0.05}, {X: 0.4, Y: 0.28, Z: 0.08}, {X: 0.6, Y: 0.58, Z: 0.55}, {X: 0.16, Y: 0.09, Z: 0.05}}
	legs := [5]vec{{X: 0.02, Y: 0.03, Z: 0.07}, {X: 0.02, Y: 0.02, Z: 0.022}, {X: 0.1, Y: 0.1, Z: 0.1}, {X: 0.2, Y: 0.16, Z: 0.1}, {X: 0.05, Y: 0.07, Z: 0.14}}
	skins := [4]vec{{X: 0.55, Y: 0.34, Z: 0.24}, {X: 0.6, Y: 0.4, Z: 0.3}, {X: 0.3, Y: 0.16, Z: 0.09}, {X: 0.12, Y: 0.06, Z: 0.04}}
	hairs := [4]vec{{X: 0.02, Y: 0.015, Z: 0.01}, {X: 0.08, Y: 0.04, Z: 0.02}, {X: 0.3, Y: 0.2, Z: 0.08}, {X: 0.35, Y: 0.35, Z: 0.35}}
	return figure{tall: between(rng, 1.58, 1.9), stout: between(rng, 0.9, 1.22), skin: skins[rng.IntN(4)], hair: hairs[rng.IntN(4)],
		top: cloth[rng.IntN(len(cloth))], trousers: legs[rng.IntN(len(legs))], shoes: render.Grey(between(rng, 0.01, 0.2)),
		vest: rng.IntN(4) == 0, helmet: rng.IntN(6) == 0, pack: rng.IntN(4) == 0, coat: rng.IntN(4) == 0,
		cap: [3]vec{{X: 0.7, Y: 0.6, Z: 0.05}, {X: 0.7, Y: 0.7, Z: 0.7}, {X: 0.05, Y: 0.1, Z: 0.4}}[rng.IntN(3)]}
}

// posture is what a person does.
type posture struct {
	step     float32 // phase of the walk, in radians
	stride   float32 // 0 stands, 1 walks
	umbrella bool
	riding   bool
	phone    bool // holds a hand before the chest
	look     float32
}

// draw adds the person to the mesh in the coordinates of its pose.
func (g *figure) draw(m *render.Mesh, p posture) {
	k := g.tall / 1.75
	at := func(x, y, z float32) vec { return vec{X: x * k, Y: y * k, Z: z * k} }
	bob := 0.025 * p.stride * abs(render.Cos(p.step))
	hip, chest := at(0, 0, 0.92+bob), at(0.02, 0, 1.4+bob)
	if p.riding {
		hip, chest = at(-0.24, 0, 0.98), at(0.08, 0, 1.42)
	}
	top := &render.Material{Colour: g.top}
	for _, side := range [2]float32{-1, 1} {
		g.leg(m, p, side, hip, k)
		m.Material = top
		g.arm(m, p, side, chest, k)
	}
	m.Material = top
	m.Limb(hip.Add(at(0, 0, 0.08)), chest, 0.155*k*g.stout, 0.175*k*g.stout)
	m.Limb(chest.Add(at(0, -0.13, 0.02)), chest.Add(at(0, 0.13, 0.02)), 0.1*k, 0.1*k)
	if g.coat && !p.riding {
		m.Limb(hip, hip.Sub(at(0, 0, 0.3)), 0.17*k*g.stout, 0.2*k*g.stout)
	}
	if g.vest {
		m.Material = &render.Material{Colour: vec{X: 0.75, Y: 0.42, Z: 0.02}}
		m.Limb(hip.Add(at(0, 0, 0.14)), chest.Add(at(0, 0, -0.04)), 0.165*k*g.stout, 0.188*k*g.stout)
		m.Material = &render.Material{Colour: render.Grey(0.85), Glow: render.Grey(0.004)}
		m.Limb(hip.Add(at(0, 0, 0.2)), hip.Add(at(0, 0, 0.24)), 0.178*k*g.stout, 0.178*k*g.stout)
	}
	if g.pack {
		m.Material = &render.Material{Colour: g.shoes.Add(vec{X: 0.05, Z: 0.02})}
		m.Limb(chest.Add(at(-0.22, 0, -0.32)), chest.Add(at(-0.22, 0, -0.04)), 0.13*k, 0.12*k)
	}
	s, c := render.Sin(p.look), render.Cos(p.look)
	head := chest.Add(at(0.03, 0, 0.3))
	m.Material = &render.Material{Colour: g.skin}
	m.Limb(chest.Add(at(0, 0, 0.06)), head, 0.055*k, 0.06*k)
	m.Ball(head.Add(at(0.02*c, 0.02*s, 0)), at(0.1, 0.085, 0.125))
	m.Material = &render.Material{Colour: g.hair}
	m.Ball(head.Add(at(-0.025*c, -0.025*s, 0.035)), at(0.105, 0.095, 0.115))
	if g.helmet {
		m.Material = &render.Material{Colour: g.cap, Gloss: 0.4}
		m.Ball(head.Add(at(0, 0, 0.07)), at(0.135, 0.12, 0.1))
	}
	if p.umbrella {
		m.Material = &render.Material{Colour: g.cap.Mul(g.cap).Scale(0.6), Gloss: 0.15}
		for i := range 8 {
			a, b := float64(i)*math.Pi/4, float64(i+1)*math.Pi/4
			rim := func(a float64) vec { return at(0.1+0.55*float32(math.Cos(a)), 0.15+0.55*float32(math.Sin(a)), 1.92) }
			tip := at(0.1, 0.15, 2.12)
			n := rim((a + b) / 2).Sub(at(0.1, 0.15, 1.5)).Unit()
			m.Triangle([3]vec{rim(a), rim(b), tip}, [3]vec{n, n, {Z: 1}})
		}
		m.Material = matt(0.1)
		m.Limb(at(0.1, 0.15, 1.1), at(0.1, 0.15, 2.1), 0.012, 0.012)
	}
}

// leg adds a leg: thigh, shin and shoe.
func (g *figure) leg(m *render.Mesh, p posture, side float32, hip vec, k float32) {
	swing := p.stride * render.Sin(p.step) * side
	root := hip.Add(vec{Y: 0.09 * side * k})
	lift := p.stride * max(0, render.Cos(p.step)*side)
	knee := root.Add(vec{X: (0.24*swing + 0.12*lift) * k, Z: (-0.44 + 0.02*lift) * k})
	foot := root.Add(vec{X: (0.38*swing - 0.1*lift) * k, Z: (-0.84 + 0.12*lift) * k})
	if p.riding {
		s, c := render.Sin(p.step+1.57*side-1.57), render.Cos(p.step+1.57*side-1.57)
		foot = vec{X: -0.08 + 0.17*c, Y: 0.1 * side, Z: 0.34 + 0.17*s}
		knee = root.Mix(foot, 0.5).Add(vec{X: 0.2})
	}
	m.Material = &render.Material{Colour: g.trousers}
	m.Limb(root, knee, 0.095*k*g.stout, 0.07*k)
	m.Limb(knee, foot, 0.07*k, 0.05*k)
	m.Material = &render.Material{Colour: g.shoes}
	m.Limb(foot.Add(vec{X: -0.03, Z: -0.02}), foot.Add(vec{X: 0.15, Z: -0.04}), 0.05*k, 0.042*k)
}

// arm adds an arm in the material of the sleeve, and a hand.
func (g *figure) arm(m *render.Mesh, p posture, side float32, chest vec, k float32) {
	shoulder := chest.Add(vec{Y: 0.2 * side * k * g.stout, Z: 0.02 * k})
	swing := -0.8 * p.stride * render.Sin(p.step) * side
	elbow := shoulder.Add(vec{X: 0.14 * swing * k, Y: 0.04 * side, Z: -0.29 * k})
	hand := elbow.Add(vec{X: (0.05 + 0.16*swing) * k, Z: -0.26 * k})
	switch {
	case p.riding:
		elbow, hand = shoulder.Add(vec{X: 0.12, Y: 0.05 * side, Z: -0.22}), vec{X: 0.34, Y: 0.24 * side, Z: 1.02}
	case p.umbrella && side > 0:
		elbow, hand = shoulder.Add(vec{X: 0.02, Z: -0.28 * k}), vec{X: 0.1 * k, Y: 0.15 * k, Z: 1.25 * k}
	case p.phone && side > 0:
		elbow, hand = shoulder.Add(vec{X: 0.08, Z: -0.27 * k}), shoulder.Add(vec{X: 0.28 * k, Y: -0.12 * k, Z: -0.1 * k})
	}
	m.Limb(shoulder, elbow, 0.062*k*g.stout, 0.05*k)
	m.Limb(elbow, hand, 0.05*k, 0.038*k)
	m.Material = &render.Material{Colour: g.skin}
	m.Ball(hand, vec{X: 0.05 * k, Y: 0.04 * k, Z: 0.055 * k})
}
