package bench

import (
	"math/rand/v2"

	"edgeclr/camera/synthetic/render"
)

// worker stands behind the table, looks towards the camera (against the y axis), and has two hands.
type worker struct {
	skin, sleeve, shirt, hair vec
	glove, rolledUp, apron    bool
	gloveColour               vec
}

func newWorker(rng *rand.Rand) worker {
	cloth := [5]vec{{X: 0.03, Y: 0.06, Z: 0.16}, {X: 0.08, Y: 0.08, Z: 0.085}, {X: 0.3, Y: 0.05, Z: 0.04}, {X: 0.35, Y: 0.33, Z: 0.3}, {X: 0.05, Y: 0.12, Z: 0.07}}
	skins := [4]vec{{X: 0.55, Y: 0.34, Z: 0.24}, {X: 0.6, Y: 0.4, Z: 0.3}, {X: 0.3, Y: 0.16, Z: 0.09}, {X: 0.12, Y: 0.06, Z: 0.04}}
	c := cloth[rng.IntN(len(cloth))]
	return worker{skin: skins[rng.IntN(4)], sleeve: c, shirt: c.Scale(between(rng, 0.8, 1.2)), hair: render.Grey(between(rng, 0.01, 0.15)),
		glove: rng.IntN(3) == 0, rolledUp: rng.IntN(2) == 0, apron: rng.IntN(2) == 0, gloveColour: [3]vec{{X: 0.4, Y: 0.36, Z: 0.3}, {X: 0.03, Y: 0.05, Z: 0.2}, {X: 0.6, Y: 0.25, Z: 0.02}}[rng.IntN(3)]}
}

// rest is where a hand lies when it has nothing to do; side is -1 or 1.
func rest(side float32) vec { return vec{X: 0.2 * side, Y: 0.74, Z: 0.05} }

// draw adds the worker. shift moves the body aside, out of the picture where it is large. hands are their targets, left (x < 0)
// first; grip is how far they are closed, 0 to 1.
func (w *worker) draw(m *render.Mesh, shift float32, hands [2]vec, grip [2]float32) {
	// The body leans towards what the hands reach for.
	var lean vec
	for i, side := range [2]float32{-1, 1} {
		d := hands[i].Sub(shoulder(side))
		if far := d.Len() - 0.52; far > 0 {
			lean = lean.Add(d.Unit().Scale(far))
		}
	}
	lean.Z *= 0.4
	body := vec{X: shift}.Add(lean)
	shirt := &render.Material{Colour: w.shirt, Paint: folds}
	m.Pose = render.Stand(vec{}, 0)
	m.Material = shirt
	chest := vec{Y: 1.08, Z: 0.3}.Add(body)
	for _, side := range [2]float32{-0.07, 0.07} {
		m.Limb(vec{X: shift + side, Y: 1.14, Z: -0.3}, chest.Add(vec{X: side}), 0.15, 0.14)
	}
	if w.apron {
		m.Material = &render.Material{Colour: w.gloveColour.Scale(0.4), Paint: folds}
		m.Limb(vec{X: shift, Y: 1.03, Z: -0.3}, chest.Add(vec{Y: -0.06}), 0.14, 0.1)
		m.Material = shirt
	}
	m.Limb(shoulder(-1).Add(body).Add(vec{X: 0.06}), shoulder(1).Add(body).Add(vec{X: -0.06}), 0.085, 0.085)
	for i, side := range [2]float32{-1, 1} {
		w.arm(m, shoulder(side).Add(body), hands[i].Add(vec{X: shift}), side, grip[i])
	}
	m.Material = &render.Material{Colour: w.skin}
	head := chest.Add(vec{Y: -0.05, Z: 0.33})
	m.Limb(chest.Add(vec{Z: 0.1}), head, 0.055, 0.06)
	m.Ball(head, vec{X: 0.08, Y: 0.1, Z: 0.115})
	m.Material = &render.Material{Colour: w.hair}
	m.Ball(head.Add(vec{Y: 0.02, Z: 0.03}), vec{X: 0.088, Y: 0.105, Z: 0.11})
}

func shoulder(side float32) vec { return vec{X: 0.2 * side, Y: 1.04, Z: 0.36} }

// folds paints cloth.
func folds(p vec) vec {
	return render.Grey(1 + 0.35*render.Cloudy(vec{X: 9 * p.X, Y: 9 * p.Y, Z: 16 * p.Z}, 3))
}

// arm adds an arm from a shoulder to the palm of a hand, and the hand.
func (w *worker) arm(m *render.Mesh, shoulder, palm vec, side, grip float32) {
	const upper, lower = 0.31, 0.3
	wrist := palm.Add(vec{Y: 0.055, Z: 0.03}).Add(shoulder.Sub(palm).Unit().Scale(0.03))
	d := wrist.Sub(shoulder)
	far := min(d.Len(), upper+lower-0.005)
	// The elbow lies on the circle that both lengths allow, outwards and up.
	along := (far*far + upper*upper - lower*lower) / (2 * far)
	off := render.Sqrt(max(upper*upper-along*along, 0))
	dir := d.Unit()
	out := vec{X: 0.8 * side, Z: 0.25, Y: 0.2}
	out = out.Sub(dir.Scale(out.Dot(dir))).Unit()
	elbow := shoulder.Add(dir.Scale(along)).Add(out.Scale(off))
	m.Material = &render.Material{Colour: w.sleeve, Paint: folds}
	m.Limb(shoulder, elbow, 0.065, 0.052)
	if w.rolledUp {
		m.Limb(elbow, elbow.Mix(wrist, 0.2), 0.053, 0.052)
		m.Material = &render.Material{Colour: w.skin}
	}
	m.Limb(elbow, wrist, 0.047, 0.029)
	m.Material = &render.Material{Colour: w.skin}
	if w.glove {
		m.Material = &render.Material{Colour: w.gloveColour, Paint: folds}
	}
	w.hand(m, wrist, palm, side, grip)
}

// hand adds palm, fingers and thumb.
func (w *worker) hand(m *render.Mesh, wrist, palm vec, side, grip float32) {
	ahead := palm.Sub(wrist).Unit()
	across := ahead.Cross(vec{Z: 1}).Unit()
	m.Limb(wrist, palm, 0.03, 0.034)
	m.Limb(palm.Add(across.Scale(-0.022)), palm.Add(across.Scale(0.022)), 0.021, 0.021)
	for i := range 4 {
		k := float32(i) - 1.5
		root := palm.Add(across.Scale(0.019 * k)).Add(ahead.Scale(0.02))
		joint := root.Add(ahead.Scale(0.042 - 0.012*grip)).Add(vec{Z: -0.006 - 0.012*grip})
		tip := joint.Add(ahead.Scale(0.035 - 0.05*grip)).Add(vec{Z: -0.012 - 0.026*grip}).Add(across.Scale(0.004 * k * (1 - grip)))
		m.Limb(root, joint, 0.0105, 0.0095)
		m.Limb(joint, tip, 0.0095, 0.008)
	}
	inner := across.Scale(side)
	if inner.X*side > 0 {
		inner = inner.Scale(-1)
	}
	root := palm.Add(inner.Scale(0.03)).Sub(ahead.Scale(0.015))
	joint := root.Add(inner.Scale(0.025 - 0.01*grip)).Add(ahead.Scale(0.025)).Add(vec{Z: -0.01})
	m.Limb(root, joint, 0.013, 0.011)
	m.Limb(joint, joint.Add(ahead.Scale(0.026)).Sub(inner.Scale(0.016*grip)).Add(vec{Z: -0.006 - 0.018*grip}), 0.011, 0.009)
}
