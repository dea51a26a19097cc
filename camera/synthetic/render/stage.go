package render

import "edgeclr/camera/rgb"

// oversampling is the number of samples along each side of a pixel.
const oversampling = 2

// maxLamps is the number of fixed lamps that a place may have.
const maxLamps = 4

// Place is what never moves: what the camera sees when nobody is there.
type Place struct {
	Width, Height int
	Eye, Target   Vec
	FieldOfView   float32 // of the shorter side, in radians
	Solid         *Mesh
	Foliage       *Mesh // sways in the wind; nil: none
	Lamps         []Lamp
	Centre        Vec     // of the ball that holds all that throws shadows
	Radius        float32 // of that ball, in metres
}

// Lamp is a light that never moves.
type Lamp struct {
	At, Ahead Vec
	Wide      float32 // cosine of the angle at which its cone ends; -1: it shines everywhere
	Shadows   bool    // what moves throws shadows in its light
	Soft      int     // width of the edge of these shadows, in pixels of the shadow map
}

// Stage draws a place and what moves in it. It keeps scratch memory and is not safe for concurrent use.
type Stage struct {
	place   Place
	view    View // in pixels
	fine    View // in samples
	surfels []surfel
	sky     []skyPixel
	leaves  []surfel
	first   []int32   // by pixel: index into surfels, -1: sky
	leafAt  []int32   // by pixel: index into leaves, -1: none
	leafRow [2]int    // highest and lowest row with leaves
	solid   []float32 // by sample: closeness of what never moves

	moving *raster // by sample
	haze   float32 // optical depth of a metre
	sun    shadowMap
	lamps  [maxLamps]shadowMap
	shade  []float32                    // by pixel: light from the sky that things nearby leave over
	light  []Vec                        // by pixel: the picture in linear light
	leaf   []Vec                        // by leaf: its colour now
	cover  []float32                    // by pixel: share that is foreground
	covers []span                       // by row: where cover may be above 0
	pixels [GridSide * GridSide]float32 // by cell of the grid
	lens   lens
}

// NewStage prepares a place: it finds what each pixel shows and how much of the sky and of each lamp reaches it. That takes about
// a second for 640 x 480 pixels.
func NewStage(p Place) *Stage {
	w, h := p.Width, p.Height
	n := w * h
	s := &Stage{
		place: p, view: LookAt(p.Eye, p.Target, p.FieldOfView, w, h),
		first: make([]int32, n), leafAt: make([]int32, n), shade: make([]float32, n), light: make([]Vec, n), cover: make([]float32, n), covers: make([]span, h),
	}
	s.fine = s.view.zoom(oversampling)
	side := shadowSide(w, h)
	s.sun.side, s.sun.bias = side, p.Radius/300*1024/float32(side)
	for i := range s.lamps {
		s.lamps[i].side, s.lamps[i].bias = side, p.Radius/400*1024/float32(side)
	}
	s.findSurfels()
	s.moving = newRaster(w*oversampling, h*oversampling, s.solid, false)
	s.findLeaves()
	s.measure()
	s.bake()
	for y := range h {
		for x := range w {
			s.pixels[cell(x, y, w, h)]++
		}
	}
	s.lens.init(w, h)
	return s
}

// Render draws a frame and says what it shows.
func (s *Stage) Render(f *Frame) (*rgb.Image, Truth) {
	s.castShadows(f)
	s.shadeNear(f)
	s.lightSurfels(f)
	truth := s.drawMoving(f)
	s.drawWeather(f)
	return s.lens.develop(s, f), truth
}
