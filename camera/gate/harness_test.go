package gate

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"edgeclr/camera/rgb"
	"edgeclr/camera/synthetic"
)

// camera feeds a gate like the daemon, one frame a second, and counts.
type camera struct {
	gate *Gate
	now  time.Time
	next uint64 // id of the frame to come

	same, near, kept int
	twin             uint64 // twin of the last frame that was gated
}

func newCamera(opt Options) *camera {
	return &camera{gate: New(opt), now: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC), next: 1}
}

// see delivers a frame and reports whether it was kept. Without a vector only stage 1 is
// used.
func (c *camera) see(m *rgb.Image, vector []float32) bool {
	c.now = c.now.Add(time.Second)
	id := c.next
	c.next++
	look := c.gate.Look("camera", c.now, m)
	if look.Same {
		c.same++
		c.twin = look.Twin
		return false
	}
	if vector != nil {
		if twin, near := c.gate.NearDuplicate(look, "v1", vector); near {
			c.near++
			c.twin = twin
			return false
		}
	}
	c.gate.Keep(look, id, "v1", vector)
	c.kept++
	return true
}

func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }

// scene is a picture with structure, without a part that travels.
func scene(w, h int) *rgb.Image {
	m, _ := synthetic.New(synthetic.Options{Seed: 3, Width: w, Height: h}).Render(0)
	return m
}

// shot is a photograph of a scene: the scene times gain, with noise of that deviation.
func shot(rng *rand.Rand, m *rgb.Image, gain, deviation float64) *rgb.Image {
	out := rgb.New(m.Width, m.Height)
	for i, v := range m.Pix {
		out.Pix[i] = uint8(min(max(float64(v)*gain+rng.NormFloat64()*deviation+0.5, 0), 255))
	}
	return out
}

// patch paints a square of that side on a copy of the picture.
func patch(m *rgb.Image, x, y, side int, change int) *rgb.Image {
	out := &rgb.Image{Width: m.Width, Height: m.Height, Pix: slices.Clone(m.Pix)}
	for row := y; row < y+side; row++ {
		for i := 3 * (row*m.Width + x); i < 3*(row*m.Width+x+side); i++ {
			out.Pix[i] = uint8(min(max(int(out.Pix[i])+change, 0), 255))
		}
	}
	return out
}

// direction draws a vector of length 1 whose coordinates get smaller and smaller, like those
// of encoders.
func direction(rng *rand.Rand, dims int) []float32 {
	v := make([]float32, dims)
	for i := range v {
		v[i] = float32(rng.NormFloat64() / math.Sqrt(float64(i+1)))
	}
	return normalised(v)
}

// near returns a vector at about that distance (1 - cosine).
func near(rng *rand.Rand, v []float32, far float64) []float32 {
	out, scale := slices.Clone(v), float32(math.Sqrt(2*far))
	for i, e := range direction(rng, len(v)) {
		out[i] += e * scale
	}
	return normalised(out)
}

func normalised(v []float32) []float32 {
	var sum float64
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	length := float32(math.Sqrt(sum))
	for i := range v {
		v[i] /= length
	}
	return v
}

// blank is a picture without pixels, so that stage 1 has nothing to compare.
func blank() *rgb.Image { return rgb.New(0, 0) }
