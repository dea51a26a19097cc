package synthetic

import (
	"fmt"
	"slices"

	"edgeclr/camera/rgb"
	"edgeclr/camera/synthetic/bench"
	"edgeclr/camera/synthetic/render"
	"edgeclr/camera/synthetic/yard"
)

const (
	// FPS is the usual number of frames a second of a fixed scene.
	FPS = 5

	fixedWidth  = 640
	fixedHeight = 480

	// distinctPause is the time between two pictures of a fixed scene that does not show a stream, in seconds. Most of what moves
	// has moved on then.
	distinctPause = 7.4
)

// Truth says what a frame of a fixed scene shows. Only eval, benchmarks and tests may use it.
type Truth = render.Truth

// world is what a fixed camera sees.
type world interface {
	// At renders the world at a time, in seconds. An empty world has the same light and noise, and nothing is in it.
	At(t float64, number uint64, empty bool) (*rgb.Image, render.Truth)
	// Class names what a picture shows.
	Class(render.Truth) string
}

// scene is an entry of the list of fixed scenes.
type scene struct {
	name    string
	classes func() []string
	make    func(seed uint64, w, h int) world
}

// fixedScenes lists the scenes that a fixed camera sees, one line each.
func fixedScenes() []scene {
	return []scene{
		{"bench", bench.Classes, func(seed uint64, w, h int) world { return bench.New(seed, w, h) }},
		{"yard", yard.Classes, func(seed uint64, w, h int) world { return yard.New(seed, w, h) }},
	}
}

// FixedNames returns the names of the scenes that [OpenFixed] knows.
func FixedNames() (names []string) {
	for _, s := range fixedScenes() {
		names = append(names, s.name)
	}
	return names
}

// Fixed is a scene seen by a fixed camera. It keeps scratch memory and is not safe for concurrent use.
type Fixed struct {
	opt   Options
	world world
}

// OpenFixed makes the scene of that name. Options.Seed selects the place and what happens there. Width and Height of 0 mean
// 640 x 480. It takes about a second.
func OpenFixed(name string, opt Options) (*Fixed, error) {
	all := fixedScenes()
	i := slices.IndexFunc(all, func(s scene) bool { return s.name == name })
	if i < 0 {
		return nil, fmt.Errorf("there is no fixed scene %q, only %q", name, FixedNames())
	}
	if opt.Width == 0 && opt.Height == 0 {
		opt.Width, opt.Height = fixedWidth, fixedHeight
	}
	if opt.FPS <= 0 {
		opt.FPS = FPS
	}
	opt.Width, opt.Height = min(max(opt.Width, MinSide), MaxSide), min(max(opt.Height, MinSide), MaxSide)
	return &Fixed{opt, all[i].make(opt.Seed, opt.Width, opt.Height)}, nil
}

// Frame renders frame n (0 and up) and says what it shows: the scene n/FPS seconds after its beginning. It depends on the scene's
// name, the options and n alone.
func (f *Fixed) Frame(n int) (*rgb.Image, Truth) {
	return f.world.At(float64(n)/f.opt.FPS, uint64(n), false)
}

// Empty renders frame n as if nobody and nothing had come: the same place in the same light, with the same noise.
func (f *Fixed) Empty(n int) *rgb.Image {
	m, _ := f.world.At(float64(n)/f.opt.FPS, uint64(n), true)
	return m
}

// FPS is the number of frames a second.
func (f *Fixed) FPS() float64 { return f.opt.FPS }

// Class names what a frame shows, from its truth. It is one of few names, like "car+person".
func (f *Fixed) Class(t Truth) string { return f.world.Class(t) }

// Render returns picture n (0 and up) and its class. With Options.Stream these are the frames one after the other. Otherwise they
// are 7.4 seconds apart.
func (f *Fixed) Render(n int) (m *rgb.Image, class string) {
	t := float64(n) / f.opt.FPS
	if !f.opt.Stream {
		t = float64(n) * distinctPause
	}
	m, truth := f.world.At(t, uint64(n), false)
	return m, f.Class(truth)
}
