package render

import (
	"math"
	"math/rand/v2"

	"edgeclr/camera/jfif"
	"edgeclr/camera/rgb"
)

// Sensor is how the camera takes a picture.
type Sensor struct {
	Exposure float32    // factor
	White    Vec        // factor of each colour: white balance
	Noise    float32    // gain of the sensor: 1 in daylight, more at night
	Blur     float32    // share of a pixel's light that falls on each neighbour, 0 to 0.3
	Shake    [2]float32 // shift to the right and down, in pixels, -1 to 1
	Bloom    float32    // share of what is too bright that spreads, 0 to 1
	Quality  int        // of the JPEG compression, 1 to 100; 0: none
}

// lens turns linear light into a picture with the faults of a camera.
type lens struct {
	row    []Vec // light after the horizontal pass
	dark   []float32
	halo   []Vec // every fourth pixel: light that is spread
	spare  []Vec
	tone   [toneSteps]float32
	noise  [toneSteps]float32 // standard deviation of the noise at an amount of light
	w4, h4 int
}

const toneSteps = 4096

// init allocates the memory for a picture of w by h pixels.
func (l *lens) init(w, h int) {
	l.w4, l.h4 = (w+3)/4, (h+3)/4
	l.row, l.halo, l.spare = make([]Vec, w*h), make([]Vec, l.w4*l.h4), make([]Vec, l.w4*l.h4)
	l.dark = make([]float32, w*h)
	for y := range h {
		for x := range w {
			fx, fy := float32(x)/float32(w)-0.5, float32(y)/float32(h)-0.5
			l.dark[y*w+x] = 1 - 0.55*(fx*fx+fy*fy)
		}
	}
	for i := range l.tone {
		t := float64(i) / (toneSteps - 1) * toneRange
		// Highlights are compressed, as cameras do, so that they do not all become white.
		t = t * (1 + t/(1.6*1.6)) / (1 + 0.75*t)
		v := math.Pow(min(t, 1), 1/2.2)
		v = v - 0.06*math.Sin(2*math.Pi*v)/2
		l.tone[i] = float32(255 * v)
	}
}

// toneRange is the brightest light that the tone curve tells from white.
const toneRange = 2

// develop makes the picture.
func (l *lens) develop(s *Stage, f *Frame) *rgb.Image {
	w, h := s.place.Width, s.place.Height
	o := f.Sensor
	l.spread(s.light, w, h, o)
	kx, ox := kernel(o.Blur, o.Shake[0])
	ky, oy := kernel(o.Blur, o.Shake[1])
	for y := range h {
		src, dst := s.light[y*w:(y+1)*w], l.row[y*w:(y+1)*w]
		for x := range w {
			from := x + ox
			if from < 0 || from+4 > w {
				dst[x] = Vec{}
				for k, weight := range kx {
					dst[x] = dst[x].Add(src[min(max(from+k, 0), w-1)].Scale(weight))
				}
				continue
			}
			t := src[from : from+4]
			dst[x] = t[0].Scale(kx[0]).Add(t[1].Scale(kx[1])).Add(t[2].Scale(kx[2])).Add(t[3].Scale(kx[3]))
		}
	}
	l.setNoise(o.Noise)
	m := rgb.New(w, h)
	noise := rand.NewPCG(f.Seed, 0x6e6f6973)
	gain := o.White.Scale(o.Exposure)
	for y := range h {
		var rows [4][]Vec
		for k := range rows {
			yy := min(max(y+oy+k, 0), h-1)
			rows[k] = l.row[yy*w : (yy+1)*w]
		}
		for x := range w {
			c := rows[0][x].Scale(ky[0]).Add(rows[1][x].Scale(ky[1])).Add(rows[2][x].Scale(ky[2])).Add(rows[3][x].Scale(ky[3]))
			c = c.Mul(gain).Scale(l.dark[y*w+x])
			bits := noise.Uint64()
			px := m.Pix[3*(y*w+x):][:3]
			px[0] = l.pixel(c.X, bits)
			px[1] = l.pixel(c.Y, bits>>21)
			px[2] = l.pixel(c.Z, bits>>42)
		}
	}
	return compress(m, o.Quality)
}

