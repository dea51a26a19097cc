package yard

import (
	"math"
	"math/rand/v2"

	"edgeclr/camera/synthetic/render"
)

// tree grows a tree of the given height: a trunk that stands still and leaves that sway.
func tree(solid, leaves *render.Mesh, rng *rand.Rand, at vec, high float32) {
	solid.Material = &render.Material{Colour: vec{X: 0.16, Y: 0.12, Z: 0.09}, Paint: bark}
	fork := at.Add(vec{Z: high * 0.42})
	solid.Limb(at, fork, 0.2, 0.13)
	green := vec{X: 0.09, Y: 0.16, Z: 0.035}.Scale(between(rng, 0.7, 1.2))
	if rng.IntN(4) == 0 {
		green = vec{X: 0.2, Y: 0.13, Z: 0.03} // autumn
	}
	for range 11 {
		end := fork.Add(vec{X: between(rng, -1.6, 1.6), Y: between(rng, -1.6, 1.6), Z: between(rng, 0.3, high*0.5)})
		solid.Material = &render.Material{Colour: vec{X: 0.14, Y: 0.11, Z: 0.08}}
		solid.Limb(fork, end, 0.06, 0.02)
		cluster(leaves, rng, end, between(rng, 0.55, 1), 110, green)
	}
}

// hedge grows along the wall.
func hedge(leaves *render.Mesh, rng *rand.Rand) {
	for x := float32(9.6); x < 40; x += 0.7 {
		cluster(leaves, rng, vec{X: x, Y: 29.8, Z: between(rng, 0.5, 0.8)}, 0.6, 40, vec{X: 0.05, Y: 0.09, Z: 0.03})
	}
}

// cluster adds n leaves, or small twigs of them, around a point. Their normals point away from it, so that the light falls softly on
// the whole.
func cluster(m *render.Mesh, rng *rand.Rand, centre vec, radius float32, n int, green vec) {
	shades := [3]*render.Material{}
	for i := range shades {
		shades[i] = &render.Material{Colour: green.Scale(between(rng, 0.6, 1.4)), Gloss: 0.05}
	}
	for range n {
		out := vec{X: normal(rng), Y: normal(rng), Z: 0.8 * normal(rng)}.Unit()
		p := centre.Add(out.Scale(radius * float32(math.Sqrt(float64(rng.Float32())))))
		u := vec{X: normal(rng), Y: normal(rng), Z: normal(rng)}.Unit()
		v := u.Cross(out).Unit()
		size := between(rng, 0.07, 0.17)
		a, b, c := p.Add(u.Scale(size)), p.Add(v.Scale(size)).Sub(u.Scale(0.4*size)), p.Sub(v.Scale(size)).Sub(u.Scale(0.4*size))
		facing := out.Add(vec{Z: 0.3}).Unit()
		m.Material = shades[rng.IntN(len(shades))]
		m.Triangle([3]vec{a, b, c}, [3]vec{facing, facing, facing})
	}
}

func normal(rng *rand.Rand) float32 { return float32(rng.NormFloat64()) }
