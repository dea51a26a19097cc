package render

import "math"

// Box adds a block between two corners, low < high in each coordinate.
func (m *Mesh) Box(low, high Vec) {
	x, y, z, X, Y, Z := low.X, low.Y, low.Z, high.X, high.Y, high.Z
	m.Quad(Vec{x, y, Z}, Vec{X, y, Z}, Vec{X, Y, Z}, Vec{x, Y, Z})
	m.Quad(Vec{x, Y, z}, Vec{X, Y, z}, Vec{X, y, z}, Vec{x, y, z})
	m.Quad(Vec{x, y, z}, Vec{X, y, z}, Vec{X, y, Z}, Vec{x, y, Z})
	m.Quad(Vec{X, Y, z}, Vec{x, Y, z}, Vec{x, Y, Z}, Vec{X, Y, Z})
	m.Quad(Vec{X, y, z}, Vec{X, Y, z}, Vec{X, Y, Z}, Vec{X, y, Z})
	m.Quad(Vec{x, Y, z}, Vec{x, y, z}, Vec{x, y, Z}, Vec{x, Y, Z})
}

// Grid adds a flat face from a along u and v, cut into nu by nv pieces.
func (m *Mesh) Grid(a, u, v Vec, nu, nv int) {
	du, dv := u.Scale(1/float32(nu)), v.Scale(1/float32(nv))
	for i := range nu {
		for j := range nv {
			p := a.Add(du.Scale(float32(i))).Add(dv.Scale(float32(j)))
			m.Quad(p, p.Add(du), p.Add(du).Add(dv), p.Add(dv))
		}
	}
}

// Limb adds a round bar from a to b with radii ra and rb and round ends.
func (m *Mesh) Limb(a, b Vec, ra, rb float32) {
	const around, cap = 9, 3
	axis := b.Sub(a)
	length := axis.Len()
	u, v, w := basis(axis)
	tilt := float32(0)
	if length > 0 {
		tilt = (ra - rb) / length
	}
	var last, lastN [around + 1]Vec
	ring := func(centre Vec, along, radius, lift float32, first bool) {
		var now, nowN [around + 1]Vec
		for k := range now {
			s, c := sincos(2 * math.Pi * float64(k%around) / around)
			side := u.Scale(c).Add(v.Scale(s))
			now[k] = centre.Add(w.Scale(along)).Add(side.Scale(radius))
			nowN[k] = side.Add(w.Scale(lift)).Unit()
		}
		if !first {
			for k := range around {
				m.patch([4]Vec{last[k], last[k+1], now[k+1], now[k]}, [4]Vec{lastN[k], lastN[k+1], nowN[k+1], nowN[k]})
			}
		}
		last, lastN = now, nowN
	}
	for i := range cap + 1 {
		s, c := sincos(math.Pi / 2 * float64(i) / cap)
		ring(a, -ra*c, ra*max(s, 0.01), tilt-3*c*c, i == 0)
	}
	for i := range cap + 1 {
		s, c := sincos(math.Pi / 2 * float64(i) / cap)
		ring(b, rb*s, rb*max(c, 0.01), tilt+3*s*s, false)
	}
}

// Ball adds an ellipsoid with the given half axes.
func (m *Mesh) Ball(centre, half Vec) {
	const around, rows = 10, 6
	point := func(i, j int) (Vec, Vec) {
		sp, cp := sincos(math.Pi*float64(i)/rows - math.Pi/2)
		st, ct := sincos(2 * math.Pi * float64(j%around) / around)
		d := Vec{cp * ct, cp * st, sp}
		return centre.Add(d.Mul(half)), Vec{d.X / half.X, d.Y / half.Y, d.Z / half.Z}.Unit()
	}
	for i := range rows {
		for j := range around {
			a, an := point(i, j)
			b, bn := point(i, j+1)
			c, cn := point(i+1, j+1)
			d, dn := point(i+1, j)
			m.patch([4]Vec{a, b, c, d}, [4]Vec{an, bn, cn, dn})
		}
	}
}

