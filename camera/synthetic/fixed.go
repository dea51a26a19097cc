package synthetic

import (
	"fmt"
	"math"

	"edgeclr/camera/rgb"
	"edgeclr/camera/synthetic/render"
)

// FPS is the number of frames a second of a fixed scene: frame n shows the scene n/FPS seconds after its beginning.
const FPS = 5

// Truth says what a frame of a fixed scene shows. Only eval, benchmarks and tests may use it.
type Truth = render.Truth

// FixedNames returns the names of the scenes that [OpenFixed] knows.
func FixedNames() []string { return []string{"bench", "yard"} }

// Fixed is a scene seen by a fixed camera. It keeps scratch memory and is not safe for concurrent use.
type Fixed struct {
	name string
	opt  Options
}

// OpenFixed makes the scene of that name. Options.Seed selects the place and what happens there. Width and Height of 0 mean
// 640 x 480. Options.Stream has no effect: frames of one scene follow one another.
func OpenFixed(name string, opt Options) (*Fixed, error) {
	if name != "yard" && name != "bench" {
		return nil, fmt.Errorf("there is no fixed scene %q, only %q", name, FixedNames())
	}
	if opt.Width == 0 && opt.Height == 0 {
		opt.Width, opt.Height = 640, 480
	}
	opt.Width, opt.Height = min(max(opt.Width, MinSide), MaxSide), min(max(opt.Height, MinSide), MaxSide)
	return &Fixed{name, opt}, nil
}

// Frame renders frame n (0 and up) and says what it shows. It depends on the scene's name, the options and n alone.
func (f *Fixed) Frame(n int) (*rgb.Image, Truth) {
	m, truth := rgb.New(f.opt.Width, f.opt.Height), Truth{Counts: map[string]int{}}
	w, h := f.opt.Width/8, f.opt.Height/8
	x0 := int((0.5 + 0.4*math.Sin(float64(n)/20)) * float64(f.opt.Width-w))
	cell := float32(render.GridSide*render.GridSide) / float32(m.Width*m.Height)
	for y := range m.Height {
		for x := range m.Width {
			if x >= x0 && x < x0+w && y >= 3*h && y < 4*h {
				m.Pix[3*(y*m.Width+x)] = 200
				truth.Foreground[y*render.GridSide/m.Height*render.GridSide+x*render.GridSide/m.Width] += cell
				truth.Area += 1 / float32(m.Width*m.Height)
			}
		}
	}
	truth.Counts["car"] = 1
	return m, truth
}
