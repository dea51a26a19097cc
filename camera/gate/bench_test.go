package gate

import (
	"testing"
	"time"

	"edgeclr/camera/rgb"
)

// BenchmarkLook alternates between a scene and one with an object in it, with
// all 8 recent frames to compare.
func BenchmarkLook(b *testing.B) {
	rng, g, still := newRand(1), New(Options{MaxRun: 1 << 40}), scene(640, 480)
	other := patch(still, 300, 200, 40, 50)
	now := time.Unix(1e9, 0)
	for i := range recent {
		g.Keep(g.Look("a", now, shot(rng, still, 1, 3)), uint64(i), "", nil)
	}
	pictures := [...]*rgb.Image{shot(rng, still, 1, 3), shot(rng, other, 1, 3)}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		g.Look("a", now, pictures[i%2])
	}
}

func BenchmarkNear(b *testing.B) {
	rng, c := newRand(1), newCamera(Options{})
	for range 200 {
		c.see(rgb.New(0, 0), direction(rng, 1280))
	}
	look, v := c.gate.Look("camera", c.now, rgb.New(0, 0)), direction(rng, 1280)
	b.ReportAllocs()
	for b.Loop() {
		c.gate.NearDuplicate(look, "v1", v)
	}
}
