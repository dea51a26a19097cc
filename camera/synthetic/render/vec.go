package render

import "math"

// Vec is a point or direction in metres (x to the right, y away from the viewer, z up), or a colour in linear light (red, green,
// blue; 1 is white).
type Vec struct{ X, Y, Z float32 }

// Add returns v + w.
func (v Vec) Add(w Vec) Vec { return Vec{v.X + w.X, v.Y + w.Y, v.Z + w.Z} }

// Sub returns v - w.
func (v Vec) Sub(w Vec) Vec { return Vec{v.X - w.X, v.Y - w.Y, v.Z - w.Z} }

// Scale returns v times f.
func (v Vec) Scale(f float32) Vec { return Vec{v.X * f, v.Y * f, v.Z * f} }

// Mul multiplies two colours.
func (v Vec) Mul(w Vec) Vec { return Vec{v.X * w.X, v.Y * w.Y, v.Z * w.Z} }

// Dot returns the scalar product.
func (v Vec) Dot(w Vec) float32 { return v.X*w.X + v.Y*w.Y + v.Z*w.Z }

// Cross returns the vector product.
func (v Vec) Cross(w Vec) Vec {
	return Vec{v.Y*w.Z - v.Z*w.Y, v.Z*w.X - v.X*w.Z, v.X*w.Y - v.Y*w.X}
}

// Len returns the length.
func (v Vec) Len() float32 { return Sqrt(v.Dot(v)) }

// Unit returns the direction of v. The zero vector stays as it is.
func (v Vec) Unit() Vec {
	if l := v.Len(); l > 0 {
		return v.Scale(1 / l)
	}
	return v
}

// Mix goes from v (t = 0) to w (t = 1).
func (v Vec) Mix(w Vec, t float32) Vec { return v.Add(w.Sub(v).Scale(t)) }

// Grey returns a colour without hue.
func Grey(f float32) Vec { return Vec{f, f, f} }

// Luma is the brightness of a colour.
func (v Vec) Luma() float32 { return 0.21*v.X + 0.72*v.Y + 0.07*v.Z }

// Sqrt is math.Sqrt in single precision.
func Sqrt(x float32) float32 { return float32(math.Sqrt(float64(x))) }

// Sin is math.Sin in single precision.
func Sin(x float32) float32 { return float32(math.Sin(float64(x))) }

// Cos is math.Cos in single precision.
func Cos(x float32) float32 { return float32(math.Cos(float64(x))) }

// Smooth goes from 0 at a to 1 at b, without corners.
func Smooth(a, b, x float32) float32 {
	t := min(max((x-a)/(b-a), 0), 1)
	return t * t * (3 - 2*t)
}

// Pose places a shape: it turns it by its axes and moves it to At. The axes are the columns of a rotation.
type Pose struct{ X, Y, Z, At Vec }

// Stand returns a pose that stands upright at a point, turned by yaw radians from the x axis to the y axis.
func Stand(at Vec, yaw float32) Pose {
	c, s := Cos(yaw), Sin(yaw)
	return Pose{Vec{c, s, 0}, Vec{-s, c, 0}, Vec{0, 0, 1}, at}
}

// Point maps a point of the shape.
func (p Pose) Point(v Vec) Vec { return p.Dir(v).Add(p.At) }

// Dir maps a direction of the shape.
func (p Pose) Dir(v Vec) Vec {
	return Vec{p.X.X*v.X + p.Y.X*v.Y + p.Z.X*v.Z, p.X.Y*v.X + p.Y.Y*v.Y + p.Z.Y*v.Z, p.X.Z*v.X + p.Y.Z*v.Y + p.Z.Z*v.Z}
}

// Roll turns the pose about its own x axis, by the right-hand rule.
func (p Pose) Roll(angle float32) Pose {
	c, s := Cos(angle), Sin(angle)
	return Pose{p.X, p.Y.Scale(c).Add(p.Z.Scale(s)), p.Z.Scale(c).Sub(p.Y.Scale(s)), p.At}
}

// Pitch turns the pose about its own y axis, by the right-hand rule.
func (p Pose) Pitch(angle float32) Pose {
	c, s := Cos(angle), Sin(angle)
	return Pose{p.X.Scale(c).Sub(p.Z.Scale(s)), p.Y, p.Z.Scale(c).Add(p.X.Scale(s)), p.At}
}
