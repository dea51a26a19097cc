package render

import "math/rand/v2"

// drawWeather draws falling rain and snow before the camera.
func (s *Stage) drawWeather(f *Frame) {
	if f.Rain <= 0 && f.Fall <= 0 {
		return
	}
	rng := rand.New(rand.NewPCG(f.Seed, 0x7261696e))
	w, h := float32(s.place.Width), float32(s.place.Height)
	unit := h / 480
	slant := 0.12 * (f.Wind - 1.5)
	bright := f.Ambient.Scale(0.25).Add(Grey(0.004 * f.lamp(0).Luma()))
	for range int(260 * f.Rain) {
		near := rng.Float32()
		near *= near * near
		x, y := w*(1.2*rng.Float32()-0.1), h*(1.1*rng.Float32()-0.1)
		s.streak(x, y, slant, unit*(10+55*near), bright, 0.05+0.1*rng.Float32()+0.1*near)
	}
	for range int(420 * f.Fall) {
		near := rng.Float32()
		near *= near * near * near
		x, y := w*rng.Float32(), h*rng.Float32()
		s.flake(x, y, slant*unit*6, unit*(0.7+4.5*near), bright.Scale(2.2), 0.75-0.5*near)
	}
}

// streak draws a drop that falls while the picture is exposed.
func (s *Stage) streak(x, y, slant, length float32, c Vec, opacity float32) {
	n := int(length)
	for k := range n {
		fx := x + slant*float32(k)
		ix := int(fx)
		t := fx - float32(ix)
		end := min(float32(k+1), float32(n-k)) / 4
		a := opacity * min(end, 1)
		s.tint(ix, int(y)+k, c, a*(1-t))
		s.tint(ix+1, int(y)+k, c, a*t)
	}
}

// flake draws a disc without a sharp edge.
func (s *Stage) flake(x, y, slant, radius float32, c Vec, opacity float32) {
	reach := int(radius + 1.5)
	for dy := -reach; dy <= reach; dy++ {
		for dx := -reach; dx <= reach; dx++ {
			px, py := int(x)+dx, int(y)+dy
			ex, ey := float32(px)+0.5-x-slant*float32(dy)/(radius+1), float32(py)+0.5-y
			if a := min(radius+0.5-Sqrt(ex*ex+0.6*ey*ey), 1); a > 0 {
				s.tint(px, py, c, a*opacity)
			}
		}
	}
}

// tint mixes a colour into a pixel, if it is in the picture.
func (s *Stage) tint(x, y int, c Vec, a float32) {
	if x >= 0 && y >= 0 && x < s.place.Width && y < s.place.Height {
		px := &s.light[y*s.place.Width+x]
		*px = px.Add(c.Scale(a)).Sub(px.Scale(0.5 * a))
	}
}
