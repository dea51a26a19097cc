package yard

import (
	"math"

	"edgeclr/camera/synthetic/render"
)

// cast collects what is in the yard at a moment.
type cast struct {
	frame *render.Frame
	rain  float32
	dark  bool // headlights are on
}

// own makes a new owner for the triangles that follow.
func (c *cast) own(kind string) {
	c.frame.Moving.Owner = len(c.frame.Owners)
	c.frame.Owners = append(c.frame.Owners, render.Owner{Kind: kind})
}

// addVehicle adds a vehicle, the rider of a bicycle, and the light of its lamps.
func (c *cast) addVehicle(v *vehicle, d drive, rider *figure) {
	at := vec{X: d.x, Y: d.y}
	c.own(v.kind)
	m := c.frame.Moving
	m.Pose = render.Stand(at, d.yaw)
	lit := c.dark && d.moving
	v.draw(m, d.rolled, lights{on: lit, braking: d.braking})
	dark := float32(0.92)
	if v.kind == bicycle {
		dark = 0.4
	}
	c.frame.Blots = append(c.frame.Blots, render.Blot{At: at, Yaw: d.yaw, Long: v.long - 0.25, Wide: v.wide - 0.15, Reach: 0.7, Dark: dark, HighestAbove: 0.2})
	if rider != nil {
		c.own(person)
		m.Pose = render.Stand(at, d.yaw)
		rider.draw(m, posture{riding: true, step: d.rolled * 1.2})
	}
	if lit && v.kind != bicycle {
		ahead := vec{X: float32(math.Cos(float64(d.yaw))), Y: float32(math.Sin(float64(d.yaw)))}
		left := vec{X: -ahead.Y, Y: ahead.X}
		for _, side := range [2]float32{-0.6, 0.6} {
			c.frame.Spots = append(c.frame.Spots, render.Spot{
				At: at.Add(ahead.Scale(v.long)).Add(left.Scale(side)).Add(vec{Z: 0.65}), Ahead: ahead.Add(vec{Z: -0.12}).Unit(),
				Colour: vec{X: 1.3, Y: 1.25, Z: 1.1}, Wide: 0.86, Range: 22})
		}
	}
}
