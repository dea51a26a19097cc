package synthetic

// plane is one value a pixel, row-major.
type plane struct {
	w, h int
	v    []float32
}

func newPlane(w, h int) plane { return plane{w, h, make([]float32, w*h)} }

// at returns a value, with the border repeated outwards.
func (p *plane) at(x, y int) float32 {
	return p.v[min(max(y, 0), p.h-1)*p.w+min(max(x, 0), p.w-1)]
}

// blur averages src into p over boxes of side 2r+1, twice, which comes close to
// a Gaussian of standard deviation 0.8r. scratch is overwritten.
func (p *plane) blur(src, scratch *plane, r int) {
	copy(p.v, src.v)
	if r < 1 {
		return
	}
	for range 2 {
		for y := range p.h {
			boxRow(scratch.v[y*p.w:], p.v[y*p.w:], p.w, 1, r)
		}
		for x := range p.w {
			boxRow(p.v[x:], scratch.v[x:], p.h, p.w, r)
		}
	}
}

// boxRow averages n values, stride apart, over boxes of side 2r+1. Beyond the ends
// everything is zero.
func boxRow(dst, src []float32, n, stride, r int) {
	scale := 1 / float32(2*r+1)
	var sum float32
	for i := 0; i < min(r, n); i++ {
		sum += src[i*stride]
	}
	for i := range n {
		if i+r < n {
			sum += src[(i+r)*stride]
		}
		dst[i*stride] = sum * scale
		if i-r >= 0 {
			sum -= src[(i-r)*stride]
		}
	}
}

// canvas is the picture in linear light: three values a pixel, 1 is white.
type canvas struct {
	w, h int
	v    []float32
}

func newCanvas(w, h int) canvas { return canvas{w, h, make([]float32, 3*w*h)} }

// colour is linear RGB.
type colour [3]float32

func (c colour) scale(f float32) colour { return colour{c[0] * f, c[1] * f, c[2] * f} }

// mix puts c over the pixel i with opacity a.
func (m *canvas) mix(i int, c colour, a float32) {
	px := m.v[3*i : 3*i+3]
	for k := range px {
		px[k] += (c[k] - px[k]) * a
	}
}

// dim multiplies the pixel i.
func (m *canvas) dim(i int, f float32) {
	px := m.v[3*i : 3*i+3]
	for k := range px {
		px[k] *= f
	}
}

func (m *canvas) set(i int, c colour) { copy(m.v[3*i:3*i+3], c[:]) }
