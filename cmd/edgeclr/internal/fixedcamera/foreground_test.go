package fixedcamera

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"edgeclr/camera/rgb"
)

// scene is a picture with a bright line, light of that strength, noise, a shift of some
// pixels, and a dark square whose upper left corner is at (x, y), unless x is below 0.
type scene struct {
	light float64
	shift int
	x, y  int
}

const sceneSide, squareSide = 320, 80 // px; the square covers 4 x 4 cells

func (s scene) draw(seed uint64) *rgb.Image {
	random := rand.New(rand.NewPCG(seed, 9))
	m := rgb.New(sceneSide, sceneSide)
	for y := range sceneSide {
		for x := range sceneSide {
			v := 100 + 0.2*float64(x)
			if (x+s.shift)/4 == 30 {
				v = 230
			}
			if s.x >= 0 && x >= s.x && x < s.x+squareSide && y >= s.y && y < s.y+squareSide {
				v = 30
			}
			for c := range 3 {
				noisy := v*s.light + 2*random.NormFloat64()
				m.Pix[3*(y*sceneSide+x)+c] = uint8(min(max(noisy, 0), 255))
			}
		}
	}
	return m
}

// squareBackground is the background of frames in which the square is somewhere else in
// each, under light that changes.
func squareBackground(t *testing.T) *Background {
	t.Helper()
	var frames []*rgb.Image
	for i := range 21 {
		s := scene{light: 0.7 + 0.02*float64(i), x: -1}
		if i%2 == 0 {
			s.x, s.y = 20*(i%12), 20*(i%7)
		}
		frames = append(frames, s.draw(uint64(i)))
	}
	b, err := backgroundOf(frames)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestForeground(t *testing.T) {
	b := squareBackground(t)
	for _, tt := range []struct {
		name string
		show scene
		want *Grid
	}{
		{"nothing", scene{light: 1, x: -1}, filled(0)},
		{"less light", scene{light: 0.6, x: -1}, filled(0)},
		{"a camera that trembles", scene{light: 1, x: -1, shift: 2}, filled(0)},
		{"the square", scene{light: 1, x: 80, y: 160}, filled(1, 132, 133, 134, 135, 148, 149, 150, 151, 164, 165, 166, 167, 180, 181, 182, 183)},
		{"the square in less light", scene{light: 0.6, x: 80, y: 160}, filled(1, 132, 133, 134, 135, 148, 149, 150, 151, 164, 165, 166, 167, 180, 181, 182, 183)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := b.Grid(tt.show.draw(77))
			if err != nil {
				t.Fatal(err)
			}
			if o := Overlap(&got, tt.want); o < 0.97 {
				t.Errorf("overlap %v, area %v, want area %v", o, got.Area(), tt.want.Area())
			}
		})
	}
	if _, err := b.Grid(rgb.New(10, 20)); !errors.Is(err, errSizes) {
		t.Errorf("a frame of another size: %v", err)
	}
	if _, err := backgroundOf([]*rgb.Image{rgb.New(8, 8), rgb.New(8, 9)}); !errors.Is(err, errSizes) {
		t.Errorf("frames of different size: %v", err)
	}
}

func TestGain(t *testing.T) {
	dim, full := scene{light: 0.5, x: -1}.draw(1), scene{light: 1, x: -1}.draw(2)
	for c, g := range gainOf(dim, full) {
		if math.Abs(g-2) > 0.05 {
			t.Errorf("channel %d: %v, want 2", c, g)
		}
	}
	if g := gainOf(rgb.New(64, 64), full.Resize(64, 64)); g != (gain{1, 1, 1}) {
		t.Errorf("a black frame: %v", g)
	}
}

func TestMajority(t *testing.T) {
	const w, h = 5, 4
	alone := make([]uint8, w*h)
	alone[7] = 1
	for i, v := range majority(alone, w, h) {
		if v != 0 {
			t.Errorf("a single pixel leaves %d", i)
		}
	}
	all := make([]uint8, w*h)
	for i := range all {
		all[i] = 1
	}
	all[7] = 0
	out := majority(all, w, h)
	if out[7] != 1 || out[0] != 0 || out[2] != 1 {
		t.Errorf("%v", out)
	}
}

// Pictures whose sides are no multiples of the grid's.
func TestGridOfOddSizes(t *testing.T) {
	for _, side := range [][2]int{{17, 33}, {5, 3}, {640, 361}} {
		all := make([]uint8, side[0]*side[1])
		for i := range all {
			all[i] = 1
		}
		g := gridOf(all, side[0], side[1])
		for i, v := range g {
			if v != 1 && (v != 0 || min(side[0], side[1]) >= Side) {
				t.Errorf("%v: cell %d is %v", side, i, v)
			}
		}
	}
}
