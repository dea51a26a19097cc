package render

import "math"

// View maps the world to a picture: that of the camera, or the shadow map of a light.
type View struct {
	eye                Vec
	right, down, ahead Vec
	focal              float32 // pixels: for one metre at a distance of one metre, or anywhere in a parallel view
	cx, cy             float32 // pixels
	parallel           bool
}

// nearest is the least distance from the eye at which anything is drawn, in metres.
const nearest = 0.05

// LookAt returns a view in perspective from eye to target. The shorter side of w by h pixels spans fov radians.
func LookAt(eye, target Vec, fov float32, w, h int) View {
	v := View{eye: eye, cx: float32(w) / 2, cy: float32(h) / 2}
	v.aim(target.Sub(eye))
	v.focal = float32(min(w, h)) / 2 / float32(math.Tan(float64(fov)/2))
	return v
}

// parallelView looks along a direction at a ball of the given radius and fits it into n by n pixels.
func parallelView(ahead, centre Vec, radius float32, n int) View {
	v := View{eye: centre, cx: float32(n) / 2, cy: float32(n) / 2, focal: float32(n) / 2 / radius, parallel: true}
	v.aim(ahead)
	return v
}

func (v *View) aim(ahead Vec) {
	v.ahead = ahead.Unit()
	up := Vec{0, 0, 1}
	if v.ahead.Z > 0.99 || v.ahead.Z < -0.99 {
		up = Vec{0, 1, 0}
	}
	v.right = v.ahead.Cross(up).Unit()
	v.down = v.ahead.Cross(v.right)
}

// project returns the pixel coordinates of a point and its closeness: a number that is larger the closer the point is, and linear
// in the picture. In perspective it is 1/distance.
func (v *View) project(p Vec) (x, y, closeness float32, ok bool) {
	d := p.Sub(v.eye)
	z := d.Dot(v.ahead)
	if v.parallel {
		return v.cx + v.focal*d.Dot(v.right), v.cy + v.focal*d.Dot(v.down), -z, true
	}
	if z < nearest {
		return 0, 0, 0, false
	}
	f := v.focal / z
	return v.cx + f*d.Dot(v.right), v.cy + f*d.Dot(v.down), 1 / z, true
}

// ray returns the direction of sight of a pixel, of unit length.
func (v *View) ray(x, y float32) Vec {
	return v.ahead.Scale(v.focal).Add(v.right.Scale(x - v.cx)).Add(v.down.Scale(y - v.cy)).Unit()
}

// zoom returns the view with n times as many pixels a side.
func (v View) zoom(n int) View {
	f := float32(n)
	v.focal, v.cx, v.cy = v.focal*f, v.cx*f, v.cy*f
	return v
}
