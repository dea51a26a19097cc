package render

import "math"

// shadowMap tells which points a light reaches.
type shadowMap struct {
	view View
	side int // of the map, in pixels, a multiple of block
	*raster
	bias float32 // how much closer a surface must be to throw a shadow

	// The least and greatest closeness in each block of pixels. Where they agree that a point is lit, or dark, there is no need to
	// look at the pixels.
	low, high []float32
}

// shadowSide returns the side of the shadow maps for a picture, in pixels.
func shadowSide(w, h int) int {
	switch {
	case w*h > 200*1000:
		return 1024
	case w*h > 40*1000:
		return 512
	}
	return 256
}

// block is the side of a block, in pixels.
const block = 16

// look empties the map and sets its view.
func (s *shadowMap) look(v View) {
	if s.raster == nil {
		s.raster = newRaster(s.side, s.side, nil, true)
	}
	s.view = v
	s.clear()
}

// sum finds the least and greatest closeness of each block. It comes after the last triangle.
func (s *shadowMap) sum() {
	side := s.side / block
	if s.low == nil {
		s.low, s.high = make([]float32, side*side), make([]float32, side*side)
	}
	for row := range side {
		drawn := span{s.side, 0}
		for _, line := range s.span[row*block:][:block] {
			drawn = span{min(drawn.lo, line.lo), max(drawn.hi, line.hi)}
		}
		for column := range side {
			low, high := float32(-math.MaxFloat32), float32(-math.MaxFloat32)
			if column*block < drawn.hi && (column+1)*block > drawn.lo {
				low, high = s.extremes(column*block, row*block)
			}
			s.low[row*side+column], s.high[row*side+column] = low, high
		}
	}
}

// extremes returns the least and greatest closeness in a block.
func (s *shadowMap) extremes(x0, y0 int) (low, high float32) {
	low, high = math.MaxFloat32, -math.MaxFloat32
	for y := y0; y < y0+block; y++ {
		for _, c := range s.close[y*s.side+x0:][:block] {
			low, high = min(low, c), max(high, c)
		}
	}
	return low, high
}

// agree returns whether all pixels of a rectangle, its corners included, are closer than z, or none is.
func (s *shadowMap) agree(x0, y0, x1, y1 int, z float32) (closer, none bool) {
	side := s.side / block
	closer, none = true, true
	for y := y0 / block; y <= y1/block; y++ {
		for x := x0 / block; x <= x1/block; x++ {
			closer = closer && s.low[y*side+x] > z
			none = none && s.high[y*side+x] <= z
		}
	}
	return closer, none
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
	if closer, none := s.agree(ix-reach, iy-reach, ix+reach+1, iy+reach+1, z); closer {
		return 0
	} else if none {
		return 1
	}
	if reach > 3 {
		return s.sparse(ix, iy, reach, z)
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

// sparse averages over every second pixel of a large square.
func (s *shadowMap) sparse(ix, iy, reach int, z float32) float32 {
	lit, all := 0, 0
	for y := iy - reach; y <= iy+reach; y += 2 {
		for x := ix - reach; x <= ix+reach; x += 2 {
			if s.close[y*s.w+x] <= z {
				lit++
			}
			all++
		}
	}
	return float32(lit) / float32(all)
}
