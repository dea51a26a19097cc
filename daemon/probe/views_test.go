package probe

import (
	"math/rand/v2"
	"slices"
	"testing"

	"edgeclr/camera/rgb"
)

func noise(seed uint64, w, h int) *rgb.Image {
	rng := rand.New(rand.NewPCG(seed, 40))
	m := rgb.New(w, h)
	for i := range m.Pix {
		m.Pix[i] = uint8(rng.Uint32())
	}
	return m
}

func TestMildViewsAreDeterministic(t *testing.T) {
	viewer := NewViewer(false)
	for _, size := range [][2]int{{40, 40}, {64, 33}, {20, 50}, {1, 1}, {1, 9}} {
		m := noise(1, size[0], size[1])
		before := slices.Clone(m.Pix)
		three := NewViewer(false).Views(m, 16, 5, 6, 3)
		seen := map[string]bool{}
		for i, v := range three {
			if v.Width != 16 || v.Height != 16 || len(v.Pix) != 3*16*16 {
				t.Fatalf("%v: a view of %d x %d", size, v.Width, v.Height)
			}
			if again := viewer.Views(m, 16, 5, 6, i+1)[i]; !slices.Equal(v.Pix, again.Pix) {
				t.Errorf("%v: view %d depends on how many there are, or on what was before", size, i)
			}
			seen[string(v.Pix)] = true
		}
		seen[string(viewer.Views(m, 16, 5, 7, 1)[0].Pix)] = true
		seen[string(viewer.Views(m, 16, 6, 6, 1)[0].Pix)] = true
		if len(seen) != 5 {
			t.Errorf("%v: only %d of 5 views differ", size, len(seen))
		}
		if !slices.Equal(m.Pix, before) {
			t.Errorf("%v: the picture was changed", size)
		}
	}
}

// A view never shows what is outside of the central square.
func TestMildViewsSeeTheCentralSquare(t *testing.T) {
	for _, size := range [][2]int{{90, 30}, {31, 90}, {50, 49}} {
		m := rgb.New(size[0], size[1])
		side := min(size[0], size[1])
		left, top := (size[0]-side)/2, (size[1]-side)/2
		for y := range side {
			for x := range side {
				at := 3 * ((top+y)*m.Width + left + x)
				m.Pix[at], m.Pix[at+1], m.Pix[at+2] = 200, 200, 200
			}
		}
		for id := range uint64(50) {
			for _, v := range NewViewer(false).Views(m, 12, 1, id, 2) {
				if least := slices.Min(v.Pix); least < 100 { // jitter leaves 0.8*0.8 of 200
					t.Fatalf("%v, picture %d: a value of %d", size, id, least)
				}
			}
		}
	}
}

// To a camera that stays where it is, left is not right.
func TestViewsForCamerasAreNotMirrored(t *testing.T) {
	m := rgb.New(60, 60)
	for i := range m.Pix {
		m.Pix[i] = uint8(50 + i/3%60*3) // brighter from left to right
	}
	for _, cameras := range []bool{false, true} {
		mirrored := 0
		for id := range uint64(40) {
			v := NewViewer(cameras).Views(m, 16, 1, id, 1)[0]
			if v.Pix[0] > v.Pix[3*15] {
				mirrored++
			}
		}
		if cameras != (mirrored == 0) {
			t.Errorf("cameras %v: %d of 40 views are mirrored", cameras, mirrored)
		}
	}
}

func TestMildIsValid(t *testing.T) {
	if err := mild().Validate(); err != nil {
		t.Error(err)
	}
}

// Mild views, flips included, find their own picture by plain pixels far more often
// than by chance (0.025).
func TestMildViewsAreMild(t *testing.T) {
	var images, views [][]float32
	viewer := NewViewer(false)
	for id := range uint64(40) {
		m := noise(id, 4, 4).Resize(80, 60)
		images = append(images, pixels(m.EvalSquare(16)))
		for _, v := range viewer.Views(m, 16, 1, id, 2) {
			views = append(views, pixels(v))
		}
	}
	s, err := Measure(t.Context(), images, views, Options{})
	if err != nil || s.ViewRetrieval < 0.4 || s.Spread > 0.9 || s.Spread < 0.05 {
		t.Errorf("retrieval %v, spread %v, %v", s.ViewRetrieval, s.Spread, err)
	}
}

func pixels(m *rgb.Image) []float32 {
	v := make([]float32, len(m.Pix))
	for i, p := range m.Pix {
		v[i] = float32(p) - 127.5
	}
	return v
}
