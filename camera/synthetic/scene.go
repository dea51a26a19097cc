package synthetic

import (
	"image"
	"math/rand/v2"

	"golang.org/x/image/vector"

	"edgeclr/camera/rgb"
)

const (
	// MinSide and MaxSide bound the width and height of a scene, in pixels.
	MinSide = 32
	MaxSide = 1024

	defaultWidth  = 160
	defaultHeight = 120

	// passage is the number of pictures that show the same part while it travels.
	passage = 8
)

// Options configure a scene. The zero value is valid.
type Options struct {
	// Seed selects the scene; equal seeds give equal pictures.
	Seed uint64

	// Width and Height are in pixels, MinSide to MaxSide; 0 means 160 x 120.
	Width, Height int

	// Stream lets each part travel across the scene for eight pictures, as in front of
	// a camera. Otherwise every picture shows another part.
	Stream bool

	// FPS is the number of frames a second of a fixed scene; 0 means 5. Other scenes have no time.
	FPS float64
}

// Scene renders pictures. It keeps scratch memory and is not safe for concurrent use.
type Scene struct {
	opt    Options
	set    setting
	canvas canvas
	raster vector.Rasterizer
	body   plane // coverage of the part
	groove plane // coverage of the grooves that are cut into the part
	soft   plane // a blurred coverage
	spare  plane // scratch of blur
	tone   [toneSteps]float32
	alpha  image.Alpha
}

// New makes a scene. It limits the sides to MinSide and MaxSide.
func New(opt Options) *Scene {
	if opt.Width == 0 && opt.Height == 0 {
		opt.Width, opt.Height = defaultWidth, defaultHeight
	}
	w := min(max(opt.Width, MinSide), MaxSide)
	h := min(max(opt.Height, MinSide), MaxSide)
	opt.Width, opt.Height = w, h
	return &Scene{
		opt:    opt,
		set:    drawSetting(opt.Seed),
		canvas: newCanvas(w, h),
		body:   newPlane(w, h),
		groove: newPlane(w, h),
		soft:   newPlane(w, h),
		spare:  newPlane(w, h),
		alpha:  *image.NewAlpha(image.Rect(0, 0, w, h)),
		tone:   toneCurve(),
	}
}

// Classes returns the names of the classes.
func Classes() []string {
	var names []string
	for _, p := range parts() {
		names = append(names, p.name)
	}
	return names
}

// Render returns picture n (0 and up) and the class of the part in it. The parts come in
// blocks of as many parts as there are classes. Each block shows every class once.
func (s *Scene) Render(n int) (m *rgb.Image, class string) {
	item, step := n, passage/2
	if s.opt.Stream {
		item, step = n/passage, n%passage
	}
	all := parts()
	block := rand.New(rand.NewPCG(s.opt.Seed, uint64(item/len(all))<<1))
	p := all[block.Perm(len(all))[item%len(all)]]
	v := drawView(rand.New(rand.NewPCG(s.opt.Seed, uint64(item)<<1|1)), &s.set, item, s.opt.Width, s.opt.Height)
	if s.opt.Stream {
		v.travel(step, s.opt.Width)
	}
	s.drawBelt(&v)
	s.drawDirt(&v)
	s.drawPart(&v, p)
	s.drawOccluder(&v)
	s.drawLight(&v)
	frame := rand.NewPCG(s.opt.Seed^0x5eed, uint64(n))
	return s.develop(&v, frame), p.name
}
