package render

// shadowMap tells which points a light reaches.
type shadowMap struct {
	view View
	*raster
	bias float32 // how much closer a surface must be to throw a shadow
}

// shadowSide is the side of a shadow map, in pixels.
const shadowSide = 1024

// look empties the map and sets its view.
func (s *shadowMap) look(v View) {
	if s.raster == nil {
		s.raster = newRaster(shadowSide, shadowSide, true)
	}
	s.view = v
	s.clear(nil)
}

// lit returns the share of the light that arrives at a point, 0 to 1. It averages over a square of reach pixels to each side, which
// makes the edge of the shadow soft.
func (s *shadowMap) lit(p, normal Vec, reach int) float32 {
	// The point is moved off its surface, so that the surface does not shade itself.
	x, y, z, ok := s.view.project(p.Add(normal.Scale(s.bias)))
	if !ok {
		return 1
	}
	if s.view.parallel {
		z += s.bias
	} else {
		z *= 1 + s.bias*z
	}
	x, y = x-0.5, y-0.5
	ix, iy := int(x), int(y)
	if ix < reach || iy < reach || ix >= s.w-reach-1 || iy >= s.h-reach-1 {
		return 1
	}
	// Each of the rows and columns counts fully, but for the outermost, which count by the fraction of a pixel.
	fx, fy := x-float32(ix), y-float32(iy)
	var sum float32
	for dy := -reach; dy <= reach+1; dy++ {
		row := s.close[(iy+dy)*s.w+ix-reach:][:2*reach+2]
		var line float32
		for _, c := range row {
			if c <= z {
				line++
			}
		}
		if row[0] <= z {
			line -= fx
		}
		if row[len(row)-1] <= z {
			line -= 1 - fx
		}
		switch dy {
		case -reach:
			line *= 1 - fy
		case reach + 1:
			line *= fy
		}
		sum += line
	}
	side := float32(2*reach + 1)
	return sum / (side * side)
}
