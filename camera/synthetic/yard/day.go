package yard

import (
	"math"

	"edgeclr/camera/synthetic/render"
	"edgeclr/camera/synthetic/script"
)

type vec = render.Vec

const (
	// dayLength is that of a compressed day, in seconds: people walk as fast as ever, but the sun does not.
	dayLength = 240

	// spell is how long the weather stays as it is, in seconds.
	spell = 90
)

// weather is a state of the air. All but wind are 0 to 1.
type weather struct{ cover, rain, fall, haze, wind, wet, snow float32 }

// kinds of weather, with how often they come.
func weathers() []weather {
	clear := weather{cover: 0.12, haze: 0.06, wind: 1}
	fair := weather{cover: 0.4, haze: 0.08, wind: 2}
	return []weather{clear, clear, fair, fair,
		{cover: 1, haze: 0.15, wind: 1.6},
		{cover: 1, rain: 1, haze: 0.45, wind: 3, wet: 1},
		{cover: 0.9, rain: 0.4, haze: 0.3, wind: 2, wet: 1},
		{cover: 1, haze: 0.93, wind: 0.3},
		{cover: 1, fall: 1, haze: 0.6, wind: 1.2, snow: 1},
	}
}

// weatherAt returns the weather at a time. It changes during the first part of a spell. What has fallen dries and melts slowly.
func weatherAt(seed uint64, t float64) weather {
	n, _, since := (script.Lane{Seed: seed, Period: spell}).At(t)
	kind := func(n int64) weather {
		all := weathers()
		return all[script.Generator(seed, 0x77656174, n).IntN(len(all))]
	}
	a, b := kind(n-1), kind(n)
	fast, slow := render.Smooth(0, 15, float32(since)), render.Smooth(0, 55, float32(since))
	mix := func(a, b, t float32) float32 { return a + (b-a)*t }
	return weather{mix(a.cover, b.cover, fast), mix(a.rain, b.rain, fast), mix(a.fall, b.fall, fast), mix(a.haze, b.haze, fast),
		mix(a.wind, b.wind, fast), mix(a.wet, b.wet, slow), mix(a.snow, b.snow, slow)}
}

// light is that of a moment.
type light struct {
	weather
	toward vec     // the sun
	day    float32 // 0 at night, 1 by day
	lamps  float32 // 0 off, 1 on
}

// lightAt returns the light at a time.
func lightAt(seed uint64, t float64) light {
	// The first frame shows the morning.
	phase := 2 * math.Pi * (math.Mod(t/dayLength, 1) + 0.06)
	sin, cos := math.Sincos(phase)
	l := light{weather: weatherAt(seed, t), toward: vec{X: float32(cos), Y: -0.5, Z: float32(sin) + 0.1}.Unit()}
	l.day = render.Smooth(-0.25, 0.3, l.toward.Z)
	l.lamps = 1 - render.Smooth(0.12, 0.25, l.day*(1-0.3*l.cover))
	return l
}

// apply sets the light of a frame.
func (l *light) apply(f *render.Frame, seed uint64, t float64) {
	low := 1 - render.Smooth(0, 0.45, l.toward.Z) // how red the light of the sun is
	warm := vec{X: 1, Y: 1 - 0.42*low, Z: 1 - 0.75*low}
	// Single clouds pass before the sun.
	cloud := render.Smooth(0.55-l.cover, 0.95-l.cover, 0.5+0.8*render.Cloudy(vec{X: float32(math.Mod(t/9, 4096)), Y: float32(seed % 977)}, 2))
	sunny := (1 - cloud*min(1, 3*l.cover)) * (1 - l.haze*l.haze) * render.Smooth(0.8, 0.5, l.cover-0.3)
	f.Sun = render.Sun{Toward: l.toward, Soft: 1}
	if strength := 1.15 * sunny * render.Smooth(0.0, 0.12, l.toward.Z); strength > 0.01 {
		f.Sun.Colour = warm.Scale(strength)
		if sunny < 0.5 {
			f.Sun.Soft = 2
		}
	}
	grey := l.cover
	blue := vec{X: 0.62, Y: 0.8, Z: 1.12}.Mix(vec{X: 0.9, Y: 0.95, Z: 1}, grey)
	sky := l.day*l.day*(0.34+0.22*grey)*(1-0.25*l.rain) + 0.0035
	dusk := render.Smooth(0.02, 0.3, l.day) * (1 - render.Smooth(0.35, 0.95, l.day)) * (1 - grey)
	blue = blue.Mix(vec{X: 1, Y: 0.72, Z: 0.7}, 0.5*dusk)
	f.Ambient = blue.Scale(sky)
	f.Bounce = vec{X: 0.16, Y: 0.155, Z: 0.15}.Scale(sky + 0.5*f.Sun.Colour.Luma()*max(l.toward.Z, 0))
	bright := 1.6 * sky
	f.Sky = render.Sky{
		Zenith:  blue.Scale(bright * (0.75 + 0.3*grey)),
		Horizon: vec{X: 1, Y: 1, Z: 1.02}.Mix(vec{X: 1.2, Y: 0.75, Z: 0.5}, dusk).Scale(bright*1.05 + 0.002*l.lamps),
		Cloud:   vec{X: 1, Y: 1, Z: 1.02}.Mix(warm, 0.5).Scale(bright*1.15 + 0.2*f.Sun.Colour.Luma()*(1-grey)),
		Cover:   l.cover,
		Drift:   vec{X: float32(math.Mod(t*0.02, 512)), Y: float32(seed % 97), Z: float32(math.Mod(t*0.008, 512))},
	}
	f.Wet, f.Snow, f.Haze, f.Rain, f.Fall, f.Wind = l.wet, l.snow, l.haze, l.rain, l.fall, l.wind
	sodium, led := vec{X: 1, Y: 0.62, Z: 0.28}, vec{X: 0.85, Y: 0.95, Z: 1}
	f.Lamps = []vec{sodium.Scale(5 * l.lamps), led.Scale(1.5 * l.lamps), sodium.Scale(4 * l.lamps)}
	f.Glow = l.lamps
	l.expose(f, seed, t)
}

// expose sets the camera: it is slow to follow the light, and short of light at night.
func (l *light) expose(f *render.Frame, seed uint64, t float64) {
	scene := f.Ambient.Luma() + 0.5*f.Sun.Colour.Luma()*max(f.Sun.Toward.Z, 0.15) + 0.045*l.lamps + 0.25*f.Snow*f.Ambient.Luma()
	exposure := min(0.85/scene, 14)
	// The automatic exposure hunts a little.
	exposure *= 1 + 0.05*render.Cloudy(vec{X: float32(math.Mod(t/4, 4096)), Y: 3.7}, 2)
	tremble := func(k float32) float32 {
		return (0.08 + 0.12*l.wind) * render.Cloudy(vec{X: float32(math.Mod(t*2.3, 4096)), Y: k, Z: float32(seed % 31)}, 2)
	}
	f.Sensor = render.Sensor{
		Exposure: exposure,
		White:    vec{X: 1, Y: 1, Z: 1}.Mix(vec{X: 0.82, Y: 1, Z: 1.25}, 0.6*l.lamps),
		Noise:    1 + 0.13*max(exposure-2, 0),
		Blur:     0.13 + 0.05*l.rain,
		Shake:    [2]float32{tremble(0.5), tremble(9.5)},
		Bloom:    0.45,
		Quality:  82 - int(12*l.lamps),
	}
}
