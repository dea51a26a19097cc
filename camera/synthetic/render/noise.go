package render

import "math"

// hash mixes three whole numbers.
func hash(x, y, z int32) uint32 {
	h := uint32(x)*0x8da6b343 ^ uint32(y)*0xd8163841 ^ uint32(z)*0xcb1ab31f
	h ^= h >> 15
	h *= 0x2c1b3c6d
	h ^= h >> 12
	h *= 0x297a2d39
	return h ^ h>>15
}

// Noise interpolates random values on a grid of side 1: smooth, between -1 and 1.
func Noise(p Vec) float32 {
	x, fx := split(p.X)
	y, fy := split(p.Y)
	z, fz := split(p.Z)
	var sum float32
	for k := range int32(2) {
		low := lerp(corner(x, y, z+k), corner(x+1, y, z+k), fx)
		high := lerp(corner(x, y+1, z+k), corner(x+1, y+1, z+k), fx)
		w := fz
		if k == 0 {
			w = 1 - fz
		}
		sum += w * lerp(low, high, fy)
	}
	return sum
}

// Cloudy sums noise of halving size and weight, between -1 and 1.
func Cloudy(p Vec, octaves int) float32 {
	var sum, weight float32
	w := float32(1)
	for range octaves {
		sum, weight = sum+w*Noise(p), weight+w
		p, w = p.Scale(2.03).Add(Vec{17.1, 5.7, 3.3}), w/2
	}
	return sum / weight
}

func corner(x, y, z int32) float32 { return float32(hash(x, y, z))*(2.0/math.MaxUint32) - 1 }

// split returns the whole part of x and a smoothed remainder.
func split(x float32) (int32, float32) {
	whole := float32(math.Floor(float64(x)))
	f := x - whole
	return int32(whole), f * f * (3 - 2*f)
}

func lerp(a, b, t float32) float32 { return a + (b-a)*t }