// setNoise prepares the noise of a gain: that of reading, and that of light itself.
func (l *lens) setNoise(gain float32) {
	for i := range l.noise {
		v := float32(i) / (toneSteps - 1) * toneRange
		l.noise[i] = gain * Sqrt(0.000004*gain+0.00012*v) * (toneSteps - 1) / toneRange
	}
}

// pixel adds the noise of the sensor to an amount of light and returns the grey level. It uses 21 random bits.
func (l *lens) pixel(v float32, bits uint64) uint8 {
	// The sum of three uniform numbers comes close to a Gaussian.
	n := float32(int(bits&0x7f)+int(bits>>7&0x7f)+int(bits>>14&0x7f)-190) * (1 / 64.0)
	t := min(max(v*((toneSteps-1)/toneRange), 0), toneSteps-1)
	t = min(max(t+n*l.noise[int(t)], 0), toneSteps-1)
	return uint8(l.tone[int(t)] + 0.5)
}

// kernel returns four weights that blur and shift, and the offset of the first.
func kernel(blur, shift float32) (k [4]float32, offset int) {
	shift = min(max(-shift, -1), 1)
	whole := float32(math.Floor(float64(shift)))
	t := shift - whole
	b := [3]float32{blur, 1 - 2*blur, blur}
	for i, weight := range b {
		k[i] += weight * (1 - t)
		k[i+1] += weight * t
	}
	return k, int(whole) - 1
}

// spread adds a halo around what is too bright.
func (l *lens) spread(light []Vec, w, h int, o Sensor) {
	if o.Bloom <= 0 {
		return
	}
	clear(l.halo)
	any, limit := false, 1/o.Exposure
	for y := range h {
		for x := range w {
			c := light[y*w+x]
			if most := max(c.X, c.Y, c.Z); most > limit {
				c = c.Scale(o.Exposure)
				over := most*o.Exposure - 1
				k := y/4*l.w4 + x/4
				l.halo[k] = l.halo[k].Add(c.Scale(over / (1 + over) / 16 * min(1, 4/max(c.X, c.Y, c.Z))))
				any = true
			}
		}
	}
	if !any {
		return
	}
	for range 3 {
		box(l.spare, l.halo, l.h4, l.w4, l.w4, 1, l.w4/50+1)
		box(l.halo, l.spare, l.w4, 1, l.h4, l.w4, l.w4/50+1)
	}
	back := o.Bloom / o.Exposure
	for y := range h {
		for x := range w {
			if c := l.halo[y/4*l.w4+x/4]; c.Y > 1e-4 {
				light[y*w+x] = light[y*w+x].Add(l.haloAt(x, y).Scale(back))
			}
		}
	}
}

// haloAt interpolates the halo.
func (l *lens) haloAt(x, y int) Vec {
	fx, fy := (float32(x)-1.5)/4, (float32(y)-1.5)/4
	ix, iy := max(int(fx), 0), max(int(fy), 0)
	jx, jy := min(ix+1, l.w4-1), min(iy+1, l.h4-1)
	tx, ty := max(fx-float32(ix), 0), max(fy-float32(iy), 0)
	top := l.halo[iy*l.w4+ix].Mix(l.halo[iy*l.w4+jx], tx)
	return top.Mix(l.halo[jy*l.w4+ix].Mix(l.halo[jy*l.w4+jx], tx), ty)
}

// box averages n lines of the given length. Values of a line are step apart, lines are stride apart.
func box(dst, src []Vec, lines, stride, length, step, r int) {
	scale := 1 / float32(2*r+1)
	for i := range lines {
		from := i * stride
		var sum Vec
		for x := -r; x <= r; x++ {
			sum = sum.Add(src[from+min(max(x, 0), length-1)*step])
		}
		for x := range length {
			dst[from+x*step] = sum.Scale(scale)
			sum = sum.Add(src[from+min(x+r+1, length-1)*step]).Sub(src[from+max(x-r, 0)*step])
		}
	}
}

// compress sends the picture through JPEG, as a network camera does.
func compress(m *rgb.Image, quality int) *rgb.Image {
	if quality == 0 {
		return m
	}
	data, err := m.JPEG(quality)
	if err != nil {
		panic(err) // only for pictures larger than any scene
	}
	out, err := jfif.Decode(data)
	if err != nil {
		panic(err)
	}
	return out
}