// Tube adds a round bar with flat ends. hole is the radius of a hole through it, 0 for none.
func (m *Mesh) Tube(a, b Vec, radius, hole float32) {
	const around = 20
	u, v, w := basis(b.Sub(a))
	side := func(k int) Vec {
		s, c := sincos(2 * math.Pi * float64(k%around) / around)
		return u.Scale(c).Add(v.Scale(s))
	}
	for k := range around {
		p, q := side(k), side(k+1)
		m.patch([4]Vec{a.Add(p.Scale(radius)), a.Add(q.Scale(radius)), b.Add(q.Scale(radius)), b.Add(p.Scale(radius))}, [4]Vec{p, q, q, p})
		up, back := [4]Vec{w, w, w, w}, [4]Vec{w.Scale(-1), w.Scale(-1), w.Scale(-1), w.Scale(-1)}
		m.patch([4]Vec{b.Add(p.Scale(hole)), b.Add(p.Scale(radius)), b.Add(q.Scale(radius)), b.Add(q.Scale(hole))}, up)
		m.patch([4]Vec{a.Add(p.Scale(radius)), a.Add(p.Scale(hole)), a.Add(q.Scale(hole)), a.Add(q.Scale(radius))}, back)
		if hole > 0 {
			pn, qn := p.Scale(-1), q.Scale(-1)
			m.patch([4]Vec{b.Add(p.Scale(hole)), b.Add(q.Scale(hole)), a.Add(q.Scale(hole)), a.Add(p.Scale(hole))}, [4]Vec{pn, qn, qn, pn})
		}
	}
}

// Slab adds a convex outline (x, y in order against the clock) that is lifted from z = low to high. bevel pulls the upper edge in.
func (m *Mesh) Slab(outline []Vec, low, high, bevel float32) {
	n := len(outline)
	var centre Vec
	for _, p := range outline {
		centre = centre.Add(p.Scale(1 / float32(n)))
	}
	top := make([]Vec, n)
	for i, p := range outline {
		q := p.Add(centre.Sub(p).Unit().Scale(bevel))
		top[i] = Vec{q.X, q.Y, high}
	}
	for i := range n {
		j := (i + 1) % n
		a, b := outline[i], outline[j]
		m.Quad(Vec{a.X, a.Y, low}, Vec{b.X, b.Y, low}, top[j], top[i])
		up := Vec{0, 0, 1}
		m.Triangle([3]Vec{{centre.X, centre.Y, high}, top[i], top[j]}, [3]Vec{up, up, up})
	}
}

// Section is a cut through a loft at X: a rounded rectangle from Low to High with half widths Bottom and Top.
type Section struct{ X, Low, High, Bottom, Top float32 }

// Loft joins sections along the x axis, like the body of a car.
func (m *Mesh) Loft(sections []Section) {
	const n = 12
	ring := func(s Section) (r [n + 1]Vec) {
		const round = 0.18 // of the height
		h := s.High - s.Low
		cut := min(h, 2*s.Top) * round
		half := [6]Vec{{s.X, s.Bottom - cut/2, s.Low}, {s.X, s.Bottom, s.Low + cut}, {s.X, lerp(s.Bottom, s.Top, 0.5) + 0.02, s.Low + h/2},
			{s.X, s.Top, s.High - cut}, {s.X, s.Top - cut*0.4, s.High - cut*0.35}, {s.X, s.Top - cut, s.High}}
		for i, p := range half {
			r[i] = p
			r[n-1-i] = Vec{p.X, -p.Y, p.Z}
		}
		r[n] = r[0]
		return r
	}
	normals := func(i int) (r [n + 1]Vec) {
		here := ring(sections[i])
		before, after := ring(sections[max(i-1, 0)]), ring(sections[min(i+1, len(sections)-1)])
		for k := range n {
			along := after[k].Sub(before[k])
			across := here[(k+1)%n].Sub(here[(k+n-1)%n])
			r[k] = along.Cross(across).Unit()
		}
		r[n] = r[0]
		return r
	}
	for i := range len(sections) - 1 {
		a, b, an, bn := ring(sections[i]), ring(sections[i+1]), normals(i), normals(i+1)
		for k := range n {
			m.patch([4]Vec{a[k], b[k], b[k+1], a[k+1]}, [4]Vec{an[k], bn[k], bn[k+1], an[k+1]})
		}
	}
	m.end(ring(sections[0]), Vec{-1, 0, 0})
	m.end(ring(sections[len(sections)-1]), Vec{1, 0, 0})
}

// end closes a loft.
func (m *Mesh) end(ring [13]Vec, normal Vec) {
	var centre Vec
	for _, p := range ring[:12] {
		centre = centre.Add(p.Scale(1.0 / 12))
	}
	for k := range 12 {
		m.Triangle([3]Vec{centre, ring[k], ring[k+1]}, [3]Vec{normal, normal, normal})
	}
}

// basis returns unit vectors u and v across an axis, and its direction w.
func basis(axis Vec) (u, v, w Vec) {
	w = axis.Unit()
	if w == (Vec{}) {
		w = Vec{0, 0, 1}
	}
	u = w.Cross(Vec{0, 0, 1})
	if u.Dot(u) < 0.01 {
		u = w.Cross(Vec{0, 1, 0})
	}
	u = u.Unit()
	return u, w.Cross(u), w
}

func sincos(angle float64) (s, c float32) {
	sin, cos := math.Sincos(angle)
	return float32(sin), float32(cos)
}
