package render

import "math"

// sway moves the leaves of a picture sideways: not at the trunk, most at the top.
type sway struct {
	from, to int // rows that may show leaves
	time     float32
	wind     float32 // pixels
	w, h     int
}

func (s *Stage) sway(f *Frame) sway {
	if len(s.leaves) == 0 {
		return sway{}
	}
	return sway{s.leafRow[0], s.leafRow[1] + 1, f.Time, f.Wind * float32(s.place.Height) / 480, s.place.Width, s.place.Height}
}

// source returns the pixel whose leaf has moved to (x, y).
func (w *sway) source(x, y int) (int, int) {
	high := float32(w.to-y) / float32(max(w.to-w.from, 1))
	gust := 0.6 + 0.4*wave(0.37*w.time+0.01*float32(x))
	unit := 480 / float32(w.h)
	fx, fy := float32(x)*unit, float32(y)*unit
	dx := w.wind * high * gust * (wave(1.9*w.time+0.006*fx) + 0.5*wave(4.3*w.time+0.05*fx+0.03*fy))
	dy := 0.35 * w.wind * high * gust * wave(3.1*w.time+0.04*fx-0.05*fy)
	return x + round(dx), y + round(dy)
}

func round(x float32) int {
	if x < 0 {
		return -int(0.5 - x)
	}
	return int(x + 0.5)
}

// leafBefore returns the leaf at a pixel, or -1 where there is none or something solid is in front of it.
func (s *Stage) leafBefore(w *sway, x, y int) int32 {
	if y < w.from || y >= w.to {
		return -1
	}
	fx, fy := w.source(x, y)
	if fx < 0 || fx >= w.w || fy < 0 || fy >= w.h {
		return -1
	}
	leaf := s.leafAt[fy*w.w+fx]
	if leaf < 0 || s.leaves[leaf].close > s.solid[y*oversampling*s.moving.w+x*oversampling] {
		return leaf
	}
	return -1
}

// wave is a sine that is approximated by parabolas.
func wave(x float32) float32 {
	t := x * (1 / (2 * math.Pi))
	t -= float32(math.Floor(float64(t)))
	if t < 0.5 {
		return 16 * t * (0.5 - t)
	}
	return -16 * (t - 0.5) * (1 - t)
}
