package yard

import (
	"math"

	"edgeclr/camera/rgb"
	"edgeclr/camera/synthetic/render"
)

// Yard is the scene. It is not safe for concurrent use.
type Yard struct {
	seed  uint64
	stage *render.Stage
	mesh  *render.Mesh
}

// New makes the yard of a seed, seen by a camera of w by h pixels.
func New(seed uint64, w, h int) *Yard {
	return &Yard{seed, render.NewStage(place(seed, w, h)), render.NewMesh()}
}

// At renders the yard at a time, in seconds. An empty yard has the same light and the same noise, and nobody is in it. number selects
// the noise.
func (y *Yard) At(t float64, number uint64, empty bool) (*rgb.Image, render.Truth) {
	y.mesh.Reset()
	f := &render.Frame{Seed: y.seed ^ number<<8, Time: float32(math.Mod(t, 4096)), Moving: y.mesh}
	l := lightAt(y.seed, t)
	l.apply(f, y.seed, t)
	if !empty {
		c := cast{frame: f, rain: l.rain, dark: l.day < 0.6 || l.haze > 0.8}
		c.addVehicles(y, t)
		c.addPeople(y, t)
	}
	return y.stage.Render(f)
}

// busy returns how much goes on at a time, 0 to 1. Whoever sets out arrives, so ask for the time of setting out.
func (y *Yard) busy(t float64) float32 {
	l := lightAt(y.seed, t)
	return 0.25 + 0.75*l.day
}
