package synthetic

import (
	"math"
	"math/rand/v2"

	"edgeclr/camera/rgb"
)

// drawLight multiplies the canvas by the light: exposure, colour cast, a slope across the
// picture, a lamp, and the darker corners of the lens.
func (s *Scene) drawLight(v *view) {
	w, h := s.canvas.w, s.canvas.h
	inv := float32(1 / (v.spot[2] * v.spot[2]))
	for y := range h {
		fy := float32(y)/float32(h) - 0.5
		sy := float32(y) - float32(v.spot[1])
		for x := range w {
			fx := float32(x)/float32(w) - 0.5
			sx := float32(x) - float32(v.spot[0])
			lamp := 1 + (sx*sx+sy*sy)*inv
			f := 1 + v.slope[0]*fx + v.slope[1]*fy + v.glare*2/(lamp*lamp)
			f *= 1 - 0.5*(fx*fx+fy*fy)
			px := s.canvas.v[3*(y*w+x):][:3]
			px[0] *= f * v.cast[0]
			px[1] *= f * v.cast[1]
			px[2] *= f * v.cast[2]
		}
	}
}

// develop turns linear light into a picture: motion blur along the belt, the
// camera's tone curve, sensor noise.
func (s *Scene) develop(v *view, noise *rand.PCG) *rgb.Image {
	w, h := s.canvas.w, s.canvas.h
	m := rgb.New(w, h)
	scale := v.noise / noiseDeviation
	taps := v.motion + 1
	for y := range h {
		row := s.canvas.v[3*y*w : 3*(y+1)*w]
		for x := range w {
			bits := noise.Uint64()
			for k := range 3 {
				var sum float32
				for t := range taps {
					sum += row[3*min(x+t, w-1)+k]
				}
				grey := s.tone[int(min(sum/float32(taps), 1)*(toneSteps-1))]
				grey += (float32(bits&0xff) + float32(bits>>8&0xff) + float32(bits>>16&0x1f)*8 - 379) * scale
				bits >>= 21
				m.Pix[3*(y*w+x)+k] = uint8(min(max(grey, 0), 255))
			}
		}
	}
	return m
}

const (
	toneSteps = 1024

	// noiseDeviation is the standard deviation of the sum of three uniform draws from
	// 0 to 255.
	noiseDeviation = 128
)

// toneCurve maps linear light to grey levels, as sRGB does.
func toneCurve() (curve [toneSteps]float32) {
	for i := range curve {
		t := float64(i) / (toneSteps - 1)
		curve[i] = float32(255 * math.Pow(t, 1/2.2))
	}
	return curve
}
