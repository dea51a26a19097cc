package yard

import (
	"math"

	"edgeclr/camera/synthetic/render"
)

// asphalt paints the ground: patches, grain, cracks, oil, and the lines of the bays.
func asphalt(p vec) vec {
	tone := 1 + 0.22*render.Cloudy(p.Scale(0.23), 4) + 0.16*render.Noise(p.Scale(9)) + 0.12*render.Noise(p.Scale(23))
	if crack := abs(render.Cloudy(p.Scale(0.31).Add(vec{X: 40}), 4)); crack < 0.012 {
		tone *= 0.6
	}
	// A trench that was filled again.
	if abs(p.X+0.35*p.Y-1.5) < 0.5 && p.Y < 22 {
		tone *= 0.72
	}
	for _, x := range bays() {
		dx, dy := p.X-x, p.Y-26.3
		tone *= 1 - 0.4*render.Smooth(1, 0, dx*dx+0.6*dy*dy+0.8*render.Noise(p.Scale(2)))
	}
	// Tyres have made the lanes darker.
	for _, y := range [4]float32{17.4, 19, 20.3, 21.8} {
		tone *= 1 - 0.12*render.Smooth(0.5, 0, abs(p.Y-y))
	}
	c := render.Grey(tone)
	if line(p) && render.Cloudy(p.Scale(3), 2) < 0.35 {
		c = render.Grey(4.6 + 0.8*render.Noise(p.Scale(6)))
	}
	return c
}

// line reports whether a painted line is at a point.
func line(p vec) bool {
	all := bays()
	if p.Y > 23.6 && p.Y < 29 {
		for _, x := range all {
			if abs(abs(p.X-x)-1.5) < 0.06 {
				return true
			}
		}
	}
	if abs(p.Y-23.55) < 0.06 && p.X > all[0]-1.56 && p.X < all[len(all)-1]+1.56 {
		return true
	}
	if abs(p.Y-19.6) < 0.06 {
		return math.Mod(float64(p.X+60), 3) < 1.6
	}
	// Hatching before the gate.
	return p.X > dockX-2.2 && p.X < dockX+2.2 && p.Y > 27.5 && p.Y < 30 && math.Mod(float64(p.X+p.Y+60), 0.9) < 0.18
}

// slabs paints pavement of square stones.
func slabs(p vec) vec {
	x, y := math.Mod(float64(p.X)+60, 0.6), math.Mod(float64(p.Y)+60, 0.6)
	tone := 1 + 0.12*render.Cloudy(p.Scale(0.5), 3) + 0.1*render.Noise(p.Scale(12))
	tone += 0.12 * render.Noise(vec{X: float32(math.Floor(float64(p.X)/0.6)) * 7.3, Y: float32(math.Floor(float64(p.Y)/0.6)) * 3.9})
	if x < 0.03 || y < 0.03 {
		tone *= 0.6
	}
	return render.Grey(tone)
}

// grass paints a lawn.
func grass(p vec) vec {
	tone := 1 + 0.35*render.Cloudy(p.Scale(0.8), 3) + 0.4*render.Noise(p.Scale(17))
	return vec{X: tone * (1 + 0.3*render.Noise(p.Scale(0.4))), Y: tone, Z: tone}
}

// bricks paints a wall that faces the camera.
func bricks(p vec) vec {
	row := math.Floor(float64(p.Z) / 0.12)
	x := math.Mod(float64(p.X)+60+0.13*math.Mod(row, 2), 0.26)
	if x < 0.018 || math.Mod(float64(p.Z), 0.12) < 0.018 {
		return vec{X: 0.95, Y: 1.3, Z: 1.5}
	}
	column := math.Floor((float64(p.X) + 60 + 0.13*math.Mod(row, 2)) / 0.26)
	tone := 1 + 0.3*render.Noise(vec{X: float32(column) * 5.1, Z: float32(row) * 3.3}) + 0.15*render.Cloudy(p.Scale(0.7), 3)
	return vec{X: tone, Y: tone * (1 + 0.1*render.Noise(p)), Z: tone}
}

// sheet paints corrugated metal with streaks of dirt.
func sheet(p vec) vec {
	wave := float32(math.Mod(float64(p.X+p.Y)+60, 0.24))
	tone := 0.82 + 0.3*render.Smooth(0, 0.12, abs(wave-0.12))
	dirt := render.Smooth(-0.2, 0.8, render.Cloudy(vec{X: p.X * 2, Y: p.Y, Z: p.Z * 0.25}, 3))
	return render.Grey(tone * (1 - 0.25*dirt) * (1 - 0.3*render.Smooth(0.6, 0, p.Z)))
}

// bark paints a trunk.
func bark(p vec) vec {
	return render.Grey(1 + 0.4*render.Noise(vec{X: p.X * 14, Y: p.Y * 14, Z: p.Z * 3}))
}

func abs(x float32) float32 {
	if x < 0 {
		return -x
	}
	return x
}
