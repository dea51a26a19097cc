package bench

import (
	"math"
	"math/rand/v2"
	"strings"

	"edgeclr/camera/rgb"
	"edgeclr/camera/synthetic/render"
	"edgeclr/camera/synthetic/script"
)

// Bench is the scene. It is not safe for concurrent use.
type Bench struct {
	seed  uint64
	stage *render.Stage
	mesh  *render.Mesh
}

// New makes the bench of a seed, seen by a camera of w by h pixels.
func New(seed uint64, w, h int) *Bench {
	return &Bench{seed, render.NewStage(place(seed, w, h)), render.NewMesh()}
}

// At renders the bench at a time, in seconds. An empty bench has the same light and the same noise, but nothing has been brought and
// nobody is there. number selects the noise.
func (b *Bench) At(t float64, number uint64, empty bool) (*rgb.Image, render.Truth) {
	b.mesh.Reset()
	f := &render.Frame{Seed: b.seed ^ number<<8, Time: float32(math.Mod(t, 4096)), Moving: b.mesh}
	l := lightAt(b.seed, t)
	l.apply(f, b.seed, t)
	if !empty {
		b.addAll(f, t)
	}
	return b.stage.Render(f)
}

// shift is how long one worker stays, in seconds.
const shift = 400

// addAll adds the things on the table and the worker.
func (b *Bench) addAll(f *render.Frame, t float64) {
	now := b.doing(t)
	for spot := range spotCount {
		if i, ok := b.itemAt(spot, t); ok {
			b.addItem(f, &i)
		}
	}
	if now.away >= 1 {
		return
	}
	own(f, "worker")
	_, rng, _ := script.Lane{Seed: b.seed, ID: 0x73686966, Period: shift}.At(t)
	w := newWorker(rng)
	w.draw(f.Moving, 1.9*now.away*now.side, now.hands, now.grip)
	for _, p := range now.hands {
		if p.Z < 0.2 {
			f.Blots = append(f.Blots, render.Blot{At: vec{X: p.X + 1.9*now.away*now.side, Y: p.Y + 0.03}, Long: 0.03, Wide: 0.05, Reach: 0.09, Dark: 0.55 * (1 - 5*p.Z), HighestAbove: 0.03})
		}
	}
}

// addItem adds a thing.
func (b *Bench) addItem(f *render.Frame, i *item) {
	own(f, i.kind.name)
	f.Moving.Pose = render.Stand(i.at, i.yaw)
	i.kind.build(f.Moving, rand.New(rand.NewPCG(i.look, 0)))
	if i.at.Z < 0.05 {
		f.Blots = append(f.Blots, render.Blot{At: vec{X: i.at.X, Y: i.at.Y}, Yaw: i.yaw, Long: 0.85 * i.kind.long, Wide: 0.85 * i.kind.wide, Reach: 0.03 + 0.3*i.kind.high,
			Dark: 0.6 * (1 - 20*i.at.Z), HighestAbove: 0.01})
	}
}

// own makes a new owner for the triangles that follow.
func own(f *render.Frame, kind string) {
	f.Moving.Owner = len(f.Owners)
	f.Owners = append(f.Owners, render.Owner{Kind: kind})
}

// nothing is the class of a picture without things on the table.
const nothing = "nothing"

// Classes returns the names of all classes.
func Classes() (names []string) {
	for k := range 8 {
		var groups []string
		for i, group := range [3]string{part, thing, tool} {
			if k>>i&1 != 0 {
				groups = append(groups, group)
			}
		}
		names = append(names, className(groups))
	}
	return names
}

// Class names the groups of things that a picture shows, such as "part+tool". The worker does not matter.
func (b *Bench) Class(t render.Truth) string {
	var groups []string
	for _, group := range [3]string{part, thing, tool} {
		for _, k := range kindsOf(group) {
			if t.Counts[k.name] > 0 {
				groups = append(groups, group)
				break
			}
		}
	}
	return className(groups)
}

func className(groups []string) string {
	if groups == nil {
		return nothing
	}
	return strings.Join(groups, "+")
}
