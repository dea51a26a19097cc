package bench

import (
	"math"

	"edgeclr/camera/synthetic/render"
	"edgeclr/camera/synthetic/script"
)

// dayLength is that of a compressed day, in seconds.
const dayLength = 300

// light is that of a moment.
type light struct {
	day           float32 // through a window, 0 to 1
	ceiling, desk float32 // of the lamps, 0 to 1
}

// lightAt returns the light at a time. The lamps change within a fifth of a second.
func lightAt(seed uint64, t float64) light {
	phase := 2 * math.Pi * (math.Mod(t/dayLength, 1) + 0.1)
	l := light{day: render.Smooth(-0.35, 0.7, float32(math.Sin(phase)))}
	l.day *= 0.75 + 0.25*render.Cloudy(vec{X: float32(math.Mod(t/11, 4096)), Y: float32(seed % 911)}, 3)
	l.ceiling = switched(seed, 0x6365696c, t, 53, func(since float64, draw float32) bool {
		return draw < 0.25 || draw < 0.9 && math.Sin(2*math.Pi*(math.Mod(since/dayLength, 1)+0.1)) < 0.35
	})
	l.desk = switched(seed, 0x6465736b, t, 37, func(_ float64, draw float32) bool { return draw < 0.45 })
	if l.day < 0.35 && l.ceiling < 0.5 {
		l.desk = max(l.desk, 1-render.Smooth(0.25, 0.35, l.day)) // nobody works in the dark
	}
	return l
}

// switched returns the state of a lamp. on decides for each period from its beginning and a random number.
func switched(seed, id uint64, t, period float64, on func(begin float64, draw float32) bool) float32 {
	lane := script.Lane{Seed: seed, ID: id, Period: period}
	state := func(t float64) (float32, float64) {
		_, rng, since := lane.At(t)
		if on(t-since, rng.Float32()) {
			return 1, since
		}
		return 0, since
	}
	now, since := state(t)
	before, _ := state(t - since - period/2)
	return before + (now-before)*render.Smooth(0, 0.4, float32(since))
}

// apply sets the light of a frame.
func (l *light) apply(f *render.Frame, seed uint64, t float64) {
	f.Ambient = vec{X: 0.2, Y: 0.22, Z: 0.25}.Scale(l.day).Add(vec{X: 0.2, Y: 0.19, Z: 0.17}.Scale(l.ceiling)).Add(vec{X: 0.05, Y: 0.04, Z: 0.03}.Scale(l.desk)).Add(render.Grey(0.004))
	f.Bounce = f.Ambient.Mul(vec{X: 0.4, Y: 0.36, Z: 0.3})
	f.Lamps = []vec{vec{X: 2.1, Y: 2.0, Z: 1.75}.Scale(l.ceiling), vec{X: 0.42, Y: 0.33, Z: 0.2}.Scale(l.desk), vec{X: 7.6, Y: 7.8, Z: 8.1}.Scale(l.day)}
	f.Glow = l.desk
	bright := f.Ambient.Scale(1.2)
	f.Sky = render.Sky{Zenith: bright.Add(vec{X: 1.2, Y: 1.15, Z: 1.05}.Scale(0.4 * l.ceiling)), Horizon: bright}
	scene := 0.9*f.Ambient.Luma() + 0.35*l.day + 0.6*l.ceiling + 0.5*l.desk + 0.01
	exposure := min(1.75/scene, 10) * (1 + 0.04*render.Cloudy(vec{X: float32(math.Mod(t/3, 4096)), Y: 8.1}, 2))
	tremble := func(k float32) float32 { return 0.1 * render.Cloudy(vec{X: float32(math.Mod(t*3.1, 4096)), Y: k}, 2) }
	f.Sensor = render.Sensor{
		Exposure: exposure, White: vec{X: 1, Y: 1, Z: 1}.Mix(vec{X: 0.9, Y: 1, Z: 1.15}, max(l.ceiling, l.desk)*(1-0.7*l.day)),
		Noise: 1 + 0.35*max(exposure-1, 0), Blur: 0.14, Shake: [2]float32{tremble(0.5), tremble(5.5)}, Bloom: 0.4, Quality: 82,
	}
}
